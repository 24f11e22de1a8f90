"""Releases: several items that readers get in the same moment, all of them or none.

The same policy holds for every item as if it were published alone. Everything is looked at before anything is written, so
that the answer names all that stands in the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select, tuple_

from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, because
from cms.changes.log import record
from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.db import UnitOfWork, session, unit_of_work
from cms.core.errors import Conflict, DomainError, InputError, Invalid, NotFound
from cms.core.ids import new_id
from cms.core.people import person_reference
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected, check_version
from cms.editorial.content_types import registered_types
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation, is_approved_by_second
from cms.editorial.items.queries import visible_to
from cms.editorial.moderating import public_words
from cms.editorial.preparing import foresee_publications
from cms.editorial.publishing import Update, check_complete, publish_edition
from cms.editorial.releases.models import Release, ReleaseItem, ReleaseState
from cms.editorial.saving import ready_for
from cms.editorial.schedules.due import carry_out_due
from cms.moderation.breaker import count_release, mark_release

MOST_ITEMS = 200
Named = Sequence[tuple[str, str]]
"""Items as pairs of type and id."""


def create_release(actor: Actor, title: str, items: Named) -> Release:
    """Put items together. Raises `Invalid` for items that the actor may not know of, and for doubles."""
    with unit_of_work() as unit:
        _check_items(actor, items)
        moment = clock.now()
        release = Release(
            id=new_id(), title=title, state=ReleaseState.OPEN.value, version=1, author_id=actor.id,
            author_label=actor.label, created_at=moment, updated_at=moment, items=_rows(items),
        )  # fmt: skip
        unit.add(release)
        record(unit, Action.RELEASE_CREATED, release.id, actor)
    return release


def update_release(
    actor: Actor, release_id: str, expected: Expected, *, title: str | None = None, items: Named | None = None
) -> Release:
    """Change the title, the items, or both. Raises `Conflict` when it was published."""
    with unit_of_work() as unit:
        release = _load_open(actor, release_id, expected, "edit")
        if items is not None:
            _check_items(actor, items)
            release.items.clear()
            unit.session.flush()
            release.items.extend(_rows(items))
        release.title = title or release.title
        _touch(release)
        record(unit, Action.RELEASE_UPDATED, release.id, actor)
    return release


def delete_release(actor: Actor, release_id: str, expected: Expected) -> None:
    """Take a release apart that was not published; its items stay as they are."""
    with unit_of_work() as unit:
        release = _load_open(actor, release_id, expected, "delete")
        unit.session.delete(release)
        record(unit, Action.RELEASE_DELETED, release.id, actor)


def publish_release(actor: Actor, release_id: str, expected: Expected, update: Update) -> Release:
    """Give readers the newest editions of all items in one transaction.

    Raises `Conflict("release_refused")` with one entry per item that cannot be published, and nothing is.
    """
    words = public_words({"/change_note": update.note})
    with foreseen(lambda: foresee_publications(*_item_ids(release_id))), unit_of_work() as unit:
        release = _load_open(actor, release_id, expected, "publish")
        items = _checked_items(unit, actor, release, update)
        words.check(actor)
        mark_release(unit)
        because(unit, Cause(CauseKind.RELEASE, release.id))
        moment = clock.now()
        for item in items:
            approved = is_approved_by_second(actor, item)
            publish_edition(unit, registered_types()[item.type], actor, item, update, moment, is_approved=approved)
        release.state, release.published_at = ReleaseState.PUBLISHED.value, moment
        _touch(release)
        record(unit, Action.RELEASE_PUBLISHED, release.id, actor, counts_as=count_release(unit, actor))
    return release


def _item_ids(release_id: str) -> Sequence[str]:
    return session.scalars(select(ReleaseItem.item_id).where(ReleaseItem.release_id == release_id)).all()


def get_release(actor: Actor, release_id: str, *, lock: bool = False) -> Release:
    """A release that the actor made, or whose items he may all know of. Raises `NotFound`."""
    statement = select(Release).where(Release.id == release_id, _visible_release(actor))
    if lock:
        statement = statement.with_for_update(of=Release).execution_options(populate_existing=True)
    release = session.scalar(statement)
    if release is None:
        raise NotFound
    return release


def list_releases(actor: Actor, limit: int, after: tuple[datetime, str] | None) -> Sequence[Release]:
    """The releases that the actor may know of, the newest change first."""
    statement = select(Release).where(_visible_release(actor))
    if after is not None:
        statement = statement.where(tuple_(Release.updated_at, Release.id) < after)
    return session.scalars(statement.order_by(Release.updated_at.desc(), Release.id.desc()).limit(limit)).all()


def present_release(release: Release) -> dict[str, Any]:
    """A release as editors get it."""
    return {
        "id": release.id,
        "title": release.title,
        "state": release.state,
        "items": [{"type": each.type, "id": each.item_id} for each in release.items],
        "author": person_reference(release.author_id, release.author_label),
        "created_at": rfc3339(release.created_at),
        "updated_at": rfc3339(release.updated_at),
        "published_at": rfc3339(release.published_at) if release.published_at else None,
    }


def _visible_release(actor: Actor) -> ColumnElement[bool]:
    visible = visible_to(actor)
    named = select(ReleaseItem.item_id).join(Item, Item.id == ReleaseItem.item_id)
    named = named.where(ReleaseItem.release_id == Release.id).correlate(Release)
    return or_(
        Release.author_id == actor.id, and_(named.where(visible).exists(), not_(named.where(not_(visible)).exists()))
    )


def _load_open(actor: Actor, release_id: str, expected: Expected, operation: str) -> Release:
    release = get_release(actor, release_id, lock=True)
    check_version(expected, release.version)
    if release.state != ReleaseState.OPEN:
        raise Conflict("wrong_state", state=release.state, operation=operation, allowed=ReleaseState.OPEN.value)
    return release


def _touch(release: Release) -> None:
    release.version += 1
    release.updated_at = clock.now()


def _rows(items: Named) -> list[ReleaseItem]:
    return [
        ReleaseItem(position=position, type=kind, item_id=item_id) for position, (kind, item_id) in enumerate(items)
    ]


def _check_items(actor: Actor, items: Named) -> None:
    """Every item must be one that the actor may know of, and stand there once."""
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


def _checked_items(unit: UnitOfWork, actor: Actor, release: Release, update: Update) -> list[Item]:
    """The locked items in their order. Raises `Conflict` that names everything that stands in the way."""
    ids = [each.item_id for each in release.items]
    # In the order of their ids, so that two releases with common items wait for each other instead of blocking.
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
    """Why the item cannot be published by this actor now, as the code of the error that publishing it alone would give."""
    try:
        if item is None:
            raise NotFound
        content_type = registered_types()[item.type]
        carry_out_due(unit, content_type, item)
        ready_for(item, actor, Operation.PUBLISH, None)
        check_complete(content_type, item, update)
    except DomainError as error:
        return ", ".join([error.code, *(fault.name for fault in error.errors)])
    return None
