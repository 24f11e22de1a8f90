"""Bringing back, on the wire."""

from __future__ import annotations

from cms.core.http.fields import WholeNumber
from cms.core.http.schemas import StrictSchema
from cms.editorial.items.models import LARGEST_EDITION


class RestoreSchema(StrictSchema):
    """Restores the item from archive or trash, or with `edition` the content of an old edition."""

    edition = WholeNumber(
        min=1,
        max=LARGEST_EDITION,
        metadata={
            "description": "Makes a new draft with this edition's content. Leave out to restore the item.",
            "example": 1,
        },
    )
