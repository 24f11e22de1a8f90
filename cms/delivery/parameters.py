"""Query parameters of the delivery plane. An undeclared parameter is refused, and the error lists the declared ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from cms.agencies.fields import area_codes
from cms.agencies.models import AgencyKind, AreaLevel
from cms.core.errors import BadRequest, InputError
from cms.core.http.fields import Choice, Words
from cms.core.http.schemas import PageQuerySchema, StrictSchema
from cms.core.ids import ID_PATTERN
from cms.delivery.linked_data import JSONLD
from cms.delivery.types import sorts_of
from cms.publishing.delivered import DeliveredType, DeliveredTypes
from cms.serving.content_parameters import MOST_IDS, Anything, ContentFiltersSchema
from cms.serving.parameters import SLUGS, Names, shown_fields

ADDRESS_PARTS = ("type", "agency", "slug")


class Ids(Words):
    """Ids, in the given order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pattern=ID_PATTERN, expected="ids, separated by commas", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        known = super()._deserialize(value, attr, data, **kwargs)
        return tuple(dict.fromkeys(word for word in value.split(",") if word in known))


def _included(*relations: str) -> Names:
    told = "Relations to embed instead of their ids."
    if JSONLD in relations:
        told += f" `{JSONLD}` adds what the item is in the words of schema.org."
    return Names(relations, metadata={"description": told, "example": "agency"})


class ContentPageQuerySchema(ContentFiltersSchema):
    """A list of a content type."""

    count = Choice(
        ["exact"],
        metadata={"description": "`exact` adds `meta.total`, which ends at 10,000 (`relation: gte`)."},
    )


def _sort(sorts: Iterable[str]) -> Choice:
    described = {"description": "Order; a minus means newest first."}
    return Choice(sorts, load_default="-published_at", metadata=described)


@cache
def page_query(delivered: DeliveredType) -> type[Schema]:
    """The parameters of the list of one content type."""
    parameters = {**delivered.filters, **_of_items(delivered, *delivered.includes), "sort": _sort(sorts_of(delivered))}
    return ContentPageQuerySchema.from_dict(parameters, name=f"{delivered.name}_page_query")


@cache
def item_query(delivered: DeliveredType) -> type[Schema]:
    """What a detail of one content type takes."""
    return StrictSchema.from_dict(_of_items(delivered, *delivered.includes, JSONLD), name=f"{delivered.name}_query")


def _of_items(delivered: DeliveredType, *included: str) -> dict[str, fields.Field[Any]]:
    return {"fields_": shown_fields(delivered.full_fields), "include": _included(*included)}


def items_query(types: DeliveredTypes) -> type[Schema]:
    """Several items at once."""
    ids = Ids(
        most=MOST_IDS,
        required=True,
        metadata={
            "description": f"At most {MOST_IDS} ids of {types.words['all']}.",
            "example": "019ac1a0-7c00-7000-8000-000000000002",
        },
    )
    return StrictSchema.from_dict({"ids": ids, "fields_": shown_fields(types.all_fields)}, name="items_query")


def resolve_query(types: DeliveredTypes) -> type[Schema]:
    """An address of an item."""
    names = ", ".join(f"`{each.name}`" for each in types.types)
    kind = Anything(metadata={"description": f"Content type: {names}.", "example": "post"})
    agency = Anything(metadata={"description": "Owner; finds what was merged into it too.", "example": "dpu"})
    slug = Anything(metadata={"example": "penutupan-jalan-mt-haryono"})
    url = Anything(
        metadata={"description": "An old address (`legacy_addresses` of an item), instead of the other three."}
    )
    return StrictSchema.from_dict({"type": kind, "agency": agency, "slug": slug, "url": url}, name="resolve_query")


def check_resolve_query(query: Mapping[str, Any]) -> None:
    """Raise `BadRequest` for half an address, and for two of them."""
    given = [name for name in ADDRESS_PARTS if name in query]
    if "url" in query:
        faults = [InputError("parameter", name, "not_with", {"other": "url"}) for name in given]
    else:
        faults = [InputError("parameter", name, "required") for name in ADDRESS_PARTS if name not in given]
    if faults:
        raise BadRequest("invalid_parameter", errors=faults)


class TermPageQuerySchema(PageQuerySchema):
    """Whose items are counted, as in their lists."""

    agency = Words(**SLUGS, metadata={"description": "Owners; includes agencies that were merged into them."})
    channel = Words(**SLUGS, metadata={"description": "Channels; includes those of merged agencies."})


def categories_query(types: DeliveredTypes) -> type[Schema]:
    """Categories with counts."""
    counted: dict[str, fields.Field[Any]] = {
        "type": Words(choices=types.of_scheme("category"), metadata={"description": "Types that are counted."})
    }
    return TermPageQuerySchema.from_dict(counted, name="categories_query")


def tags_query(types: DeliveredTypes) -> type[Schema]:
    """Tags with counts."""
    order = {"description": "Alphabetical, or the most frequent ones first."}
    more: dict[str, fields.Field[Any]] = {
        "type": Words(choices=types.of_scheme("tag"), metadata={"description": "Types that are counted."}),
        "sort": Choice(("slug", "-count"), load_default="slug", metadata=order),
    }
    return TermPageQuerySchema.from_dict(more, name="tags_query")


class AgencyPageQuerySchema(PageQuerySchema):
    """Filters of the list of agencies."""

    kind = Words(choices=AgencyKind, metadata={"example": "dinas,kecamatan"})
    parent = Words(**SLUGS)
    active = Choice(["true", "false"], metadata={"description": "Whether it exists today."})


class OfficePageQuerySchema(PageQuerySchema):
    """Filters of the list of offices."""

    agency = Words(**SLUGS, metadata={"description": "Includes agencies that were merged into it.", "example": "dpu"})
    area = area_codes(metadata={"description": "Includes what lies below it.", "example": "64.71.06"})
    closed = Choice(["true", "false"], metadata={"description": "Only closed ones, or only those that are not."})


class AreaPageQuerySchema(PageQuerySchema):
    """Filters of the list of areas."""

    level = Words(choices=AreaLevel, metadata={"example": "kecamatan"})
    parent = area_codes(metadata={"example": "64.71.06"})
