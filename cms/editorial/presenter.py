"""Items as editors get them, and editions on their way to readers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.agencies.presenter import present_reference
from cms.core.clock import rfc3339
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.sanitize import sanitized_html
from cms.editorial.attribution import canonical_url
from cms.editorial.content_types import ContentType, Presentation
from cms.editorial.models import Item, Revision
from cms.editorial.policies import allowed_actions
from cms.editorial.queries import get_owner
from cms.publishing.presented import Presented


def present_item(item: Item, revision: Revision, actor: Actor, city_channel: str) -> dict[str, Any]:
    """The item with the content of its newest edition, for this caller."""
    return {**_standing(item, actor, city_channel), **revision.content}


def present_row(content_type: ContentType, item: Item, actor: Actor, city_channel: str) -> dict[str, Any]:
    """The item as lists show it."""
    shown = {"agency": item.agency, "channel": item.channel, "title": item.title, "slug": item.slug}
    return {**_standing(item, actor, city_channel), **shown, content_type.label: item.kind}


def present_edition(
    content_type: ContentType, item: Item, revision: Revision, published_at: datetime, updated_at: datetime
) -> Presented:
    """The delivered forms of an edition. The body is sanitised again (R-C1): the rules may have become stricter."""
    owner = get_owner(item)
    slug, public_url = revision.content["slug"], runtime().settings.public_url
    return content_type.present(
        Presentation(
            item_id=item.id,
            edition=revision.edition,
            content=revision.content,
            body_html=sanitized_html(revision.body_html, "html") if revision.body_html else "",
            body_text=revision.body_text,
            agency=present_reference(owner),
            published_at=published_at,
            updated_at=updated_at,
            canonical_url=canonical_url(owner, content_type.name, slug, public_url),
        )
    )


def _standing(item: Item, actor: Actor, city_channel: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "state": item.state,
        "edition": item.edition,
        "published_edition": item.published_edition,
        "allowed_actions": allowed_actions(actor, item, city_channel),
        "comment": item.comment,
        "author": {"id": item.author_id, "name": item.author_label},
        "created_at": rfc3339(item.created_at),
        "updated_at": rfc3339(item.updated_at),
        "published_at": rfc3339(item.published_at) if item.published_at else None,
    }
