"""Query parameters of a search: words, and every filter of the lists."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from cms.core.http.fields import Choice, Words
from cms.core.http.schemas import StrictSchema
from cms.search.facets import FACETS
from cms.search.types import SearchedTypes
from cms.serving.content_parameters import Anything, ContentFiltersSchema
from cms.serving.parameters import Names, shown_fields

BEST, NEWEST = "relevance", "-published_at"


def search_query(types: SearchedTypes) -> type[Schema]:
    """What a search takes. A filter that a type does not have leaves its items out."""
    parameters: dict[str, fields.Field[Any]] = {
        **types.filters,
        "q": Anything(
            required=True,
            metadata={
                "description": "Words; all of them must be there, or all but one where no item has all of two to six. Words in "
                "quotation marks follow each other; the last word may be the beginning of one. Nothing in it is syntax. What is beyond 1,000 characters or 32 words is not looked at.",
                "example": "uji kir kendaraan",
            },
        ),
        "type": Words(choices=types.by_name, metadata={"description": "Content types.", "example": "post,document"}),
        "sort": Choice(
            (BEST, NEWEST), load_default=BEST, metadata={"description": "The best hits first, or the newest."}
        ),
        "facets": Names(
            FACETS,
            metadata={
                "description": "Filters for each value of which the hits are counted, each without its own filter; at most 10,000 hits.",
                "example": "type,agency,year",
            },
        ),
        "fields_": shown_fields(types.all_fields),
    }
    return ContentFiltersSchema.from_dict(parameters, name="search_query")


class SuggestQuerySchema(StrictSchema):
    """What suggestions take."""

    q = Anything(required=True, metadata={"description": "The first letters, at least two.", "example": "dinas per"})
