"""Where an item is now, as answers that send readers on tell it: the address for people, and what programs need to read it."""

from __future__ import annotations

from typing import Any, Final

import orjson

from cms.publishing.reading import Address

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
