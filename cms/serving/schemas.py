"""The envelopes of what readers get, and the forms of a content type in them, as the OpenAPI document describes them."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from cms.core.http.schemas import SOMETIMES, MetaSchema, PageMetaSchema, StrictSchema, many, one, partly
from cms.publishing.delivered import DeliveredType, DeliveredTypes
from cms.serving.reference_schemas import RELATIONS


class DeliveredMetaSchema(MetaSchema):
    """About an answer."""

    sequence = fields.Integer(
        metadata={
            "description": "Position of the newest change that the answer can show; also in `Content-Seq`.",
            "example": 48213,
        }
    )


class DeliveredPageMetaSchema(PageMetaSchema, DeliveredMetaSchema):
    """About a page."""


def delivered_one(schema: type[Schema]) -> type[Schema]:
    """The envelope of one resource on the delivery plane."""
    return one(schema, DeliveredMetaSchema)


def delivered_many(schema: type[Schema]) -> type[Schema]:
    """The envelope of a page on the delivery plane."""
    return many(schema, DeliveredPageMetaSchema)


LINKED_DATA = fields.String(
    metadata={
        **SOMETIMES,
        "description": "Only in details, with `include=jsonld`: what it is in the words of schema.org, to be put as it is into a "
        "script element of the type `application/ld+json`.",
        "example": '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Penutupan Jalan MT Haryono"}',
    }
)


@cache
def delivered_schema(delivered: DeliveredType) -> type[Schema]:
    """A content type as it shows itself, except for what `include` replaces. Raises `KeyError` for an unknown relation."""
    relations = {name: RELATIONS[name] for name in delivered.includes}
    return delivered.full.from_dict({**relations, "jsonld": LINKED_DATA}, name=f"{_name(delivered)}Schema")


@cache
def delivered_card_schema(delivered: DeliveredType) -> type[Schema]:
    """The same in a list: what only details have is there when `fields` asks for it."""
    return partly(delivered_schema(delivered), delivered.card_fields, f"{_name(delivered)}CardSchema")


def _name(delivered: DeliveredType) -> str:
    return "Delivered" + "".join(word.capitalize() for word in delivered.name.split("_"))


def any_card_schema(types: DeliveredTypes) -> type[Schema]:
    """What the cards of all types have is always there; what one of them alone has, or only details, is not."""
    found: dict[str, fields.Field[Any]] = {}
    for delivered in types.types:
        for attribute, field in delivered.full._declared_fields.items():  # noqa: SLF001 - marshmallow's only list of them
            known = found.setdefault(attribute, copy.deepcopy(field))
            known.allow_none = known.allow_none or field.allow_none
            known.metadata = _told_of_both(known, field)
    always = frozenset.intersection(*(frozenset(delivered.card_fields) for delivered in types.types))
    return partly(StrictSchema.from_dict(found, name="AnyItemSchema"), always, "DeliveredItemSchema")


def _told_of_both(known: fields.Field[Any], field: fields.Field[Any]) -> dict[str, Any]:
    """What is told of a field, with the words of both types; no words where one of them takes any."""
    lists = [each.metadata["enum"] for each in (known, field) if "enum" in each.metadata]
    told = {name: value for name, value in known.metadata.items() if name != "enum"}
    if len(lists) < 2:
        return told
    null = [None] if known.allow_none else []
    return {**told, "enum": list(dict.fromkeys([*(word for each in lists for word in each), *null]))}
