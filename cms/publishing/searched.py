"""What of a content type is searched: each field of its full form with the weight that its words have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final


class Weight(StrEnum):
    """How much a word says about an item, by where it stands; the text of its files says less than any of these."""

    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"


Searched = Mapping[str, Weight]
"""Weights by field of the full form. `files.label` is the field of every object in a list, `agency.name` that of an object."""

OF_EVERY_ITEM: Final[Searched] = {
    "title": Weight.TITLE,
    "summary": Weight.SUMMARY,
    "tags": Weight.SUMMARY,
    "body_text": Weight.BODY,
    "agency.name": Weight.BODY,
    "agency.short_name": Weight.BODY,
}
"""Fields that the content types share; one that a type does not have is no text."""


def texts_at(value: Any, path: str) -> Iterator[str]:
    """The texts of a full form at a path; numbers as they are written. What is not there, or null, is no text."""
    if isinstance(value, list):
        for each in value:
            yield from texts_at(each, path)
    elif path:
        name, _, rest = path.partition(".")
        if isinstance(value, dict):
            yield from texts_at(value.get(name), rest)
    elif isinstance(value, str | int):
        yield str(value)
