"""Orders to erase as the API writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cms.core.people import person_reference
from cms.erasures.extent import Bytes, Extent
from cms.erasures.models import Erasure

PARTS = ("editions", "files")


def render_erasure(erasure: Erasure, extent: Extent | None = None) -> dict[str, Any]:
    """An order with what goes: by `extent` while it waits, afterwards by what was kept of it."""
    return {
        "id": erasure.id,
        "type": erasure.type,
        "item": erasure.item_id,
        "agency": erasure.agency,
        "parts": None if erasure.parts is None else {name: erasure.parts.get(name, []) for name in PARTS},
        "reason": erasure.reason,
        "legal_basis": erasure.legal_basis,
        "state": erasure.standing.value,
        "requested_by": person_reference(erasure.requested_by_id, erasure.requested_by_label),
        "requested_at": erasure.requested_at,
        "expires_at": erasure.expires_at,
        "decided_by": _decider(erasure),
        "decided_at": erasure.decided_at,
        "finished_at": erasure.finished_at,
        "goes": _extent(extent) if extent is not None else _kept(erasure),
        "backups": _backups(erasure, extent),
    }


def _backups(erasure: Erasure, extent: Extent | None) -> dict[str, Any] | None:
    """The period of the backups that hold it: from when the first of it came here until it was erased."""
    if erasure.erased is None:
        return None if extent is None else {"from": extent.since, "until": None}
    since = erasure.erased.get("since")
    # Orders that were carried out before this was kept do not say it.
    return {"from": None if since is None else datetime.fromisoformat(since), "until": erasure.decided_at}


def _decider(erasure: Erasure) -> dict[str, Any] | None:
    return None if erasure.decided_at is None else person_reference(erasure.decided_by_id, erasure.decided_by_label)


def _extent(extent: Extent) -> dict[str, Any]:
    return {
        "is_whole": extent.is_whole,
        "editions": list(extent.editions),
        "publications": list(extent.publications),
        "files": _bytes(extent.files),
        "images": _bytes(extent.images),
        "kept_images": list(extent.kept_images),
    }


def _bytes(found: Sequence[Bytes]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "sha256": each.sha256,
            "also_in": [{"type": kind, "id": other} for kind, other in each.also_in],
        }
        for each in found
    ]


def _kept(erasure: Erasure) -> dict[str, Any] | None:
    if erasure.erased is None:
        return None
    kept = {name: [{**each, "also_in": []} for each in erasure.erased[name]] for name in ("files", "images")}
    listed = {name: erasure.erased[name] for name in ("editions", "publications")}
    return {"is_whole": erasure.parts is None, **listed, **kept, "kept_images": []}
