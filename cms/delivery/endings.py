"""Items that are no longer live: the error that readers get, and where they are redirected.

Where an answer sends people, it names an address for people (`canonical_url`) beside the id, type and agency for programs.
"""

from __future__ import annotations

from typing import Any

from cms.core.errors import DomainError, Gone, NotFound
from cms.publishing.models import Standing
from cms.publishing.reading import Address, PublishedState
from cms.serving.places import LIVE_UNLESS_ENDED, NOWHERE, redirected_place
from cms.serving.sources import Sources


def ended(sources: Sources, state: PublishedState, item_id: str) -> DomainError:
    """The error for a detail that is no longer live (410, with the reason), or not yet (404)."""
    if state.standing in LIVE_UNLESS_ENDED:
        has_ended, explanation = sources.ended_by_time(item_id)
        return _gone("gone", explanation, None) if has_ended else NotFound()
    if state.standing == Standing.VANISHED:
        return NotFound()
    if state.standing == Standing.REDIRECTED:
        place = redirected_place(sources, state.target_id, state.alternative)
        # The target of its redirect may be gone by now, too, or the key does not show it.
        if place is None:
            return _gone("gone", state.explanation, None)
        return _gone("redirected", state.explanation, place["canonical_url"], place)
    return _gone("gone", state.explanation, state.alternative)


def resolved_ending(sources: Sources, address: Address) -> dict[str, Any]:
    """The resolution of the address of an item that is not live. Raises `NotFound` when readers may not know of it."""
    if address.standing in LIVE_UNLESS_ENDED:
        has_ended, explanation = sources.ended_by_time(address.id)
        if not has_ended:
            raise NotFound
        return _told(address, None, explanation)
    if address.standing == Standing.VANISHED:
        raise NotFound
    if address.standing == Standing.REDIRECTED:
        place = redirected_place(sources, address.target_id, address.alternative)
        if place is not None:
            return {"status": "moved", **place, "to": place["canonical_url"], "explanation": address.explanation}
        return _told(address, None, address.explanation)
    return _told(address, address.alternative, address.explanation)


def _told(address: Address, to: str | None, explanation: str | None) -> dict[str, Any]:
    shown = {**NOWHERE, "id": address.id, "type": address.type}
    return {"status": "gone", **shown, "to": to, "explanation": explanation}


def _gone(code: str, explanation: str | None, alternative: str | None, place: dict[str, Any] | None = None) -> Gone:
    told: dict[str, Any] = {"explanation": explanation, "alternative": alternative}
    if place is not None:
        # An object of its own: `type` of a problem is the kind of problem (RFC 9457).
        told["target"] = {name: place[name] for name in ("canonical_url", "id", "type", "agency")}
    return Gone(code, explanation=explanation or "", to=alternative or "", extra=told)
