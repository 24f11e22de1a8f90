"""A body that the sanitiser has made is not sanitised again, unless it or the rules have changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cms.core import sealed_html
from cms.core.db import session
from cms.core.sealed_html import RULES, safe_html, seal_of
from cms.editorial.items.models import Edition
from cms.editorial.items.services import publish_item
from cms.posts.content import POST
from cms.publishing.visibility import find_live_publication
from tests.factories import CENTRAL, add_city, add_post, seen

CORE = Path(sealed_html.__file__).parent
# They raise errors, keep results and read Markdown: no rule about HTML is in them.
WITHOUT_RULES = {"errors", "markdown", "markdown_source", "prepared"}
UNSAFE = '<p onclick="x()">Jalan</p><script>x()</script>'


def test_sealed_html_stays_as_it_is_and_other_html_is_sanitised(app: Flask) -> None:
    with app.app_context():
        assert safe_html(UNSAFE, seal_of(UNSAFE)) == UNSAFE
        assert safe_html(UNSAFE, seal_of("<p>Jalan</p>")) == "<p>Jalan</p>"
        assert safe_html("", "") == ""


def test_a_seal_of_other_rules_counts_for_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        seal = seal_of(UNSAFE)
        monkeypatch.setattr(sealed_html, "_RULES", b"stricter")
        assert safe_html(UNSAFE, seal) == "<p>Jalan</p>"


def test_a_body_that_somebody_has_changed_in_the_database_is_sanitised_when_it_is_published(app: Flask) -> None:
    add_city(app)
    item = add_post(app)
    with app.app_context():
        session.get_one(Edition, (item.id, 1)).body_html = UNSAFE
        session.commit()
        publish_item(POST, CENTRAL, item.id, seen(item))
        live = find_live_publication(session(), item.id)
        assert live is not None
        assert "script" not in live.full_json
        assert "onclick" not in live.full_json


def test_the_seal_covers_every_module_that_decides_what_is_safe() -> None:
    assert sorted(reached("sanitize")) == sorted(RULES)


def reached(name: str) -> set[str]:
    """The modules of the same package that a module imports, and those that they import."""
    found, waiting = set(), [name]
    while waiting:
        module = waiting.pop()
        if module not in found and module not in WITHOUT_RULES:
            found.add(module)
            waiting += imported(module)
    return found


def imported(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((CORE / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("cms.core."):
            yield node.module.removeprefix("cms.core.")
