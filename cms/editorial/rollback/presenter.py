"""Rollbacks as the API writes them."""

from __future__ import annotations

from typing import Any

from cms.core.people import person_reference
from cms.editorial.rollback.models import Rollback


def render_rollback(rollback: Rollback) -> dict[str, Any]:
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
