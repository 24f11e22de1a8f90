"""Link lists, freezes, breakers and rollbacks as the API writes them."""

from __future__ import annotations

from typing import Any

from cms.core import clock
from cms.core.people import person_reference
from cms.moderation.models import OF_PERSON, WHOLE_CITY, BreakerTrip, LinkDomain, PublishingFreeze, Rollback


def present_link_domain(entry: LinkDomain) -> dict[str, Any]:
    """An entry of the link lists."""
    return {
        "domain": entry.domain,
        "standing": entry.standing,
        "note": entry.note,
        "changed_by": person_reference(entry.changed_by_id, entry.changed_by_label),
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def present_freeze(freeze: PublishingFreeze) -> dict[str, Any]:
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


def present_trip(trip: BreakerTrip) -> dict[str, Any]:
    """A trip of a breaker; `is_open` while it holds somebody up."""
    reset_by = person_reference(trip.reset_by_id, trip.reset_by_label) if trip.reset_at else None
    return {
        "id": trip.id,
        "kind": trip.kind,
        "subject": trip.subject,
        "label": trip.label,
        "published": trip.published,
        "tripped_at": trip.tripped_at,
        "until": trip.until,
        "is_open": trip.reset_at is None and trip.until > clock.now(),
        "reset_at": trip.reset_at,
        "reset_by": reset_by,
        "reset_reason": trip.reset_reason,
    }


def present_rollback(rollback: Rollback) -> dict[str, Any]:
    """A rollback and how far it has come."""
    return {
        "id": rollback.id,
        "actor": rollback.target_id,
        "since": rollback.since,
        "agency": rollback.agency,
        "reason": rollback.reason,
        "started_by": person_reference(rollback.started_by_id, rollback.started_by_label),
        "started_at": rollback.started_at,
        "finished_at": rollback.finished_at,
        "done": {
            name: rollback.done.get(name, 0)
            for name in ("restored", "withdrawn", "republished", "reverted", "trashed", "unchanged")
        },
        "failed": rollback.failed,
        "items": rollback.items,
        "is_waiting": rollback.is_waiting,
        "confirmed_by": _confirmer(rollback),
    }


def _confirmer(rollback: Rollback) -> dict[str, Any] | None:
    if rollback.confirmed_at is None:
        return None
    return person_reference(rollback.confirmed_by_id, rollback.confirmed_by_label)
