"""What the delivery plane answers, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.core.http.schemas import LinksSchema, PageMetaSchema, StrictSchema
from cms.delivery.types import TYPES
from cms.documents.presented_schemas import DocumentSchema
from cms.posts.presented_schemas import PostSchema

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
    name = fields.String()
    level = fields.String(metadata={"example": "kecamatan"})
    parent_code = fields.String(allow_none=True)
    aliases = fields.List(fields.String())


_AGENCY = fields.Nested(DeliveredAgencySchema, metadata={"description": "The owner: whose information it is."})
_CHANNEL = fields.Raw(metadata={"description": f"Slug of the channel's agency; {EMBEDDED}.", "example": "kota"})
_OF_POSTS: dict[str, fields.Field[Any]] = {
    "agency": _AGENCY,
    "channel": _CHANNEL,
    "category": fields.Raw(
        allow_none=True, metadata={"description": f"Slug of the category; {EMBEDDED}.", "example": "lalu-lintas"}
    ),
    "areas": fields.List(
        fields.Raw(), metadata={"description": f"Kemendagri codes; {EMBEDDED}.", "example": ["64.71.06"]}
    ),
}
_OF_DOCUMENTS: dict[str, fields.Field[Any]] = {
    "agency": _AGENCY,
    "channel": _CHANNEL,
    "information_kind": fields.Raw(
        allow_none=True, metadata={"description": f"Code of the legal list; {EMBEDDED}.", "example": "BK-A"}
    ),
}

# As the content types present them, except for what `include` replaces.
DeliveredPostSchema = PostSchema.from_dict(_OF_POSTS, name="DeliveredPostSchema")
DeliveredDocumentSchema = DocumentSchema.from_dict(_OF_DOCUMENTS, name="DeliveredDocumentSchema")


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
    id = fields.String(metadata={"format": "uuid"})
    to = fields.String(
        allow_none=True,
        metadata={
            "description": "Where it is now when moved: a slug, or an address of the city; another address when gone."
        },
    )
    agency = fields.String(allow_none=True, metadata={"description": "Present owner."})
    slug = fields.String(allow_none=True, metadata={"description": "Present slug."})
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
    """A category of posts."""

    slug = fields.String()
    name = fields.Nested(TermNamesSchema)
    description = fields.String(allow_none=True)
    is_retired = fields.Boolean()


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
    types = fields.Nested(
        StrictSchema.from_dict(
            {name: fields.Nested(TypeCapabilitiesSchema) for name in TYPES}, name="CapabilitiesOfTypesSchema"
        )
    )
    categories = fields.List(fields.Nested(DeliveredCategorySchema))
    information_kinds = fields.List(fields.Nested(DeliveredKindSchema))
    encodings = fields.List(fields.String(metadata={"example": "zstd"}))
    limits = fields.Nested(LimitsSchema)
