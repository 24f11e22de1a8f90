"""The texts of a city on which search is judged: tables of facts in corpus/*.toml, written out by the sentences above them.

A family has sentences with `{column}` in them and one row for each text. Titles, summaries and each paragraph are taken in turn, so that
neighbours in a family differ in words as well as in facts. A text is known by `family/key`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
MORNING = time(1, tzinfo=UTC)
"""When a text of a day appears: nine o'clock in the city."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the city: what an editor would have sent, and when it was published."""

    key: str
    is_post: bool
    published_at: datetime
    content: Mapping[str, Any]
    file_text: str | None
    """What its only file says; None where it has no file."""


def texts() -> list[Text]:
    """Every text, the oldest first."""
    found = [text for path in sorted(CORPUS.glob("*.toml")) for text in _of_file(path)]
    return sorted(found, key=lambda text: (text.published_at, text.key))


def _of_file(path: Path) -> Iterator[Text]:
    for name, family in tomllib.loads(path.read_text(encoding="utf-8")).items():
        yield from _of_family(name, family)


def _of_family(name: str, family: Mapping[str, Any]) -> Iterator[Text]:
    columns = [column.strip() for column in family["columns"].split("|")]
    for number, line in enumerate(filter(None, family["rows"].splitlines())):
        row = dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=True))
        yield Text(
            f"{name}/{row['key']}",
            family["what"].startswith("post "),
            datetime.combine(datetime.fromisoformat(row["date"]), MORNING),
            _content(family, row, number),
            row.get("pages"),
        )


def _content(family: Mapping[str, Any], row: Mapping[str, str], number: int) -> dict[str, Any]:
    kind, label, *owner = family["what"].split()
    common = {
        "agency": row.get("agency") or owner[0],
        "title": _in_turn(family["titles"], row, number),
        "summary": _in_turn(family["summaries"], row, number),
    }
    if kind == "post":
        paragraphs = (_in_turn(each, row, number + place) for place, each in enumerate(family["paragraphs"]))
        return {**common, "kind": label, "body": "\n\n".join(paragraphs)}
    of_document = {"number": row.get("number"), "year": int(row["year"]) if "year" in row else None}
    return {**common, **of_document, "class": label, "holder": "Sekretariat", "made_at": row["date"][:7]}


def _in_turn(sentences: Sequence[str], row: Mapping[str, str], number: int) -> str:
    return sentences[number % len(sentences)].format_map(row)
