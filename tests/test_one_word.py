"""One thing has one word: what waits for its moment has a schedule, in code, messages, documents and on the wire."""

from __future__ import annotations

import re

from config import PROJECT_ROOT

# `plan`, `planned`, `drop_plan`, `PlanSchema`, but not `explanation`, `plane` or `work plan`, a kind of document.
OTHER_WORD = re.compile(r"(?<!work )(?<![a-z])(?:plan(?:s|ned|ner|ners|ning)?)(?![a-z])", re.IGNORECASE)
CAMEL_CASE = re.compile(r"(?<=[a-z])Plan|Plan(?=[A-Z])")
ABOUT_QUERIES = {
    "cms/moderation/counting.py",
    "cms/core/reading.py",
    "docs/decisions/0013-hot-path.md",
    "docs/decisions/0067-when-things-take-place.md",
}
"""They tell how a database runs a statement: by a plan."""
TEXTS = sorted(
    path
    for folder in ("cms", "docs")
    for path in (PROJECT_ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".yml", ".html"} and path.relative_to(PROJECT_ROOT).as_posix() not in ABOUT_QUERIES
)


def test_what_waits_for_its_moment_is_called_a_schedule() -> None:
    others = [
        (path.relative_to(PROJECT_ROOT).as_posix(), word)
        for path in TEXTS
        for pattern in (OTHER_WORD, CAMEL_CASE)
        for word in pattern.findall(path.read_text(encoding="utf-8"))
    ]

    assert len(TEXTS) > 700
    assert others == []
