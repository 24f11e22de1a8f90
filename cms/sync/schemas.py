"""What copies take and get, as the OpenAPI document describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from cms.core.errors import BadRequest, InputError
from cms.core.http.fields import AnyOf, Text, WholeNumber, Words
from cms.core.http.schemas import MEDIA_BASE, SOMETIMES, StrictSchema
from cms.publishing.delivered import DeliveredTypes
from cms.serving.copy_limits import DEFAULT_LINES, FEWEST_BYTES, MOST_BYTES, MOST_LINES
from cms.serving.parameters import SLUGS, shown_fields
from cms.serving.reference_schemas import (
    DeliveredAgencySchema,
    DeliveredAreaSchema,
    DeliveredCategorySchema,
    DeliveredKindSchema,
    DeliveredOfficeSchema,
)
from cms.serving.schemas import delivered_schema
from cms.sync.positions import LONGEST_POSITION
from cms.sync.references import REFERENCE_TYPES
from cms.taxonomy.languages import LANGUAGES

MOMENT = {"format": "date-time"}
REFERENCE_SCHEMAS: Mapping[str, type[Schema]] = {
    "agency": DeliveredAgencySchema,
    "area": DeliveredAreaSchema,
    "category": DeliveredCategorySchema,
    "information_kind": DeliveredKindSchema,
    "office": DeliveredOfficeSchema,
}


def _position(**kwargs: Any) -> Text:
    return Text(
        min=1,
        max=LONGEST_POSITION,
        metadata={"description": "From `links.next` of the page before; its filters are in it."},
        **kwargs,
    )


class SyncQuerySchema(StrictSchema):
    """How a page looks, and the filters that all content types have."""

    position = _position()
    agency = Words(
        **SLUGS, metadata={"description": "Owner; includes agencies that were merged into it.", "example": "dpu"}
    )
    channel = Words(
        **SLUGS,
        metadata={"description": "Channel of publication, own and reposted; includes those of merged agencies."},
    )
    tag = Words(**SLUGS)
    language = Words(choices=LANGUAGES, metadata={"description": "BCP 47."})
    limit = WholeNumber(
        from_text=True, min=1, max=MOST_LINES, load_default=DEFAULT_LINES, metadata={"description": "Lines per page."}
    )
    max_bytes = WholeNumber(
        from_text=True,
        min=FEWEST_BYTES,
        max=MOST_BYTES,
        metadata={"description": "A page ends before it is larger than this; it has at least one line."},
    )


def sync_query(types: DeliveredTypes) -> type[Schema]:
    """The parameters of a copy; a filter narrows those types that have it."""
    names = [*(each.name for each in types.types), *REFERENCE_TYPES]
    wanted = Words(
        choices=names,
        metadata={
            "description": "What the copy has; without it all content, and no reference data.",
            "example": "post,document",
        },
    )
    filters = {
        name: field
        for each in types.types
        for name, field in each.filters.items()
        if (field.attribute or name) in types.filter_names
    }
    return SyncQuerySchema.from_dict(
        {**filters, "type": wanted, "fields_": shown_fields(types.all_fields)}, name="sync_query"
    )


def check_sync_query(types: DeliveredTypes, query: Mapping[str, Any]) -> None:
    """Raise `BadRequest` for filters beside a position, which has its own, and for a relation to no channel."""
    if "position" in query:
        faults = [
            InputError("parameter", name, "not_with", {"other": "position"})
            for name in sorted(types.filter_names | {"type"})
            if name in query
        ]
    else:
        is_lonely = "relation" in query and "channel" not in query
        faults = [InputError("parameter", "relation", "needed_with", {"other": "channel"})] if is_lonely else []
    if faults:
        raise BadRequest("invalid_parameter", errors=faults)


class SyncLinksSchema(StrictSchema):
    """Where the copy goes on."""

    next = fields.String(
        metadata={
            "description": "Keep it: the next page, now when `complete` is false, else whenever you look for news. Never null.",
            "example": "https://simpul.balikpapan.example/v1/sync?position=abc",
        }
    )


class SyncMetaSchema(StrictSchema):
    """About a page of a copy."""

    sequence = fields.Integer(
        metadata={"description": "The line of the log that the copy has reached.", "example": 816}
    )
    epoch = fields.String(metadata={"description": "In which `sequence` means something.", "example": "k3v9mrta"})
    complete = fields.Boolean(metadata={"description": "False: another page is there now.", "example": True})
    media_base = MEDIA_BASE
    due_since = fields.String(
        metadata={
            **MOMENT,
            "description": "Only while a scheduled change is late: since when. The page tells what it changes; it is told again with its line.",
            **SOMETIMES,
        }
    )


class SyncLineSchema(StrictSchema):
    """One item: how to keep it, or that it goes."""

    op = fields.String(
        metadata={
            "enum": ["upsert", "delete", "leave"],
            "description": "Keep it as it is here; it was taken back; it is still published, but your filters or your key do not "
            "show it any more.",
        }
    )
    sequence = fields.Integer(metadata={"description": "Its newest line of the log.", "example": 811})
    id = fields.String(
        metadata={
            "description": "Of content and offices a UUID, of agencies and categories the slug, of areas and kinds the code.",
            "example": "019ac1a0-7c00-7000-8000-000000000002",
        }
    )
    digest = fields.String(
        metadata={
            "description": "Only with `upsert`: moves with everything that this copy gets of it, whatever `fields` picks. Compare it, "
            "do not compute it.",
            "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            **SOMETIMES,
        }
    )
    agency = fields.String(metadata={"description": "Only with `delete`: the owner.", "example": "dpu", **SOMETIMES})
    slugs = fields.List(
        fields.String(),
        metadata={
            "description": "Only with `delete`: every slug that it ever had; none where `reason` is null.",
            **SOMETIMES,
        },
    )
    reason = fields.String(
        allow_none=True,
        metadata={
            "enum": ["gone", "redirected", None],
            "description": "Only with `delete`. Null: leave no trace of it.",
            **SOMETIMES,
        },
    )
    explanation = fields.String(
        allow_none=True, metadata={"description": "Only with `delete`: why, for visitors.", **SOMETIMES}
    )
    to = fields.String(
        allow_none=True,
        metadata={
            "format": "uri-reference",
            "description": "Only with `delete`: where visitors find what took its place, or an alternative.",
            **SOMETIMES,
        },
    )


def sync_schema(types: DeliveredTypes) -> type[Schema]:
    """A page of a copy."""
    names = [*(each.name for each in types.types), *REFERENCE_TYPES]
    forms = [*(delivered_schema(each) for each in types.types), *REFERENCE_SCHEMAS.values()]
    told = {"description": "Only with `upsert`: the full form of its `type`.", **SOMETIMES}
    of_types: dict[str, fields.Field[Any]] = {
        "type": fields.String(metadata={"enum": names, "example": "post"}),
        "item": AnyOf(forms, metadata=told),
    }
    line = SyncLineSchema.from_dict(of_types, name="SyncedLineSchema")
    page = {
        "data": fields.List(fields.Nested(line), required=True),
        "links": fields.Nested(SyncLinksSchema, required=True),
        "meta": fields.Nested(SyncMetaSchema, required=True),
    }
    return StrictSchema.from_dict(page, name="SyncPageSchema")


class ChecksumQuerySchema(StrictSchema):
    """Whose checksum."""

    position = _position(required=True)


class ChecksumSchema(StrictSchema):
    """What a copy should have of one type."""

    type = fields.String(metadata={"example": "post"})
    count = fields.Integer(metadata={"description": "How many items.", "example": 128})
    hash = fields.String(
        metadata={
            "description": "XOR of the SHA-256 of `id:digest` of every item, as 64 hexadecimal digits.",
            "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    )


class ChecksumMetaSchema(StrictSchema):
    """About checksums."""

    sequence = fields.Integer(metadata={"description": "The line of the log up to which they count.", "example": 816})
    epoch = fields.String(metadata={"description": "In which `sequence` means something.", "example": "k3v9mrta"})
    complete = fields.Boolean(
        metadata={
            "description": "False: there is news after the position. Take it first, then compare.",
            "example": True,
        }
    )
    media_base = MEDIA_BASE


class ChecksumsSchema(StrictSchema):
    """One checksum for each type of the position."""

    data = fields.List(fields.Nested(ChecksumSchema), required=True)
    meta = fields.Nested(ChecksumMetaSchema, required=True)
