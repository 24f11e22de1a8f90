"""The pictures of the demonstration city in the library: drawn, and uploaded by an author of their agency when first needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cms.cli.demo_city.people import Cast
from cms.cli.demo_city.pictures import draw_picture
from cms.core.db import rolled_back, session
from cms.media.models import Image
from cms.media.services import add_image
from cms.media.uploads import received_image

Pictures = Mapping[str, Mapping[str, Any]]
"""The entries of pictures.json by their keys."""


def image_id(picture: Mapping[str, Any], cast: Cast) -> str:
    """The id of a picture in the library."""
    with rolled_back():
        kept = select(Image.id).where(Image.agency == picture["agency"], Image.name == picture["name"])
        found = session.scalar(kept.where(Image.deleted_at.is_(None)))
    if found is not None:
        return found
    about = {"agency": picture["agency"], "alt": picture["alt"], "credit": "Simpul"}
    with received_image([draw_picture(picture["hue"], picture["motif"])], picture["name"]) as upload:
        return add_image(cast.author(picture["agency"]), upload, about).image.id


def with_picture(body: str, image: str) -> str:
    """The Markdown body with an image after its first paragraph."""
    opening, _, rest = body.partition("\n\n")
    return f"{opening}\n\n![](/v1/media/{image}/content)\n\n{rest}"
