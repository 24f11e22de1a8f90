"""The base of all schemas, and the envelopes `{"data": ..., "meta": ...}` around them."""

from __future__ import annotations

import copy
from collections.abc import Collection
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, fields

from cms.core.http.field_rules import rule
from cms.core.http.fields import Text, WholeNumber
from cms.core.http.openapi_answers import SOMETIMES_MARK

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100
LONGEST_CURSOR = 600
SOMETIMES: dict[str, Any] = {SOMETIMES_MARK: True}
"""Metadata of a field that is not in every answer; the OpenAPI document requires all the others."""


class StrictSchema(Schema):
    """A schema that refuses unknown fields on every level."""

    class Meta:
        """Options inherited by all schemas."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012 - marshmallow declares it as an instance variable
        "unknown": "unknown_field",
        "type": rule("wrong_type", expected="an object"),
    }


class PageQuerySchema(StrictSchema):
    """What every list takes."""

    limit = WholeNumber(
        from_text=True,
        min=1,
        max=LARGEST_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "Items per page."},
    )
    cursor = Text(max=LONGEST_CURSOR, metadata={"description": "From `links.next` of the page before."})


class VersionedSchema(StrictSchema):
    """What is changed with `If-Match`."""

    version = fields.String(
        metadata={"description": "Moves with every write; send it in `If-Match` as it is.", "example": "v7"}
    )


class PersonSchema(StrictSchema):
    """A person inside something else, as the log names one."""

    id = fields.String(allow_none=True, metadata={"format": "uuid"})
    name = fields.String(metadata={"example": "Redaksi Kota"})


class RemovedSchema(StrictSchema):
    """Markup of one kind that a body lost when it was sanitised."""

    kind = fields.String(metadata={"example": "image"})
    count = fields.Integer(metadata={"example": 3})


class WarningSchema(StrictSchema):
    """Something worth knowing that did not stop the request."""

    code = fields.String()
    detail = fields.String()
    pointer = fields.String(
        metadata={"description": "RFC 6901 pointer into the content, where it has a place there.", **SOMETIMES}
    )
    finding = fields.Dict(
        metadata={"description": "Only with `personal_data`: the finding, as below `.../personal-data`.", **SOMETIMES}
    )
    removed = fields.List(
        fields.Nested(RemovedSchema),
        metadata={"description": "Only with `removed_markup`: what the body lost.", **SOMETIMES},
    )


MEDIA_BASE = fields.String(
    metadata={
        "format": "uri",
        "description": "Put this before every path of the answer that begins with `/v1/` or `/manage/`: pictures, files, and "
        "those inside `body_html`.",
        "example": "https://simpul.balikpapan.example",
    }
)


class MetaSchema(StrictSchema):
    """About the answer."""

    sequence = fields.Integer(
        metadata={
            "description": "Position of the newest change that the answer can show; also in `Content-Seq`.",
            "example": 48213,
            **SOMETIMES,
        }
    )
    media_base = MEDIA_BASE
    warnings = fields.List(fields.Nested(WarningSchema), metadata=SOMETIMES)
    dry_run = fields.Boolean(
        metadata={"description": "Only in answers to `dry_run=true`, and true: nothing was changed.", **SOMETIMES}
    )


class TotalSchema(StrictSchema):
    """A capped count: `gte` means there are more."""

    value = fields.Integer()
    relation = fields.String(metadata={"enum": ["eq", "gte"]})


class PageMetaSchema(MetaSchema):
    """About a page."""

    limit = fields.Integer(metadata={"example": 20})
    due_since = fields.String(
        metadata={
            "format": "date-time",
            "description": "Only while a scheduled change is late: since when. What it changes is not in the order of `changed_at` yet.",
            **SOMETIMES,
        }
    )
    total = fields.Nested(TotalSchema, metadata={"description": "Only with `count=exact`.", **SOMETIMES})


class LinksSchema(StrictSchema):
    """Where this page is and where it goes on; `next` is null on the last page."""

    self = fields.String(metadata={"example": "https://simpul.balikpapan.example/v1/posts?limit=20"})
    next = fields.String(allow_none=True, metadata={"examples": [None]})


class InputErrorSchema(StrictSchema):
    """One fault of the input."""

    pointer = fields.String(metadata={"description": "RFC 6901 pointer into the body.", **SOMETIMES})
    parameter = fields.String(metadata={"description": "Name of the query parameter.", **SOMETIMES})
    header = fields.String(metadata={"description": "Name of the header.", **SOMETIMES})
    code = fields.String(required=True)
    detail = fields.String(required=True)


class TargetSchema(Schema):
    """Where a redirected item is now. All but the address is null when an address outside this server took its place."""

    canonical_url = fields.String(
        required=True, metadata={"format": "uri-reference", "description": "The page for visitors."}
    )
    id = fields.String(required=True, allow_none=True, metadata={"format": "uuid"})
    type = fields.String(required=True, allow_none=True, metadata={"example": "post"})
    agency = fields.String(
        required=True, allow_none=True, metadata={"description": "Slug of the owner.", "example": "dpu"}
    )


class ProblemSchema(Schema):
    """An error as `application/problem+json` (RFC 9457)."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True, metadata={"example": "Invalid parameter"})
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable; listed at [/docs/errors](/docs/errors)."})
    request_id = fields.String(required=True)
    current_etag = fields.String(
        metadata={"description": "Only with 412: the `ETag` to read and to try again with.", **SOMETIMES}
    )
    explanation = fields.String(
        allow_none=True, metadata={"description": "Only with 410: why it is gone.", **SOMETIMES}
    )
    alternative = fields.String(
        allow_none=True,
        metadata={
            "description": "Only with 410: where to send visitors instead; never an address of this API.",
            **SOMETIMES,
        },
    )
    target = fields.Nested(
        TargetSchema,
        metadata={
            "description": "Only with 410 `redirected`: what took its place, for visitors and for programs.",
            **SOMETIMES,
        },
    )
    snapshot = fields.String(
        metadata={
            "format": "uri-reference",
            "description": "Only with 410 `position_expired`: where the copy begins anew.",
            **SOMETIMES,
        }
    )
    server = fields.String(
        allow_none=True,
        metadata={
            "description": "Only with 421 `misdirected`: the address that answers this; null when none does.",
            "example": "https://api.example.go.id/wait",
            **SOMETIMES,
        },
    )
    lease = fields.Dict(
        metadata={"description": "Only with 409 `lease_held`: `holder`, `since` and `until`.", **SOMETIMES}
    )
    findings = fields.List(
        fields.Dict(),
        metadata={
            "description": "Only with 409 `personal_data` and `findings_changed`: what was found, as below `.../personal-data`.",
            **SOMETIMES,
        },
    )
    errors = fields.List(fields.Nested(InputErrorSchema), metadata=SOMETIMES)
    links = fields.Dict(
        values=fields.String(),
        metadata={"description": "Only with 404 at `/`: where programs find guide, documents and status.", **SOMETIMES},
    )
    results = fields.List(
        fields.Dict(), metadata={"description": "Only with `batch_failed`: what became of each operation.", **SOMETIMES}
    )


