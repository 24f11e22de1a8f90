"""Synonyms on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Choice, Moment, Rows, Text, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema

ORIGINS = ("shipped", "city")
_ORIGIN = "`shipped`: comes with Simpul. `city`: said here; it takes the place of what came with Simpul."
_BOTH_WAYS = "True: whoever asks for one of `means` also finds the term."


class SynonymSchema(StrictSchema):
    """A term of search and what it is called as well."""

    term = fields.String(
        metadata={"description": "Its words in lower case, separated by a space.", "example": "dishub"}
    )
    means = fields.List(
        fields.String(),
        metadata={
            "description": "What is also looked for; an empty list: nothing.",
            "example": ["Dinas Perhubungan"],
        },
    )
    both_ways = fields.Boolean(metadata={"description": _BOTH_WAYS})
    origin = fields.String(metadata={"description": _ORIGIN, "enum": list(ORIGINS)})
    changed_by = fields.Nested(PersonSchema, allow_none=True)
    updated_at = Moment(allow_none=True)


class SynonymSetSchema(StrictSchema):
    """What a term is called as well."""

    means = Rows(
        Text(min=1, max=100, validate=[HasWords()]),
        max=10,
        required=True,
        metadata={
            "description": "Words or phrases that are also looked for; an empty list switches a term off.",
            "example": ["Dinas Perhubungan"],
        },
    )
    both_ways = YesNo(load_default=True, metadata={"description": _BOTH_WAYS})


class SynonymQuerySchema(PageQuerySchema):
    """Filters of the list of synonyms."""

    origin = Choice(ORIGINS, metadata={"description": "Only what the city says, or only what comes with Simpul."})
