"""Pictures of a draft for those who look at it through a preview link: signed addresses that an `<img>` can load, for an hour at most.

Readers' addresses open only what is published. These are on the service plane, so no cache of readers ever has such a picture, and they end
with their link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from cms.core import clock
from cms.editorial.previews.links import sealed, unsealed
from cms.editorial.previews.models import Preview

LIFE: Final = timedelta(hours=1)
FOLDER: Final = "/preview/media"
_PURPOSE: Final = "picture"
_ID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# As readers get it: the address of the bytes.
_ADDRESS: Final = re.compile(rf"/v1/media/(?P<id>{_ID})/[0-9a-f]{{16}}(?=/[a-z]+(?:\.[a-z]+)?\b)")


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """What a signed address names: the preview that it belongs to, the image, and until when it opens."""

    preview_id: str
    image_id: str
    until: datetime


def with_open_pictures(full: Mapping[str, Any], preview: Preview) -> dict[str, Any]:
    """The delivered form of a draft, with addresses of pictures that open while this link is in force."""
    until = int(min(clock.now() + LIFE, preview.expires_at).timestamp())

    def opened(found: re.Match[str]) -> str:
        named = ".".join((preview.id, found["id"], str(until)))
        return f"{FOLDER}/{sealed(named, _PURPOSE)}"

    cover = orjson.loads(_ADDRESS.sub(opened, orjson.dumps(full["cover"]).decode()))
    return {**full, "cover": cover, "body_html": _ADDRESS.sub(opened, full["body_html"])}


def picture_of(token: str) -> OpenedPicture:
    """What this part of an address names. Raises `NotFound` when no key of this server has signed it."""
    preview_id, image_id, until = unsealed(token, _PURPOSE, LIFE).split(".")
    return OpenedPicture(preview_id, image_id, clock.from_micros(int(until) * 1_000_000))
