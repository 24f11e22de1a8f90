"""Items in the form for editors, and editions in the form for readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cms.agencies.presenter import render_reference
from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.core.permissions import Actor
from cms.core.sealed_html import safe_html
from cms.core.versions import written
from cms.editorial.attribution import Addressed, canonical_url
from cms.editorial.content_types import ContentType, EditionToRender
from cms.editorial.images.uses import ShownImages, body_text_of, shown_images
from cms.editorial.items.models import Edition, Item
from cms.editorial.items.policies import allowed_actions
from cms.editorial.items.queries import get_colleagues, get_owner
from cms.editorial.leases.presenter import render_lease
from cms.editorial.notes import PublicNotes
from cms.media.references import with_shown_pictures
from cms.publishing.rendered_items import RenderedItem

HOLD_FIELDS = ("code", "pointer", "detail")


def render_item(item: Item, edition: Edition, actor: Actor, city_channel: str) -> dict[str, Any]:
    """The item for this caller, with its newest edition's content, the open comments and the lease."""
    colleagues = get_colleagues(item.id)
    lease = colleagues.lease and render_lease(colleagues.lease)
    courtesies = {"open_comments": colleagues.open_comments, "lease": lease}
    first = item.first_published_at
    imported = {
        "first_published_at": rfc3339(first) if first else None,
        "legacy_addresses": colleagues.legacy_addresses,
    }
    return {
        **_standing(item, actor, city_channel),
        "canonical_url": colleagues.canonical_url,
        **courtesies,
        **imported,
        **edition.content,
    }


def render_row(content_type: ContentType, item: Item, actor: Actor, city_channel: str) -> dict[str, Any]:
    """The item as lists show it."""
    return {**_row(item, actor, city_channel), content_type.label: item.kind}


def render_waiting(item: Item, actor: Actor, city_channel: str, waiting_for: str) -> dict[str, Any]:
    """The item in the work list, whatever its type."""
    waiting = {"since": rfc3339(item.state_since), "waiting_for": waiting_for}
    return {**_row(item, actor, city_channel), **waiting}


def render_edition(
    item: Item,
    edition: Edition,
    published_at: datetime,
    updated_at: datetime,
    notes: PublicNotes | None = None,
    images: ShownImages | None = None,
) -> RenderedItem:
    """The delivered forms of an edition; `images` are those that it shows, if the caller has them.

    The body is sanitised again (R-C1) when the rules have changed since it was saved.
    """
    notes = notes or PublicNotes(updated_at)
    owner = get_owner(item)
    images = images or shown_images(edition.content, edition.body_html, hold=True)
    rendered = item.content_type.render(
        EditionToRender(
            item_id=item.id,
            edition=edition.number,
            content=edition.content,
            body_html=_shown_body(edition, images),
            body_text=body_text_of(edition, images),
            agency=render_reference(owner),
            published_at=published_at,
            updated_at=updated_at,
            images=images.found,
            canonical_url=canonical_url(owner, Addressed(item.type, item.id, edition.content, published_at)),
            public_updated_at=notes.public_updated_at,
            change_history=notes.history,
            withdrawn=notes.withdrawn,
        )
    )
    return replace(rendered, files=rendered.files + images.files()) if images.found else rendered


def _shown_body(edition: Edition, images: ShownImages) -> str:
    body_html = safe_html(edition.body_html, edition.body_seal)
    return with_shown_pictures(body_html, images.found)


def _row(item: Item, actor: Actor, city_channel: str) -> dict[str, Any]:
    shown = {"agency": item.agency, "channel": item.channel, "title": item.title, "slug": item.slug}
    return {**_standing(item, actor, city_channel), **shown}


def _approval(item: Item) -> dict[str, Any] | None:
    """Who approved the newest edition, and when; None without an approval."""
    if not item.is_approved or item.approved_at is None:
        return None
    by = person_reference(item.approved_by_id, item.approved_by_label)
    return {"edition": item.approved_edition, "by": by, "at": rfc3339(item.approved_at)}


def _schedule(item: Item) -> dict[str, Any] | None:
    """The schedule, as instants and in the local time of the zone of whoever scheduled it; None without a schedule."""
    if item.publish_at is None and item.unpublish_at is None:
        return None
    zone = ZoneInfo(item.timezone or "UTC")
    moments = {"publish_at": item.publish_at, "unpublish_at": item.unpublish_at}
    shown = {name: rfc3339(moment) if moment else None for name, moment in moments.items()}
    local = {
        f"{name}_local": moment.astimezone(zone).isoformat() if moment else None for name, moment in moments.items()
    }
    return {
        **shown,
        **local,
        "timezone": item.timezone,
        "by": person_reference(item.scheduled_by_id, item.scheduled_by_label),
    }


def _standing(item: Item, actor: Actor, city_channel: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "state": item.state,
        "version": written(item.version),
        "edition": item.edition,
        "published_edition": item.published_edition,
        "allowed_actions": allowed_actions(actor, item, city_channel),
        "approval": _approval(item),
        "hold": [{name: reason.get(name) for name in HOLD_FIELDS} for reason in item.hold],
        "comment": item.comment,
        "schedule": _schedule(item),
        "unpublished_as": item.unpublished_as,
        "author": person_reference(item.author_id, item.author_label),
        "created_at": rfc3339(item.created_at),
        "updated_at": rfc3339(item.updated_at),
        "published_at": rfc3339(item.published_at) if item.published_at else None,
        "trashed_at": rfc3339(item.trashed_at) if item.trashed_at else None,
    }
