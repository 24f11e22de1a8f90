"""Puts items into the archive or the trash, brings them back, and purges them.

An item that was ever published is never purged, because a public address must keep answering: it keeps its slug, and readers
still get the answer with which it ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from cms.core.db import unit_of_work
from cms.core.permissions import Actor, system_actor
from cms.core.runtime import runtime
from cms.core.versions import Expected, check_version
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit, Edited
from cms.editorial.editing import check_ready, editing
from cms.editorial.items.models import Item, State
from cms.editorial.items.policies import Operation, authorize_operation
from cms.editorial.items.queries import get_item
from cms.editorial.saving import transition
from cms.editorial.trash.queries import is_old_trash

ACTOR: Final = system_actor("trash emptied")


def archive_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Archive an item that is not live: it leaves the usual lists and is not editable until it is restored."""
    with editing(content_type, actor, item_id, Operation.ARCHIVE, expected) as edit:
        item = edit.item
        item.put_away(State.ARCHIVED)
        edition = transition(edit, State.ARCHIVED, "archived", item.comment)
    return Edited(item, edition)


def trash_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Put an item into the trash. Raises `Conflict("still_published")` while readers have it."""
    with editing(content_type, actor, item_id, Operation.TRASH, expected) as edit:
        item = edit.item
        item.put_away(State.TRASHED)
        edition = transition(edit, State.TRASHED, "trashed", item.comment)
    return Edited(item, edition)


def restore_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Bring an item back from the archive or the trash, into the state it had before it was put away."""
    with editing(content_type, actor, item_id, Operation.RESTORE, expected) as edit:
        item = edit.item
        item.bring_back()
        edition = transition(edit, State(item.state), "restored", item.comment)
    return Edited(item, edition)


def delete_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> None:
    """Handle DELETE: put the item into the trash; from the trash, purge it if the actor may and it was never published."""
    with unit_of_work() as unit:
        item = get_item(content_type, item_id, actor, lock=True)
        if item.state == State.TRASHED:
            # Who repeats a DELETE whose answer was lost hears that the version has passed, not that purging is not allowed.
            authorize_operation(actor, Operation.DELETE, item, runtime().settings.city_channel)
            check_version(expected, item.version)
            check_ready(item, actor, Operation.PURGE, expected)
            _purge(Edit(unit, actor, item))
        else:
            check_ready(item, actor, Operation.DELETE, expected)
            item.put_away(State.TRASHED)
            transition(Edit(unit, actor, item), State.TRASHED, "trashed", item.comment)


def purge_trash(ids: Iterable[str]) -> None:
    """Purge those of these items that have been in the trash for long enough and that are not locked."""
    with unit_of_work() as unit:
        old = select(Item).where(Item.id.in_(ids), *is_old_trash()).order_by(Item.id)
        for item in unit.session.scalars(old.with_for_update(skip_locked=True)).all():
            _purge(Edit(unit, ACTOR, item))


def _purge(edit: Edit) -> None:
    """Remove the item with its editions, comments and slugs; the sweep removes the bytes of its files later."""
    edit.record("purged")
    edit.unit.session.delete(edit.item)
