"""Images as readers get them inside content. Knows nothing of authoring: delivery documents its answers with these."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.schemas import StrictSchema


class FocalPointSchema(StrictSchema):
    """What must stay visible: percent from the left and the top, as CSS `object-position` takes them."""

    x = fields.Integer(metadata={"minimum": 0, "maximum": 100, "example": 50})
    y = fields.Integer(metadata={"minimum": 0, "maximum": 100, "example": 40})


class RenditionSchema(StrictSchema):
    """One size in two formats."""

    width = fields.Integer(metadata={"description": "Pixels; an image is never enlarged.", "example": 400})
    height = fields.Integer(metadata={"example": 300})
    webp = fields.String(metadata={"format": "uri-reference"})
    jpeg = fields.String(metadata={"format": "uri-reference"})


class RenditionsSchema(StrictSchema):
    """The named sizes."""

    card = fields.Nested(RenditionSchema, metadata={"description": "400 wide, for lists."})
    content = fields.Nested(RenditionSchema, metadata={"description": "1200 wide, for the page itself."})
    social = fields.Nested(RenditionSchema, metadata={"description": "1200 x 630, for link previews; cut."})
    square = fields.Nested(RenditionSchema, metadata={"description": "1080 x 1080, for social media; cut."})


class ShownImageSchema(StrictSchema):
    """An image that content shows. The bytes at its addresses never change, and need no key."""

    id = fields.String(metadata={"format": "uuid"})
    alt = fields.String(metadata={"description": "For people who cannot see it; empty when it is decorative."})
    caption = fields.String(allow_none=True)
    credit = fields.String(allow_none=True, metadata={"description": "Who made it.", "example": "Humas DPU"})
    focal_point = fields.Nested(FocalPointSchema)
    width = fields.Integer(metadata={"example": 4000})
    height = fields.Integer(metadata={"example": 3000})
    media_type = fields.String(metadata={"description": "Of the whole image.", "example": "image/jpeg"})
    bytes = fields.Integer(metadata={"description": "Of the whole image.", "example": 1204811})
    url = fields.String(metadata={"format": "uri-reference", "description": "The whole image."})
    renditions = fields.Nested(RenditionsSchema)
