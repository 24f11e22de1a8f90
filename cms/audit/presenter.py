"""Lines of the log and checkpoints as the API writes them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cms.changes.checkpoints import FORMAT, signed
from cms.changes.models import Change, Checkpoint

FACTS = ("via", "update", "ending", "cause", "digest", "scheduled", "erased")


def render_change(change: Change) -> dict[str, Any]:
    """One line of the log."""
    return {
        "sequence": change.sequence,
        "recorded_at": change.recorded_at,
        "action": change.action,
        "resource": {"type": change.resource_type, "id": change.resource_id},
        "edition": change.edition,
        "agency": change.agency,
        "actor": {"id": change.actor_id, "label": change.actor_label},
        "request_id": change.request_id,
        "fields": change.fields,
        "facts": {name: change.facts.get(name) for name in FACTS},
        "is_public": change.is_public,
        "hash": change.hash,
    }


def render_checkpoint(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint with exactly the text that was signed, so that a saved answer can be verified."""
    return {"format": FORMAT, **asdict(signed(checkpoint))}
