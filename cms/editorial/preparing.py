"""Computes on texts for saving and publishing before the database is locked: steps for `cms.core.prepared.foreseen`.

Nothing is decided here: the write itself checks faults and permissions, and computes what was not prepared.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, select

from cms.core.db import session, table_of
from cms.core.errors import DomainError
from cms.core.permissions import Actor
from cms.core.raw_columns import moment_value
from cms.core.reading import Reader
from cms.core.runtime import runtime
from cms.core.sanitize import UnsafeLinks
from cms.core.sealed_html import safe_html
from cms.editorial.content_types import Beside, Content, ContentType
from cms.editorial.items.models import Edition, Item
from cms.editorial.items.queries import NEWEST, VisibleItem, foresee_editions
from cms.editorial.moderating import is_blocked_since, read_links
from cms.editorial.prepared_content import prepare_content
from cms.moderation.queries import NEWEST_BLOCK
from cms.publishing.models import Publication
from cms.publishing.visibility import is_current

Change = Callable[[Content], Content]
# Built once: that costs as much as running them.
_TO_CHANGE = VisibleItem(NEWEST)
_TO_PUBLISH = NEWEST.add_columns(NEWEST_BLOCK.scalar_subquery()).where(Item.id.in_(bindparam("ids", expanding=True)))
_edition, _item = table_of(Edition), table_of(Item)
_BODY = (
    select(
        _edition.c.body_html,
        _edition.c.body_seal,
        _edition.c.saved_at,
        _edition.c.created_at,
        NEWEST_BLOCK.scalar_subquery(),
    )
    .join(_item, and_(_edition.c.item_id == _item.c.id, _edition.c.number == _item.c.edition))
    .where(_item.c.id == bindparam("id"))
)
_IS_SHOWN = and_(Publication.item_id == Edition.item_id, Publication.edition == Edition.number)


def foresee_content(
    content_type: ContentType,
    item_id: str,
    content: Content,
    before: Edition | None = None,
    *,
    coming: Beside | None = None,
) -> None:
    """Prepare saving this content after the edition `before`. `coming` is what will be beside it once it is saved."""
    prepare_content(content_type, item_id, content_type.completed(content), before, coming=coming)


def foresee_change(content_type: ContentType, actor: Actor, item_id: str, change: Change) -> None:
    """Prepare saving the result of `change` on the newest content of an item; does nothing if the actor may not see it."""
    for found in foresee_editions(*_TO_CHANGE.of(content_type, item_id, actor)):
        foresee_content(content_type, item_id, change(found.edition.content), found.edition)


def foresee_publications(*item_ids: str) -> None:
    """Prepare publishing the newest editions of these items: sanitise bodies again, and read links if a domain was blocked since."""
    for found in foresee_editions(_TO_PUBLISH, {"ids": item_ids}):
        foresee_body(found.edition.body_html, found.edition.body_seal)
        if is_blocked_since(found.edition, found.also):
            read_links(found.edition)


def foresee_publication(item_id: str) -> None:
    """The same for one item, most often with one short read: it is what editors do all day."""
    reader = runtime().reader
    for html, seal, saved_at, created_at, blocked_at in reader.rows(_body_sql(reader), {"id": item_id}):
        foresee_body(html, seal)
        if blocked_at is not None and moment_value(blocked_at) >= moment_value(saved_at or created_at):
            foresee_publications(item_id)


@cache
def _body_sql(reader: Reader) -> str:
    return reader.compile(_BODY)


def foresee_shown(*which: ColumnElement[bool], limit: int | None = None) -> None:
    """Prepare rendering the publications again that meet these conditions."""
    statement = select(Edition.body_html, Edition.body_seal).join(Publication, _IS_SHOWN).where(*which).limit(limit)
    for html, seal in session.execute(statement.order_by(Publication.id)).all():
        foresee_body(html, seal)


def foresee_shown_item(item_id: str) -> None:
    """The same for one item."""
    foresee_shown(Publication.item_id == item_id, is_current())


def foresee_body(html: str, seal: str) -> None:
    """Prepare rendering an edition with this body."""
    with suppress(DomainError, UnsafeLinks):
        safe_html(html, seal)
