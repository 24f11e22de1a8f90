"""Messages and settings as the API writes them; a title only while the person may see the item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.core.people import person_reference
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.versions import written
from cms.editorial.items.models import Item
from cms.notifications.links import link_of
from cms.notifications.models import Notification, NotificationSettings
from cms.notifications.policies import USUAL, may_see, way_of
from cms.notifications.words import sentence_of

FIRST_VERSION = 1


def render_notification(message: Notification, actor: Actor, items: Mapping[str, Item]) -> dict[str, Any]:
    """One message of the list."""
    item = items.get(message.resource_id)
    title = item.title if item is not None and may_see(actor, item) else None
    sentence = sentence_of(message, title, runtime().settings.city_timezone)
    return {
        "id": message.id,
        "kind": message.kind,
        "text_id": sentence.id,
        "text_en": sentence.en,
        "resource": {"type": message.resource_type, "id": message.resource_id, "title": title},
        "agency": message.agency,
        "actor": person_reference(message.actor_id, message.actor_label) if message.actor_label else None,
        "sequence": message.sequence,
        "url": link_of(message),
        "created_at": message.created_at,
        "read_at": message.read_at,
    }


def render_settings(settings: NotificationSettings | None, email: str, unread: int) -> dict[str, Any]:
    """What a person is told, and whether mail goes to the address of the account."""
    choices = settings.choices if settings else {}
    ways = {kind: way_of(kind, choices) for kind in USUAL}
    is_stopped = settings is not None and settings.stopped_at is not None and settings.refused_address == email
    set_up = bool(runtime().settings.mail_url)
    return {
        "unread": unread,
        "kinds": {kind.value: {"here": way.here, "mail": way.mail.value} for kind, way in ways.items()},
        "mail": {
            "address": email,
            "state": "not_set_up" if not set_up else "stopped" if is_stopped else "on",
            "stopped_at": settings.stopped_at if settings and is_stopped else None,
            "stopped_because": settings.stopped_because if settings and is_stopped else None,
            "summary_hour": runtime().settings.mail_summary_hour,
            "timezone": runtime().settings.city_timezone,
        },
        "version": written(settings.version if settings else FIRST_VERSION),
    }