@cache
def one(schema: type[Schema], meta: type[Schema] = MetaSchema) -> type[Schema]:
    """The envelope of one resource."""
    name = schema.__name__.removesuffix("Schema")
    return StrictSchema.from_dict(
        {"data": fields.Nested(schema, required=True), "meta": fields.Nested(meta, required=True)},
        name=f"{name}Answer",
    )


@cache
def many(schema: type[Schema], meta: type[Schema] = PageMetaSchema) -> type[Schema]:
    """The envelope of a page of resources."""
    name = schema.__name__.removesuffix("Schema")
    return StrictSchema.from_dict(
        {
            "data": fields.List(fields.Nested(schema), required=True),
            "links": fields.Nested(LinksSchema, required=True),
            "meta": fields.Nested(meta, required=True),
        },
        name=f"{name}Page",
    )


def partly(schema: type[Schema], always: Collection[str], name: str) -> type[Schema]:
    """A schema with the same fields, of which only those that `always` names on the wire are in every answer."""
    found = copy.deepcopy(schema._declared_fields)  # noqa: SLF001 - marshmallow's only list of them
    for attribute, field in found.items():
        if (field.data_key or attribute) not in always:
            field.metadata = {**field.metadata, **SOMETIMES}
    return StrictSchema.from_dict(found, name=name)


class EmptySchema(StrictSchema):
    """Takes no fields; the body may be `{}`."""
