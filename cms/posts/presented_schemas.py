"""Posts as readers get them. Knows nothing of authoring: delivery documents its answers with these."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.schemas import AgencyReferenceSchema
from cms.core.schemas import StrictSchema

MOMENT = {"format": "date-time"}


class PostCardSchema(StrictSchema):
    """A post in a list."""

    id = fields.String(metadata={"format": "uuid"})
    type = fields.String(metadata={"enum": ["post"]})
    kind = fields.String(metadata={"enum": ["berita", "siaran_pers", "pengumuman", "agenda", "artikel"]})
    title = fields.String()
    slug = fields.String()
    summary = fields.String(allow_none=True)
    agency = fields.Nested(AgencyReferenceSchema, metadata={"description": "The owner: whose information it is."})
    channel = fields.String(
        metadata={"description": "Slug of the agency, or of the city, on whose channel it appears."}
    )
    category = fields.String(allow_none=True, metadata={"description": "Slug of the category."})
    tags = fields.List(fields.String())
    areas = fields.List(fields.String(), metadata={"description": "Kemendagri codes."})
    language = fields.String(metadata={"description": "BCP 47."})
    published_at = fields.String(metadata={**MOMENT, "description": "First publication."})
    updated_at = fields.String(metadata={**MOMENT, "description": "Last major update."})
    edition = fields.Integer()
    cover = fields.String(allow_none=True, metadata={"format": "uuid", "description": "Id of the cover image."})


class PresentedCreditSchema(StrictSchema):
    """Who wrote it."""

    unit = fields.String(allow_none=True)
    initials = fields.List(fields.String(), allow_none=True, metadata={"example": ["cha", "mgm"]})


class PostSchema(PostCardSchema):
    """A post in full."""

    body_html = fields.String(metadata={"description": "Sanitised HTML: safe to insert into a page."})
    body_text = fields.String(metadata={"description": "The same as plain text."})
    dateline = fields.String(allow_none=True)
    event_date = fields.String(allow_none=True, metadata={"format": "date"})
    credit = fields.Nested(PresentedCreditSchema, allow_none=True)
    source_url = fields.String(allow_none=True, metadata={"format": "uri"})
    valid_from = fields.String(allow_none=True, metadata=MOMENT)
    valid_until = fields.String(allow_none=True, metadata=MOMENT)
