"""Freezes, and the schedules in their scope, as the API writes them."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.editorial.freezes.queries import ScheduledItem, ScheduledItems
from cms.moderation.models import OF_PERSON, WHOLE_CITY, PublishingFreeze


def render_freeze(freeze: PublishingFreeze) -> dict[str, Any]:
    """A freeze; `agency` and `person` are null when it holds for the whole city."""
    is_person = freeze.scope.startswith(OF_PERSON)
    person = person_reference(freeze.scope.removeprefix(OF_PERSON), freeze.person_label) if is_person else None
    return {
        "scope": freeze.scope,
        "agency": None if is_person or freeze.scope == WHOLE_CITY else freeze.scope,
        "person": person,
        "reason": freeze.reason,
        "frozen_by": person_reference(freeze.frozen_by_id, freeze.frozen_by_label),
        "frozen_at": freeze.frozen_at,
    }


def render_scheduled_items(found: ScheduledItems) -> dict[str, Any]:
    """Schedules in the API's form: whose items and when, but no content, because administrators can freeze too."""
    return {"total": found.total, "items": [_render_scheduled_item(item) for item in found.first]}


def _render_scheduled_item(item: ScheduledItem) -> dict[str, Any]:
    return {
        "type": item.type,
        "id": item.item_id,
        "agency": item.agency,
        "publish_at": rfc3339(item.publish_at) if item.publish_at else None,
        "unpublish_at": rfc3339(item.unpublish_at) if item.unpublish_at else None,
        "by": person_reference(item.by_id, item.by_label),
    }
