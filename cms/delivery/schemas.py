"""What the delivery plane answers, as the OpenAPI document describes it."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema, fields

from cms.agencies.schemas import AgencyReferenceSchema
from cms.core.http.schemas import LinksSchema, PageMetaSchema, StrictSchema
from cms.delivery.types import DeliveredTypes
from cms.publishing.delivered import DeliveredType

EMBEDDED = "an object instead with `include`"


class DeliveredAgencySchema(StrictSchema):
    """An agency; inside content only the first three fields, unless it is included."""

    slug = fields.String(metadata={"example": "dpu"})
    name = fields.String(metadata={"example": "Dinas Pekerjaan Umum"})
    short_name = fields.String(metadata={"example": "DPU"})
    kind = fields.String(metadata={"example": "dinas"})
    abbreviations = fields.List(fields.String())
    aliases = fields.List(fields.String())
    parent = fields.String(allow_none=True)
    contact = fields.Dict()
    site_url = fields.String(allow_none=True, metadata={"format": "uri"})
    description = fields.String(allow_none=True)
    valid_from = fields.String(allow_none=True, metadata={"format": "date"})
    valid_to = fields.String(allow_none=True, metadata={"format": "date", "description": "Last day of its existence."})
    successor = fields.String(
        allow_none=True,
        metadata={"description": "Agency that it was merged into; null until the day after `valid_to`."},
    )


class DeliveredAreaSchema(StrictSchema):
    """An administrative area."""

    code = fields.String(metadata={"description": "Kemendagri code.", "example": "64.71.06"})
    name = fields.String(metadata={"example": "Balikpapan Kota"})
    level = fields.String(metadata={"example": "kecamatan"})
    parent_code = fields.String(allow_none=True)
    aliases = fields.List(fields.String())


class DeliveredOfficeContactSchema(StrictSchema):
    """How to reach an office."""

    phone = fields.String(allow_none=True, metadata={"example": "+62 542 555 0101"})
    email = fields.String(allow_none=True, metadata={"example": "uptd.kota@balikpapan.example"})


class DeliveredOfficeSchema(StrictSchema):
    """A place where an agency receives people."""

    id = fields.String(metadata={"format": "uuid"})
    agency = fields.Nested(AgencyReferenceSchema)
    name = fields.String(metadata={"example": "Kantor UPTD Balikpapan Kota"})
    address = fields.String(allow_none=True, metadata={"example": "Jalan Contoh 12, Balikpapan"})
    area = fields.String(allow_none=True, metadata={"description": "Kemendagri code.", "example": "64.71.06"})
    hours = fields.String(allow_none=True, metadata={"example": "Senin-Jumat 07.30-16.00 Wita"})
    contact = fields.Nested(DeliveredOfficeContactSchema)
    is_closed = fields.Boolean(
        metadata={
            "description": "True: it receives nobody any more; documents may still belong to it.",
            "example": False,
        }
    )


RELATIONS: dict[str, fields.Field[Any]] = {
    "agency": fields.Nested(DeliveredAgencySchema, metadata={"description": "The owner: whose information it is."}),
    "channel": fields.Raw(metadata={"description": f"Slug of the channel's agency; {EMBEDDED}.", "example": "kota"}),
    "category": fields.Raw(
        allow_none=True, metadata={"description": f"Slug of the category; {EMBEDDED}.", "example": "lalu-lintas"}
    ),
    "areas": fields.List(
        fields.Raw(), metadata={"description": f"Kemendagri codes; {EMBEDDED}.", "example": ["64.71.06"]}
    ),
    "office": fields.Raw(
        allow_none=True, metadata={"description": f"Id of the office that it belongs to; {EMBEDDED}.", "example": None}
    ),
    "information_kinds": fields.List(
        fields.Raw(), metadata={"description": f"Codes of the legal lists; {EMBEDDED}.", "example": ["BK-A"]}
    ),
}
"""What `include` can embed (`cms.serving.projection`)."""


@cache
def delivered_schema(delivered: DeliveredType) -> type[Schema]:
    """A content type as it shows itself, except for what `include` replaces. Raises `KeyError` for an unknown relation."""
    relations = {name: RELATIONS[name] for name in delivered.includes}
    name = "".join(word.capitalize() for word in delivered.name.split("_"))
    return delivered.full.from_dict(relations, name=f"Delivered{name}Schema")


class ItemsMetaSchema(PageMetaSchema):
    """About several items."""

    missing = fields.List(fields.String(), metadata={"description": "Ids that are not live, or not yours to see."})


class ItemsAnswerSchema(StrictSchema):
    """Cards of several items; `type` tells posts from documents."""

    data = fields.List(fields.Dict(), required=True)
    links = fields.Nested(LinksSchema, required=True)
    meta = fields.Nested(ItemsMetaSchema, required=True)


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
    kind = fields.String(metadata={"enum": ["website", "mobile", "service", "anonymous"]})
    key_id = fields.String(allow_none=True, metadata={"format": "uuid"})
    scopes = fields.List(fields.String(metadata={"example": "content:read"}))
    agencies = fields.List(fields.String(), allow_none=True, metadata={"description": "Null: all agencies."})
    origins = fields.List(fields.String(), metadata={"description": "Browser origins that may call (CORS)."})
    expires_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class TypeCapabilitiesSchema(StrictSchema):
    """What can be asked of one content type."""

    path = fields.String(metadata={"example": "/v1/posts"})
    filters = fields.List(fields.String())
    sorts = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    card_fields = fields.List(fields.String())
    includes = fields.List(fields.String())


class TermNamesSchema(StrictSchema):
    """A term with its names."""

    id = fields.String()
    en = fields.String()


class DeliveredCategorySchema(StrictSchema):
    """A category of posts and documents."""

    slug = fields.String(metadata={"example": "infrastruktur"})
    name = fields.Nested(TermNamesSchema)
    description = fields.String(allow_none=True)
    is_retired = fields.Boolean()


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


class DeliveredKindSchema(StrictSchema):
    """A kind of public information that the law names."""

    code = fields.String()
    class_ = fields.String(data_key="class", attribute="class")
    name = fields.Nested(TermNamesSchema)
    parent = fields.String(allow_none=True)
    article = fields.String(allow_none=True)
    certainty = fields.String()


class LimitsSchema(StrictSchema):
    """Limits of the delivery plane."""

    page = fields.Integer(metadata={"description": "Largest `limit`."})
    ids = fields.Integer(metadata={"description": "Most ids of `/v1/items`."})
    count = fields.Integer(metadata={"description": "Where an exact count ends."})


class CapabilitiesSchema(StrictSchema):
    """What this server can do, for clients that adapt themselves."""

    version = fields.String()
    types = fields.Dict()
    categories = fields.List(fields.Nested(DeliveredCategorySchema))
    information_kinds = fields.List(fields.Nested(DeliveredKindSchema))
    encodings = fields.List(fields.String(metadata={"example": "zstd"}))
    limits = fields.Nested(LimitsSchema)


def capabilities_schema(types: DeliveredTypes) -> type[Schema]:
    """The same, with what can be asked of each content type."""
    each: dict[str, fields.Field[Any]] = {
        delivered.name: fields.Nested(TypeCapabilitiesSchema) for delivered in types.types
    }
    of_types = StrictSchema.from_dict(each, name="CapabilitiesOfTypesSchema")
    return CapabilitiesSchema.from_dict({"types": fields.Nested(of_types)}, name="CapabilitiesSchema")
