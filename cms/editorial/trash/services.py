"""Putting items away: archive, trash, and what ends them for good.

Writers like those of `services`. What was ever published is never purged (an address that was public must go on answering): it keeps its slug, and
readers go on getting the answer with which it ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, select

from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, rolled_back, session, unit_of_work
from cms.core.dead_letters.queries import not_resting
from cms.core.dead_letters.tasks import all_or_each
from cms.core.permissions import Actor, system_actor
from cms.core.versions import Expected
from cms.editorial.content_types import ContentType, registered_types
from cms.editorial.items.models import Item, State
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_item
from cms.editorial.items.services import Edited
from cms.editorial.saving import load_for, ready_for, transition

KEPT_IN_TRASH: Final = timedelta(days=30)
BATCH: Final = 100
QUEUE: Final = "trash"
ACTOR: Final = system_actor("trash emptied")


def archive_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Put an item away that readers do not have: out of the usual lists, not editable until it is restored."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.ARCHIVE, item_id, expected)
        item.put_away(State.ARCHIVED)
        edition = transition(unit, content_type, actor, item, State.ARCHIVED, "archived", item.comment)
    return Edited(item, edition)


def trash_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Put an item into the trash. Raises `Conflict("still_published")` while readers have it."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.TRASH, item_id, expected)
        item.put_away(State.TRASHED)
        edition = transition(unit, content_type, actor, item, State.TRASHED, "trashed", item.comment)
    return Edited(item, edition)


def restore_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Bring an item back from the archive or the trash, into the state it had before it was put away."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.RESTORE, item_id, expected)
        item.bring_back()
        edition = transition(unit, content_type, actor, item, State(item.state), "restored", item.comment)
    return Edited(item, edition)


def delete_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> None:
    """What DELETE means: into the trash; out of the trash for ever, by who may purge, if it was never published."""
    with unit_of_work() as unit:
        item = get_item(content_type, item_id, actor, lock=True)
        if item.state == State.TRASHED:
            ready_for(item, actor, Operation.PURGE, expected)
            _purge(unit, item, actor)
        else:
            ready_for(item, actor, Operation.DELETE, expected)
            item.put_away(State.TRASHED)
            transition(unit, content_type, actor, item, State.TRASHED, "trashed", item.comment)


def purge_old_trash() -> int:
    """Purge what has been in the trash for 30 days and was never published, at most `BATCH` items; returns how many.

    A task of the worker: doing it twice at once is harmless, each item is locked and looked at again.
    """
    with rolled_back():
        ids = session.scalars(select(Item.id).where(*_is_old_trash()).order_by(Item.id).limit(BATCH)).all()
    all_or_each(QUEUE, ids, _purge_old)
    return len(ids)


def _purge_old(ids: Iterable[str]) -> None:
    with unit_of_work() as unit:
        old = select(Item).where(Item.id.in_(ids), *_is_old_trash()).order_by(Item.id)
        for item in unit.session.scalars(old.with_for_update(skip_locked=True)).all():
            _purge(unit, item, ACTOR)


def empty_trash() -> bool:
    """The worker's task: looks with a small read before it locks anything. True when there may be more to purge."""
    if session.scalar(select(Item.id).where(*_is_old_trash()).limit(1)) is None:
        return False
    return purge_old_trash() == BATCH


def _is_old_trash() -> tuple[ColumnElement[bool], ...]:
    long_ago = clock.now() - KEPT_IN_TRASH
    is_old = (Item.state == State.TRASHED.value, Item.published_at.is_(None), Item.trashed_at <= long_ago)
    return (*is_old, not_resting(QUEUE, Item.id))


def _purge(unit: UnitOfWork, item: Item, actor: Actor) -> None:
    """Remove the item with its editions, comments and slugs; bytes of its files are swept later."""
    action = registered_types()[item.type].action("purged")
    record(unit, action, item.id, actor, agency=item.agency, edition=item.edition)
    unit.session.delete(item)
