"""Checks on the items of a release, and on publishing it.

Everything is checked before anything is written, so that the answer names all obstacles.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from cms.core.db import UnitOfWork, session
from cms.core.errors import Conflict, DomainError, InputError, Invalid, NotFound
from cms.core.permissions import Actor
from cms.editorial.editing import check_ready
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import visible_to
from cms.editorial.publishing import Update, check_complete
from cms.editorial.releases.models import Release
from cms.editorial.schedules.catching_up import catch_up

Named = Sequence[tuple[str, str]]
"""Items as pairs of type and id."""


def check_items(actor: Actor, items: Named) -> None:
    """Every item must be visible to the actor, and be listed once."""
    ids = [item_id for _, item_id in items]
    rows = session.execute(select(Item.id, Item.type).where(Item.id.in_(ids), visible_to(actor)))
    known = {(row.type, row.id) for row in rows}
    errors = []
    for position, named in enumerate(items):
        if named not in known:
            errors.append(InputError("pointer", f"/items/{position}", "not_found", {"what": named[0]}))
        elif named in items[:position]:
            errors.append(InputError("pointer", f"/items/{position}", "repeated"))
    if errors:
        raise Invalid(errors=errors)


def checked_items(unit: UnitOfWork, actor: Actor, release: Release, update: Update) -> list[Item]:
    """The locked items in their order. Raises `Conflict` with all obstacles."""
    ids = [each.item_id for each in release.items]
    # In the order of their ids, so that two releases with common items wait for each other instead of deadlocking.
    statement = select(Item).where(Item.id.in_(ids), visible_to(actor)).order_by(Item.id)
    locked = statement.with_for_update(of=Item).execution_options(populate_existing=True)
    found = {item.id: item for item in unit.session.scalars(locked)}
    errors = []
    for position, item_id in enumerate(ids):
        if reason := _obstacle(unit, actor, found.get(item_id), update):
            params = {"id": item_id, "reason": reason}
            errors.append(InputError("pointer", f"/items/{position}", "item_refused", params))
    if errors:
        raise Conflict("release_refused", errors=errors)
    return [found[item_id] for item_id in ids]


def _obstacle(unit: UnitOfWork, actor: Actor, item: Item | None, update: Update) -> str | None:
    """The reason why this actor cannot publish the item now: the error code that publishing it alone would give."""
    try:
        if item is None:
            raise NotFound
        catch_up(unit, item)
        check_ready(item, actor, Operation.PUBLISH, None)
        check_complete(item, update)
    except DomainError as error:
        return ", ".join([error.code, *(fault.name for fault in error.errors)])
    return None
