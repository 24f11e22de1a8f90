"""Reading the history of an item: its editions, newest first, and any two of them to compare."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from cms.changes.models import Change
from cms.core.db import session
from cms.core.errors import NotFound
from cms.editorial.content_types import ContentType
from cms.editorial.history.diff import FieldChange, field_changes
from cms.editorial.items.models import LARGEST_EDITION, Edition, Item
from cms.editorial.items.queries import get_edition

_LISTED = load_only(
    Edition.item_id,
    Edition.number,
    Edition.author_id,
    Edition.author_label,
    Edition.created_at,
    Edition.discarded_at,
    Edition.is_autosave,
    Edition.restored_from,
    Edition.changed_fields,
    Edition.saved_at,
    raiseload=True,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two editions and their differences."""

    older: int
    newer: int
    fields: Sequence[FieldChange]


def list_editions(item: Item, limit: int, before: int | None) -> Sequence[Edition]:
    """The editions of an item without their texts, newest first, at most `limit`, with numbers below `before`."""
    statement = select(Edition).where(Edition.item_id == item.id).options(_LISTED)
    if before is not None:
        statement = statement.where(Edition.number < before)
    return session.scalars(statement.order_by(Edition.number.desc()).limit(limit)).all()


def find_edition(item: Item, number: int) -> Edition | None:
    """An edition of the item, discarded ones included."""
    return session.get(Edition, (item.id, number)) if 0 < number <= LARGEST_EDITION else None


def get_past_edition(item: Item, number: int) -> Edition:
    """An edition of the item, discarded ones included. Raises `NotFound`."""
    found = find_edition(item, number)
    if found is None:
        raise NotFound
    return found


def published_editions(content_type: ContentType, item: Item, editions: Collection[int]) -> frozenset[int]:
    """The ones of these editions that readers have or had, by the log."""
    statement = select(Change.edition).where(
        Change.resource_type == content_type.name,
        Change.resource_id == item.id,
        Change.action == content_type.action("published").value,
        Change.edition.in_(editions),
    )
    return frozenset(edition for edition in session.scalars(statement) if edition is not None)


def compare(item: Item, older: int | None, newer: int | None) -> Comparison:
    """The differences between two editions.

    By default `newer` is the newest edition and `older` the published one; if that is the same or missing, the edition before.
    Raises `NotFound` for an edition that does not exist.
    """
    after = get_past_edition(item, newer) if newer is not None else get_edition(item)
    older = older if older is not None else _usual_base(item, after.number)
    before = get_past_edition(item, older)
    return Comparison(before.number, after.number, field_changes(before.content, after.content))


def _usual_base(item: Item, newer: int) -> int:
    if item.published_edition is not None and item.published_edition != newer:
        return item.published_edition
    previous = session.scalar(
        select(func.max(Edition.number)).where(
            Edition.item_id == item.id, Edition.number < newer, Edition.discarded_at.is_(None)
        )
    )
    return previous or newer
