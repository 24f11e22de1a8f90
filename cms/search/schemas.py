"""What a search answers, as the OpenAPI document describes it."""

from __future__ import annotations

from marshmallow import Schema, fields

from cms.core.http.schemas import SOMETIMES, LinksSchema, StrictSchema
from cms.publishing.delivered import DeliveredTypes
from cms.search.facets import FACETS
from cms.search.types import SearchedTypes
from cms.serving.schemas import DeliveredMetaSchema, DeliveredPageMetaSchema, any_card_schema

MARKED = "HTML: its words are in `<mark>`, everything else is escaped."


class SearchFileSchema(StrictSchema):
    """The page of a file that answers most of the question."""

    id = fields.String(metadata={"format": "uuid"})
    label = fields.String(metadata={"example": "Lampiran"})
    page = fields.Integer(metadata={"description": "Page, slide or sheet, from 1.", "example": 3})


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
    file = fields.Nested(
        SearchFileSchema,
        allow_none=True,
        metadata={
            "description": "Where `text` is from, when a file says what the item does not say itself; else null."
        },
    )


class SearchTotalSchema(StrictSchema):
    """How many hits there are."""

    value = fields.Integer(metadata={"description": "At most 10,000.", "example": 128})
    relation = fields.String(metadata={"enum": ["eq", "gte"], "description": "`gte`: there are more."})


class SearchFacetSchema(StrictSchema):
    """A value of a filter, and how many hits have it."""

    value = fields.String(metadata={"example": "dishub"})
    label = fields.String(metadata={"description": "Its name, for people.", "example": "Dinas Perhubungan"})
    count = fields.Integer(metadata={"example": 12})


SearchFacetsSchema = StrictSchema.from_dict(
    {
        name: fields.List(
            fields.Nested(SearchFacetSchema), metadata={**SOMETIMES, "description": "The most frequent first."}
        )
        for name in FACETS
    },
    name="SearchFacetsSchema",
)


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
    did_you_mean = fields.String(
        allow_none=True,
        metadata={
            "description": "The question without its slips, when there are no hits and it has some; else null.",
            "example": "uji kendaraan",
        },
    )
    facets = fields.Nested(SearchFacetsSchema, metadata={**SOMETIMES, "description": "Those that were asked for."})
    matched = fields.String(
        metadata={
            "enum": ["all", "most"],
            "description": "`most`: no item has all the words that were asked for, and the hits lack one of them.",
        }
    )
    understood = fields.List(
        fields.String(), metadata={"description": "The stems that were searched for.", "example": ["uji", "kendara"]}
    )


class SuggestionSchema(StrictSchema):
    """Something that begins with the letters."""

    type = fields.String(metadata={"description": "A content type, or `agency`.", "example": "post"})
    id = fields.String(metadata={"description": "Id of the item, slug of the agency.", "example": "dishub"})
    title = fields.String(metadata={"description": "Plain text.", "example": "Dinas Perhubungan"})


class SuggestionsSchema(StrictSchema):
    """Agencies first, then the newest titles."""

    data = fields.List(fields.Nested(SuggestionSchema), required=True)
    meta = fields.Nested(DeliveredMetaSchema, required=True)


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
