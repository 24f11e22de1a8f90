"""Seeing what a write computes on texts while others wait for it."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from cms.accounts.passwords import hash_password, verify_password
from cms.core.db import has_begun_writing
from cms.core.markdown import html_from_markdown
from cms.documents.file_words import read_words
from cms.media.imaging import keep_image
from cms.moderation.folding import folded
from cms.moderation.links import anchors, hosts_in_text, mail_hosts
from cms.moderation.scanning import gambling_words
from config import PROJECT_ROOT


def prepared_functions() -> Iterator[Callable[..., Any]]:
    """Every function that is decorated with `prepared`: whoever writes them says that they take long."""
    for path in sorted((PROJECT_ROOT / "cms").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(each) == "prepared" for each in node.decorator_list
            ):
                module = ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts)
                yield getattr(importlib.import_module(module), node.name)


OTHERS = (
    html_from_markdown,
    anchors,
    hosts_in_text,
    mail_hosts,
    gambling_words,
    folded,
    read_words,
    keep_image,
    hash_password,
    verify_password,
)
HEAVY: frozenset[CodeType] = frozenset(
    inspect.unwrap(function).__code__ for function in (*prepared_functions(), *OTHERS)
)


@contextmanager
def at_heavy_work(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell each time that this thread enters a heavy function."""

    def look(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in HEAVY:
            tell(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


@contextmanager
def computed_under_the_lock() -> Iterator[list[str]]:
    """Collects the heavy functions that this thread enters while it holds the write transaction."""
    found: list[str] = []

    def look(name: str) -> None:
        if has_begun_writing():
            found.append(name)

    with at_heavy_work(look):
        yield found
