"""What the delivery plane answers, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from cms.core.http.schemas import LinksSchema, StrictSchema
from cms.publishing.delivered import DeliveredTypes
from cms.serving.reference_schemas import DeliveredCategorySchema, DeliveredKindSchema
from cms.serving.schemas import DeliveredPageMetaSchema, any_card_schema


class ItemsMetaSchema(DeliveredPageMetaSchema):
    """About several items."""

    missing = fields.List(
        fields.String(metadata={"format": "uuid"}),
        metadata={"description": "Ids that are not live, or not yours to see."},
    )


def items_schema(types: DeliveredTypes) -> type[Schema]:
    """Cards of items of any type, in their envelope; `type` tells posts from documents."""
    each = {
        "data": fields.List(fields.Nested(any_card_schema(types)), required=True),
        "links": fields.Nested(LinksSchema, required=True),
        "meta": fields.Nested(ItemsMetaSchema, required=True),
    }
    return StrictSchema.from_dict(each, name="ItemsAnswerSchema")


class ResolvedSchema(StrictSchema):
    """What an address leads to."""

    status = fields.String(metadata={"enum": ["live", "moved", "gone", "withdrawn"]})
    id = fields.String(
        allow_none=True,
        metadata={"format": "uuid", "description": "The item; null when an address outside took its place."},
    )
    type = fields.String(allow_none=True, metadata={"description": "Content type of the item.", "example": "post"})
    canonical_url = fields.String(
        allow_none=True,
        metadata={
            "format": "uri-reference",
            "description": "The page for visitors; null when it is gone.",
            "example": "https://dpu.balikpapan.example/berita/penutupan-jalan-mt-haryono",
        },
    )
    to = fields.String(
        allow_none=True,
        metadata={
            "format": "uri-reference",
            "description": "Where to send visitors: the canonical page when moved, an alternative when gone, else null.",
        },
    )
    agency = fields.String(allow_none=True, metadata={"description": "Present owner.", "example": "dpu"})
    slug = fields.String(
        allow_none=True, metadata={"description": "Present slug.", "example": "penutupan-jalan-mt-haryono"}
    )
    explanation = fields.String(allow_none=True, metadata={"description": "Why it is gone, moved away or withdrawn."})


class WhoamiSchema(StrictSchema):
    """What a key is and may do."""

    consumer = fields.String(allow_none=True, metadata={"example": "Situs DPU"})
    kind = fields.String(metadata={"enum": ["website", "mobile", "browser", "service", "anonymous"]})
    key_id = fields.String(allow_none=True, metadata={"format": "uuid"})
    scopes = fields.List(fields.String(metadata={"example": "content:read"}))
    agencies = fields.List(fields.String(), allow_none=True, metadata={"description": "Null: all agencies."})
    origins = fields.List(fields.String(), metadata={"description": "Browser origins that may call (CORS)."})
    expires_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    requests_per_minute = fields.Integer(
        allow_none=True,
        metadata={
            "description": "What may be sent in a minute; a 304 counts as a tenth. Null: no limit.",
            "example": 6000,
            "minimum": 1,
        },
    )
    counted_by = fields.String(
        metadata={
            "enum": ["key", "address"],
            "description": "`key`: all requests with the key together. `address`: those of each address by themselves.",
        }
    )


class TypeCapabilitiesSchema(StrictSchema):
    """What can be asked of one content type."""

    path = fields.String(metadata={"example": "/v1/posts"})
    filters = fields.List(fields.String())
    sorts = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    card_fields = fields.List(fields.String())
    includes = fields.List(fields.String())


class CountedCategorySchema(DeliveredCategorySchema):
    """A category, and how much there is in it."""

    count = fields.Integer(
        metadata={"description": "Published items in it, of those that were asked for.", "example": 12}
    )


class CountedTagSchema(StrictSchema):
    """A tag, and how much has it."""

    slug = fields.String(metadata={"example": "penutupan-jalan"})
    count = fields.Integer(
        metadata={"description": "Published items with it, of those that were asked for.", "example": 12}
    )


class CopyLimitsSchema(StrictSchema):
    """Limits of copies, `/v1/sync`."""

    limit = fields.Integer(metadata={"description": "Most lines of a page, here and in `/v1/changes`.", "example": 500})
    max_bytes = fields.Integer(metadata={"description": "Largest `max_bytes`.", "example": 8_000_000})
    page_bytes = fields.Integer(
        metadata={"description": "Where a page ends without `max_bytes`.", "example": 4_000_000}
    )
    position_days = fields.Integer(
        metadata={
            "description": "How long a position is good at least: it ends so long after the server has changed its signing key.",
            "example": 400,
        }
    )


class LimitsSchema(StrictSchema):
    """Limits of the delivery plane."""

    page = fields.Integer(metadata={"description": "Largest `limit`."})
    ids = fields.Integer(metadata={"description": "Most ids of `/v1/items`."})
    count = fields.Integer(metadata={"description": "Where an exact count ends."})
    sync = fields.Nested(CopyLimitsSchema)


WAITS_AT = "https://api.example.go.id/wait"


class WaitingAddressesSchema(StrictSchema):
    """Addresses of the process that keeps requests open until something changes."""

    poll = fields.String(metadata={"description": "`/v1/changes` with `wait`.", "example": f"{WAITS_AT}/v1/changes"})
    stream = fields.String(metadata={"description": "Server-sent events.", "example": f"{WAITS_AT}/v1/changes/stream"})


class CapabilitiesSchema(StrictSchema):
    """What this server can do, for clients that adapt themselves."""

    version = fields.String()
    types = fields.Dict()
    categories = fields.List(fields.Nested(DeliveredCategorySchema))
    information_kinds = fields.List(fields.Nested(DeliveredKindSchema))
    encodings = fields.List(fields.String(metadata={"example": "zstd"}))
    waiting = fields.Nested(
        WaitingAddressesSchema,
        allow_none=True,
        metadata={"description": "Where requests may wait for changes; null: nowhere."},
    )
    limits = fields.Nested(LimitsSchema)


def capabilities_schema(types: DeliveredTypes) -> type[Schema]:
    """The same, with what can be asked of each content type."""
    each: dict[str, fields.Field[Any]] = {
        delivered.name: fields.Nested(TypeCapabilitiesSchema) for delivered in types.types
    }
    of_types = StrictSchema.from_dict(each, name="CapabilitiesOfTypesSchema")
    return CapabilitiesSchema.from_dict({"types": fields.Nested(of_types)}, name="CapabilitiesSchema")
