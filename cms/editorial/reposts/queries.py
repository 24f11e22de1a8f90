"""Reads the agencies that carry an item, and its social text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from cms.core.db import session
from cms.core.errors import NotFound
from cms.core.permissions import AGENCY_ROLES, Actor
from cms.editorial.content_types import ContentType
from cms.editorial.items.models import Item
from cms.editorial.items.presenter import render_edition
from cms.editorial.items.queries import get_edition, get_item, visible_to
from cms.editorial.rebuilding import as_it_looks_now
from cms.publishing.models import Repost
from cms.publishing.reposts import list_reposts
from cms.publishing.visibility import find_live_publication, is_carried_by, is_live


@dataclass(frozen=True, slots=True)
class SocialText:
    """A caption with the canonical address, made of one edition; no text while the item is withdrawn."""

    text: str | None
    link: str
    edition: int


def item_reposts(
    content_type: ContentType, actor: Actor, item_id: str, *, after: str | None = None, limit: int
) -> Sequence[Repost]:
    """The reposts of the item, by the slug of the agency. Raises `NotFound`."""
    item = get_source(content_type, actor, item_id)
    return list_reposts(session(), item.id, after=after, limit=limit)


def social_text(content_type: ContentType, actor: Actor, item_id: str) -> SocialText:
    """The social text of the published edition; before the first publication, of the newest one. Raises `NotFound`."""
    item = get_source(content_type, actor, item_id)
    publication = find_live_publication(session(), item.id)
    if publication is None:
        # An agency that only carries it may not see its owner's draft.
        item = get_item(content_type, item_id, actor)
        full = render_edition(item, get_edition(item), item.updated_at, item.updated_at).full
    else:
        full = as_it_looks_now(publication, item).full
    return SocialText(full["social_text"], full["canonical_url"], full["edition"])


def get_source(content_type: ContentType, actor: Actor, item_id: str, *, lock: bool = False) -> Item:
    """The item, if it is live or the actor may see it. Raises `NotFound`."""
    known = or_(visible_to(actor), is_live(Item.id), _is_carried_by_own(actor))
    statement = select(Item).where(Item.id == item_id, Item.type == content_type.name, known)
    if lock:
        statement = statement.with_for_update(of=Item).execution_options(populate_existing=True)
    item = session.scalar(statement)
    if item is None:
        raise NotFound
    return item


def _is_carried_by_own(actor: Actor) -> ColumnElement[bool]:
    agencies = {agency for role in AGENCY_ROLES for agency in actor.agencies(role)}
    return is_carried_by(Item.id, sorted(agencies))
