"""The documentation names everything that the code has: settings, error codes, permissions, actions; and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from cms.core.http.messages import PROBLEMS, RULES
from cms.core.permissions import OF_EVERY_PERSON, PERMISSION_MAP
from cms.editorial.content_types import action_names
from config import PROJECT_ROOT, Settings

DOCS = PROJECT_ROOT / "docs"
PAGES = sorted([*PROJECT_ROOT.glob("*.md"), *DOCS.rglob("*.md")])
EXPECTED_PAGES = (
    "README.md",
    "README.id.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/model.md",
    "docs/api.md",
    "docs/errors.md",
    "docs/operations.md",
)
_LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """The text of a page; a missing one fails the test that needs it."""
    path = PROJECT_ROOT / name
    assert path.exists(), f"{name} is not written yet"
    return path.read_text(encoding="utf-8")


def unnamed(names: Iterable[str], text: str) -> list[str]:
    """Those of the names that the text does not have in back ticks."""
    return [name for name in names if f"`{name}`" not in text]


@pytest.mark.parametrize("name", EXPECTED_PAGES)
def test_the_page_exists(name: str) -> None:
    assert page(name).strip()


def test_every_setting_stands_in_the_operations_guide_with_its_meaning() -> None:
    text = page("docs/operations.md")

    assert unnamed((item.name.upper() for item in fields(Settings)), text) == []
    assert [item.name for item in fields(Settings) if item.metadata["meaning"] not in text] == []


def test_every_error_code_stands_in_the_error_reference_under_its_own_heading() -> None:
    """The `type` of a problem points to the heading of its code."""
    text = page("docs/errors.md")

    assert sorted(set(PROBLEMS) - anchors(text)) == []
    assert unnamed(RULES, text) == []


def test_the_permission_table_of_the_api_guide_is_the_permission_map() -> None:
    text = page("docs/api.md")
    expected = [
        (permission.value, [(role.value, predicate.__name__) for role, predicate in rights])
        for permission, rights in PERMISSION_MAP.items()
        if permission not in OF_EVERY_PERSON
    ]
    missing = []
    for permission, rights in expected:
        row = next((line for line in text.splitlines() if line.startswith(f"| `{permission}` |")), "")
        missing += [f"{permission}: {role}" for role, _where in rights if f"`{role}`" not in row]

    assert missing == []


def test_every_action_of_the_log_stands_in_the_model(context: None) -> None:
    assert unnamed(action_names(), page("docs/model.md")) == []


def anchors(text: str) -> set[str]:
    """The anchors that headings get on GitHub, and explicit ones."""
    found = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words)))
    return found


def links(path: Path) -> Iterator[str]:
    """The addresses that a page links to, without those in code."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return (match[1] for match in _LINK.finditer(re.sub(r"`[^`\n]*`", "", text)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(PROJECT_ROOT).as_posix())
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    broken = []
    for link in links(path):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or parts.path.startswith("/"):
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        is_page = target.suffix == ".md" and target.is_file()
        if not target.exists() or (
            parts.fragment and is_page and parts.fragment not in anchors(target.read_text(encoding="utf-8"))
        ):
            broken.append(link)

    assert broken == []


def test_every_decision_has_a_number_of_its_own_and_a_row_in_order() -> None:
    """Who reads "decision 62" finds one page."""
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    rows = re.findall(r"^\| \[([0-9]+)\]\(([^)]+)\)", page("docs/decisions/README.md"), re.MULTILINE)

    assert [(int(number), name) for number, name in rows] == [(int(path.name[:4]), path.name) for path in pages]
    assert len({number for number, _name in rows}) == len(pages)
    assert [path.name for path in pages if not path.read_text().startswith(f"# {int(path.name[:4])}. ")] == []
