"""Query parameters of a search: words, and every filter of the lists."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from cms.core.http.fields import Choice, Words
from cms.search.types import SearchedTypes
from cms.serving.content_parameters import Anything, ContentFiltersSchema
from cms.serving.parameters import shown_fields

BEST, NEWEST = "relevance", "-published_at"


def search_query(types: SearchedTypes) -> type[Schema]:
    """What a search takes. A filter that a type does not have leaves its items out."""
    parameters: dict[str, fields.Field[Any]] = {
        **types.filters,
        "q": Anything(
            required=True,
            metadata={
                "description": "Words; all of them must be there. Words in quotation marks follow each other; the last word may be the "
                "beginning of one. Nothing in it is syntax. What is beyond 1,000 characters or 32 words is not looked at.",
                "example": "uji kir kendaraan",
            },
        ),
        "type": Words(choices=types.by_name, metadata={"description": "Content types.", "example": "post,document"}),
        "sort": Choice(
            (BEST, NEWEST), load_default=BEST, metadata={"description": "The best hits first, or the newest."}
        ),
        "fields_": shown_fields(types.all_fields),
    }
    return ContentFiltersSchema.from_dict(parameters, name="search_query")
