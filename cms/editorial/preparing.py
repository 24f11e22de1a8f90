"""Computes on texts for saving and publishing before the database is locked: steps for `cms.core.prepared.foreseen`.

Nothing is decided here: the write itself checks faults and permissions, and computes what was not prepared.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import ColumnElement, and_, select

from cms.core.db import session
from cms.core.errors import DomainError
from cms.core.permissions import Actor
from cms.core.sanitize import UnsafeLinks
from cms.core.sealed_html import safe_html
from cms.editorial.content_types import Beside, Content, ContentType
from cms.editorial.items.foreseen_editions import NEWEST, foresee_editions, foresee_to_publish
from cms.editorial.items.models import Edition
from cms.editorial.items.queries import VisibleItem
from cms.editorial.moderating import is_blocked_since, read_links
from cms.editorial.prepared_content import prepare_content
from cms.publishing.models import Publication
from cms.publishing.visibility import is_current

Change = Callable[[Content], Content]
# Built once: that costs as much as running them.
_TO_CHANGE = VisibleItem(NEWEST)
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
    for found in foresee_to_publish(*item_ids):
        foresee_body(found.edition.body_html, found.edition.body_seal)
        if is_blocked_since(found.edition, found.newest_block):
            read_links(found.edition)


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
