"""What saving and publishing compute on texts, computed before the database is locked (`cms.core.prepared`).

Nothing is decided here: faults and rights are for the write itself. What cannot be foreseen is computed by the write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import select

from cms.core.db import has_begun_writing, rolled_back, session
from cms.core.errors import DomainError
from cms.core.permissions import Actor
from cms.core.prepared import keeping_results
from cms.core.sanitize import UnsafeLink, plain_text, sanitized_html
from cms.editorial.content_types import Content, ContentType
from cms.editorial.items.models import Item, Revision
from cms.editorial.items.queries import get_item, get_revision
from cms.editorial.moderating import assess_content

Change = Callable[[Content], Content]


@contextmanager
def prepared_new(content_type: ContentType, item_id: str, content: Content) -> Iterator[None]:
    """Around the transaction that makes the item."""
    with keeping_results():
        prepare_new(content_type, item_id, content)
        yield


@contextmanager
def prepared_change(content_type: ContentType, actor: Actor, item_id: str, change: Change) -> Iterator[None]:
    """Around the transaction that changes the item."""
    with keeping_results():
        prepare_change(content_type, actor, item_id, change)
        yield


@contextmanager
def prepared_publications(*item_ids: str) -> Iterator[None]:
    """Around the transaction that publishes the items."""
    with keeping_results():
        prepare_publications(*item_ids)
        yield


def prepare_new(content_type: ContentType, item_id: str, content: Content) -> None:
    """For a new item with this content, and for publishing it at once."""
    if not has_begun_writing():
        with rolled_back():
            _prepare(content_type, item_id, content_type.completed(content))


def prepare_change(content_type: ContentType, actor: Actor, item_id: str, change: Change) -> None:
    """For what `change` makes of the newest content of an item that the actor may see; of others nothing is read."""
    if has_begun_writing():
        return
    with rolled_back(), suppress(DomainError):
        stored = get_revision(get_item(content_type, item_id, actor)).content
        _prepare(content_type, item_id, content_type.completed(change(stored)))


def prepare_publications(*item_ids: str) -> None:
    """For publishing the newest editions of these items: their bodies are sanitised once more."""
    if has_begun_writing():
        return
    newest = (Revision.item_id == Item.id) & (Revision.edition == Item.edition)
    statement = select(Revision.body_html).join(Item, newest).where(Item.id.in_(item_ids))
    with rolled_back():
        bodies = session.scalars(statement).all()
    for html in filter(None, bodies):
        with suppress(DomainError, UnsafeLink):
            sanitized_html(html, "html")


def _prepare(content_type: ContentType, item_id: str, content: Content) -> None:
    with suppress(DomainError, UnsafeLink):
        source = content["body"] or ""
        html = sanitized_html(source, content["body_format"]) if source else ""
        if html:
            sanitized_html(html, "html")
        assess_content(content_type, item_id, content, html, plain_text(html))
