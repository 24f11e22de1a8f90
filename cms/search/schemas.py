"""What a search answers, as the OpenAPI document describes it."""

from __future__ import annotations

from marshmallow import Schema, fields

from cms.core.http.schemas import LinksSchema, StrictSchema
from cms.publishing.delivered import DeliveredTypes
from cms.search.types import SearchedTypes
from cms.serving.schemas import DeliveredPageMetaSchema, any_card_schema

MARKED = "HTML: its words are in `<mark>`, everything else is escaped."


class SearchMatchSchema(StrictSchema):
    """Where a hit answers the question."""

    title = fields.String(
        metadata={"description": f"The title. {MARKED}", "example": "Jadwal <mark>uji</mark> kendaraan"}
    )
    text = fields.String(
        metadata={
            "description": f"The part of its texts that answers most of the question. {MARKED}",
            "example": "\u2026 bawa berkas untuk <mark>uji</mark> KIR \u2026",
        }
    )


class SearchTotalSchema(StrictSchema):
    """How many hits there are."""

    value = fields.Integer(metadata={"description": "At most 10,000.", "example": 128})
    relation = fields.String(metadata={"enum": ["eq", "gte"], "description": "`gte`: there are more."})


class SearchMetaSchema(DeliveredPageMetaSchema):
    """About a page of hits."""

    sequence = fields.Integer(
        metadata={
            "description": "The index has everything up to this line of the log, and nothing that was taken back later is shown.",
            "example": 48213,
        }
    )
    total = fields.Nested(SearchTotalSchema)
    ranked = fields.String(
        allow_none=True,
        metadata={
            "enum": ["all", "partial", None],
            "description": "`all`: every hit was compared. `partial`: there are too many; those with all words in the title come first, "
            "then the newest. Null when the newest come first anyway.",
        },
    )
    understood = fields.List(
        fields.String(), metadata={"description": "The stems that were searched for.", "example": ["uji", "kendara"]}
    )


def search_schema(types: SearchedTypes) -> type[Schema]:
    """A page of hits: cards of any type, each with its match."""
    card = any_card_schema(DeliveredTypes(tuple(types.by_name.values())))
    hit = card.from_dict({"match": fields.Nested(SearchMatchSchema)}, name="SearchHitSchema")
    each = {
        "data": fields.List(fields.Nested(hit), required=True),
        "links": fields.Nested(LinksSchema, required=True),
        "meta": fields.Nested(SearchMetaSchema, required=True),
    }
    return StrictSchema.from_dict(each, name="SearchAnswerSchema")
