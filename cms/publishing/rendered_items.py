"""An item as readers will get it: the result of a content type's presenter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from cms.core.clock import EPOCH, NEVER

LONGEST_EVENT: Final = timedelta(days=366)
"""So lists of what takes place need to look back no farther than this."""


class Span(NamedTuple):
    """From when on, and until when, itself not included."""

    begins: datetime
    ends: datetime


ALWAYS: Final = Span(EPOCH, NEVER)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file that the edition shows; `sha256` finds its bytes in the storage. `is_attachment`: browsers never show it."""

    id: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    is_attachment: bool = False


@dataclass(frozen=True, slots=True)
class RenderedItem:
    """One edition, rendered: `card` for lists and `full` for details, as JSON-ready dicts of the delivered schemas.

    `published_at` is the first publication of the item, `updated_at` of this edition. `terms` are pairs (scheme, term) that
    the item is found by: slug, kind, category, tag, area (with everything above it), channel, class, year, information_kind,
    language.
    """

    item_id: str
    type: str
    edition: int
    agency: str
    slug: str
    language: str
    published_at: datetime
    updated_at: datetime
    card: dict[str, Any]
    full: dict[str, Any]
    terms: frozenset[tuple[str, str]]
    files: tuple[RenderedFile, ...] = ()
    valid: Span = ALWAYS
    """When what it says holds."""
    event: Span | None = None
    """When it takes place, at most `LONGEST_EVENT` long; None for what is no event."""
