"""Reading releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select, tuple_

from cms.core.db import session
from cms.core.errors import NotFound
from cms.core.permissions import Actor
from cms.editorial.items.models import Item
from cms.editorial.items.queries import visible_to
from cms.editorial.releases.models import Release, ReleaseItem


def item_ids(release_id: str) -> Sequence[str]:
    """The items of a release."""
    return session.scalars(select(ReleaseItem.item_id).where(ReleaseItem.release_id == release_id)).all()


def get_release(actor: Actor, release_id: str, *, lock: bool = False) -> Release:
    """A release that the actor made, or whose items the actor may all see. Raises `NotFound`."""
    statement = select(Release).where(Release.id == release_id, _visible_release(actor))
    if lock:
        statement = statement.with_for_update(of=Release).execution_options(populate_existing=True)
    release = session.scalar(statement)
    if release is None:
        raise NotFound
    return release


def list_releases(actor: Actor, limit: int, after: tuple[datetime, str] | None) -> Sequence[Release]:
    """The releases that the actor may see, the newest change first."""
    statement = select(Release).where(_visible_release(actor))
    if after is not None:
        statement = statement.where(tuple_(Release.updated_at, Release.id) < after)
    return session.scalars(statement.order_by(Release.updated_at.desc(), Release.id.desc()).limit(limit)).all()


def _visible_release(actor: Actor) -> ColumnElement[bool]:
    visible = visible_to(actor)
    named = select(ReleaseItem.item_id).join(Item, Item.id == ReleaseItem.item_id)
    named = named.where(ReleaseItem.release_id == Release.id).correlate(Release)
    return or_(
        Release.author_id == actor.id, and_(named.where(visible).exists(), not_(named.where(not_(visible)).exists()))
    )
