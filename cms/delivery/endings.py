"""Items that are no longer live: the error that readers get, and where they are redirected."""

from __future__ import annotations

from typing import Any

from cms.core.errors import DomainError, Gone, NotFound
from cms.publishing.models import Standing
from cms.publishing.reading import Address, PublishedState
from cms.serving.sources import Sources

LIVE_UNLESS_ENDED = frozenset({Standing.PLANNED, Standing.LIVE, Standing.WITHDRAWN})


def ended(sources: Sources, state: PublishedState, item_id: str) -> DomainError:
    """The error for a detail that is no longer live (410, with the reason), or not yet (404)."""
    if state.standing in LIVE_UNLESS_ENDED:
        has_ended, explanation = sources.ended_by_time(item_id)
        return _gone("gone", explanation, None) if has_ended else NotFound()
    if state.standing == Standing.VANISHED:
        return NotFound()
    if state.standing == Standing.REDIRECTED:
        address = _address_of(sources, state)
        # The target of its redirect may be gone by now, too, or the key does not show it.
        return _gone("redirected" if address else "gone", state.explanation, address)
    return _gone("gone", state.explanation, state.alternative)


def resolved_ending(sources: Sources, address: Address) -> dict[str, Any]:
    """The resolution of the address of an item that is not live. Raises `NotFound` when readers may not know of it."""
    if address.standing in LIVE_UNLESS_ENDED:
        has_ended, explanation = sources.ended_by_time(address.id)
        if not has_ended:
            raise NotFound
        return _told(address, "gone", None, explanation)
    if address.standing == Standing.REDIRECTED:
        return _redirected(sources, address)
    if address.standing == Standing.VANISHED:
        raise NotFound
    return _told(address, "gone", address.alternative, address.explanation)


def _redirected(sources: Sources, address: Address) -> dict[str, Any]:
    """`moved`: to another address, or to the present slug of the final target. `gone` when readers have no such target."""
    if address.target_id is None:
        return _told(address, "moved", address.alternative, address.explanation)
    target = _shown_target(sources, address.target_id)
    if target is None or target.slug is None:
        alternative = target.alternative if target and target.standing == Standing.REDIRECTED else None
        return _told(address, "moved" if alternative else "gone", alternative, address.explanation)
    shown = {"id": target.id, "agency": target.live_agency, "slug": target.slug}
    return {"status": "moved", **shown, "to": target.slug, "explanation": address.explanation}


def _told(address: Address, status: str, to: str | None, explanation: str | None) -> dict[str, Any]:
    shown = {"id": address.id, "agency": None, "slug": None}
    return {"status": status, **shown, "to": to, "explanation": explanation}


def _address_of(sources: Sources, state: PublishedState) -> str | None:
    """Where readers find it now: the address of the redirect, or the path of its final target."""
    if state.target_id is None:
        return state.alternative
    target = _shown_target(sources, state.target_id)
    if target is None:
        return None
    return target.alternative if target.slug is None else f"/v1/{sources.topics[target.type]}/{target.id}"


def _shown_target(sources: Sources, target_id: str) -> Address | None:
    """The final target of a redirect. None too for a target that the key does not show: its agency and slug are not told."""
    target = sources.target(target_id)
    if target is None or not sources.shown({target.id: target.live_agency or target.agency}):
        return None
    return target


def _gone(code: str, explanation: str | None, alternative: str | None) -> Gone:
    extra = {"explanation": explanation, "alternative": alternative}
    return Gone(code, explanation=explanation or "", to=alternative or "", extra=extra)
