"""Query parameters of feeds. They are the filters of the lists, so a feed is the same question in another format."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from cms.core.errors import invalid_parameter
from cms.core.http.fields import Choice, Words
from cms.core.http.schemas import PageQuerySchema, StrictSchema
from cms.core.ids import SLUG_PATTERN
from cms.feeds.types import FILTERS, FeedTypes
from cms.publishing.delivered import DeliveredType

Query = dict[str, Any]
AGENDA = "agenda"
"""The kind of what is published because it takes place."""
_SLUGS: dict[str, Any] = {"pattern": SLUG_PATTERN, "expected": "slugs, separated by commas"}


def _owner() -> Words:
    told = {"description": "Owner; includes agencies that were merged into it.", "example": "dpu"}
    return Words(**_SLUGS, metadata=told)


def _channel() -> Words:
    told = {"description": "Channel of publication, own and carried; includes those of merged agencies."}
    return Words(**_SLUGS, metadata=told)


def _tag() -> Words:
    return Words(**_SLUGS, metadata={"description": "Tags.", "example": "penutupan-jalan"})


class FeedQuerySchema(PageQuerySchema):
    """Filters that all feeds have; a comma means any of, several parameters mean all of."""

    agency = _owner()
    channel = _channel()
    tag = _tag()


class WholeFeedQuerySchema(StrictSchema):
    """The same where there are no pages."""

    agency = _owner()
    channel = _channel()
    tag = _tag()


class SitemapQuerySchema(StrictSchema):
    """Whose sitemaps are listed."""

    agency = Words(**_SLUGS, metadata={"description": "Only those of these agencies.", "example": "dpu"})


def feed_query(types: FeedTypes) -> type[Schema]:
    """What a feed takes."""
    told = {"description": "What it is made of; a filter that the type does not have is 400."}
    parameters = {**types.filters, "type": Choice(types.by_name, load_default=types.first, metadata=told)}
    return FeedQuerySchema.from_dict(parameters, name="feed_query")


def agenda_query(delivered: DeliveredType) -> type[Schema]:
    """What the calendar of a type takes."""
    more: dict[str, fields.Field[Any]] = {
        name: delivered.filters[name] for name in FILTERS if name in delivered.filters
    }
    return WholeFeedQuerySchema.from_dict(more, name="agenda_query")


def of_agenda(delivered: DeliveredType, query: Query) -> Query:
    """The query, for the agenda alone when it names no kinds."""
    kinds = delivered.filters.get("kind")
    return {"kind": (AGENDA,), **query} if isinstance(kinds, Words) and AGENDA in kinds.choices else query


def chosen_type(types: FeedTypes, query: Query) -> DeliveredType:
    """The type that the query asks for. Raises `BadRequest` for a filter that it does not have."""
    found = types.by_name[query["type"]]
    for name in types.filters:
        if name in query and name not in found.schemes:
            raise invalid_parameter(name, "not_with", other=f"type={found.name}")
    return found
