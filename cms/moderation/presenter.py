"""Link lists and breakers as the API writes them."""

from __future__ import annotations

from typing import Any

from cms.core import clock
from cms.core.people import person_reference
from cms.moderation.models import BreakerTrip, LinkDomain


def render_link_domain(entry: LinkDomain) -> dict[str, Any]:
    """An entry of the link lists."""
    return {
        "domain": entry.domain,
        "verdict": entry.verdict,
        "note": entry.note,
        "changed_by": person_reference(entry.changed_by_id, entry.changed_by_label),
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def render_trip(trip: BreakerTrip) -> dict[str, Any]:
    """A trip of a breaker; `is_open` while it is in force."""
    reset_by = person_reference(trip.reset_by_id, trip.reset_by_label) if trip.reset_at else None
    return {
        "id": trip.id,
        "kind": trip.kind,
        "subject": trip.subject,
        "label": trip.label,
        "count": trip.published,
        "tripped_at": trip.tripped_at,
        "until": trip.until,
        "is_open": trip.reset_at is None and trip.until > clock.now(),
        "reset_at": trip.reset_at,
        "reset_by": reset_by,
        "reset_reason": trip.reset_reason,
    }
