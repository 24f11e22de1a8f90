"""The envelopes of what readers get, and the forms of a content type in them, as the OpenAPI document describes them."""

from __future__ import annotations

from functools import cache

from marshmallow import Schema, fields

from cms.core.http.schemas import SOMETIMES, MetaSchema, PageMetaSchema, many, one, partly
from cms.publishing.delivered import DeliveredType
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
