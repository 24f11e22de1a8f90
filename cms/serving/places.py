"""Where an item is now, as answers that send readers on tell it: the address for people, and what programs need to read it."""

from __future__ import annotations

from typing import Any, Final

import orjson

from cms.publishing.models import Standing
from cms.publishing.reading import Address
from cms.serving.sources import Sources

LIVE_UNLESS_ENDED: Final = frozenset({Standing.SCHEDULED, Standing.LIVE, Standing.WITHDRAWN})
"""What the row of an item says while readers have it, or will have it; unless a scheduled end has come."""
NOWHERE: Final[dict[str, Any]] = {"id": None, "type": None, "agency": None, "slug": None, "canonical_url": None}


def place_of(address: Address) -> dict[str, Any]:
    """The place of a live item."""
    canonical_url = orjson.loads(address.card_json or "{}").get("canonical_url")
    return {
        "id": address.id,
        "type": address.type,
        "agency": address.live_agency,
        "slug": address.slug,
        "canonical_url": canonical_url,
    }


def place_outside(address: str) -> dict[str, Any]:
    """The place of what is no item of this server: an address, or a path of the reader's site."""
    return {**NOWHERE, "canonical_url": address}


def redirected_place(sources: Sources, target_id: str | None, alternative: str | None) -> dict[str, Any] | None:
    """Where readers find a redirected item now: at an address, or the final target of the redirect. None when readers, or this key,
    have no such target.
    """
    if target_id is None:
        return place_outside(alternative) if alternative else None
    target = sources.target(target_id)
    if target is None or not sources.shown({target.id: target.live_agency or target.agency}):
        return None
    if target.slug is not None:
        return place_of(target)
    is_sent_on = target.standing == Standing.REDIRECTED and target.alternative
    return place_outside(str(target.alternative)) if is_sent_on else None
