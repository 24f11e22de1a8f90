"""Where an image is used, on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.fields import Choice
from cms.core.http.schemas import StrictSchema
from cms.editorial.content_types import type_names


class ImageUseSchema(StrictSchema):
    """An item that shows the image."""

    id = fields.String(metadata={"format": "uuid"})
    type = Choice(type_names)
    title = fields.String(metadata={"example": "Penutupan Jalan MT Haryono"})
    agency = fields.String(metadata={"description": "Slug of the owner.", "example": "dpu"})
    state = fields.String(metadata={"example": "published"})
    published = fields.Boolean(metadata={"description": "True when readers have the item."})


class ImageUsesSchema(StrictSchema):
    """Where an image is used."""

    items = fields.List(
        fields.Nested(ImageUseSchema),
        metadata={"description": "The most recently changed ones that the caller may see, at most 100."},
    )
    total = fields.Integer(metadata={"description": "How many items show it, those of other agencies included."})
