"""Reposts and social texts on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slug
from cms.agencies.schemas import AgencyReferenceSchema
from cms.core.http.fields import Text
from cms.core.http.schemas import PageQuerySchema, StrictSchema

LONGEST_NOTE = 500


class RepostCreateSchema(StrictSchema):
    """Carries an item on the channel of an agency."""

    agency = agency_slug(
        required=True, metadata={"description": "Slug of the agency that carries it.", "example": "dishub"}
    )
    comment = Text(
        min=1,
        max=LONGEST_NOTE,
        lines=True,
        allow_none=True,
        metadata={
            "description": "What the carrying agency says about it; readers see it.",
            "example": "Gunakan Jalan Ahmad Yani selama penutupan.",
        },
    )
    place = Text(
        min=1,
        max=100,
        allow_none=True,
        metadata={"description": "Where the carrying agency is.", "example": "Balikpapan Selatan"},
    )


class RepostSchema(StrictSchema):
    """An agency that carries an item."""

    agency = fields.Nested(AgencyReferenceSchema)
    comment = fields.String(allow_none=True, metadata={"example": "Gunakan Jalan Ahmad Yani selama penutupan."})
    place = fields.String(allow_none=True)
    at = fields.String(metadata={"format": "date-time", "description": "Since when."})


class RepostQuerySchema(PageQuerySchema):
    """A page of the agencies that carry an item."""


class SocialSchema(StrictSchema):
    """A text for social media, ready to be posted."""

    text = fields.String(
        allow_none=True,
        metadata={
            "description": "At most 280 characters, hashtags and link included. Null while the item is withdrawn.",
            "example": "Penutupan Jalan MT Haryono\n#DPU #Jalan\nhttps://dpu.balikpapan.example/penutupan-jalan-mt-haryono",
        },
    )
    length = fields.Integer(metadata={"description": "Characters (code points).", "example": 96})
    link = fields.String(metadata={"format": "uri", "description": "The canonical address."})
    edition = fields.Integer(metadata={"description": "The edition that it was made of.", "example": 1})
