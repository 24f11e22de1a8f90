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
from cms.editorial.items.models import Item, Revision
from cms.editorial.items.queries import get_revision

LARGEST_EDITION = 2**31 - 1
_LISTED = load_only(
    Revision.item_id,
    Revision.edition,
    Revision.author_id,
    Revision.author_label,
    Revision.created_at,
    Revision.discarded_at,
    Revision.is_autosave,
    Revision.restored_from,
    Revision.changed_fields,
    Revision.saved_at,
    raiseload=True,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two editions and what is different between them."""

    older: int
    newer: int
    fields: Sequence[FieldChange]


def list_revisions(item: Item, limit: int, before: int | None) -> Sequence[Revision]:
    """The editions of an item without their texts, newest first, at most `limit`, with numbers below `before`."""
    statement = select(Revision).where(Revision.item_id == item.id).options(_LISTED)
    if before is not None:
        statement = statement.where(Revision.edition < before)
    return session.scalars(statement.order_by(Revision.edition.desc()).limit(limit)).all()


def find_revision(item: Item, edition: int) -> Revision | None:
    """An edition of the item, discarded ones included."""
    return session.get(Revision, (item.id, edition)) if 0 < edition <= LARGEST_EDITION else None


def get_edition(item: Item, edition: int) -> Revision:
    """An edition of the item, discarded ones included. Raises `NotFound`."""
    found = find_revision(item, edition)
    if found is None:
        raise NotFound
    return found


def published_editions(content_type: ContentType, item: Item, editions: Collection[int]) -> frozenset[int]:
    """Which of these editions readers have or had, as the log tells."""
    statement = select(Change.edition).where(
        Change.resource_type == content_type.name,
        Change.resource_id == item.id,
        Change.action == content_type.action("published").value,
        Change.edition.in_(editions),
    )
    return frozenset(edition for edition in session.scalars(statement) if edition is not None)


def compare(item: Item, older: int | None, newer: int | None) -> Comparison:
    """What is different between two editions.

    `newer` is the newest edition by default; `older` the one that readers have, or when that is the same or there is none,
    the edition before. Raises `NotFound` for an edition that does not exist.
    """
    after = get_edition(item, newer) if newer is not None else get_revision(item)
    older = older if older is not None else _usual_base(item, after.edition)
    before = get_edition(item, older)
    return Comparison(before.edition, after.edition, field_changes(before.content, after.content))


def _usual_base(item: Item, newer: int) -> int:
    if item.published_edition is not None and item.published_edition != newer:
        return item.published_edition
    previous = session.scalar(
        select(func.max(Revision.edition)).where(
            Revision.item_id == item.id, Revision.edition < newer, Revision.discarded_at.is_(None)
        )
    )
    return previous or newer
