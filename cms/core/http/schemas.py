"""The base of all schemas, and the envelopes `{"data": ..., "meta": ...}` around them."""

from __future__ import annotations

from functools import cache

from marshmallow import RAISE, Schema, fields

from cms.core.http.field_rules import rule
from cms.core.http.fields import Text, WholeNumber

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100
LONGEST_CURSOR = 600


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
    pointer = fields.String(metadata={"description": "RFC 6901 pointer into the content, where it has a place there."})
    removed = fields.List(
        fields.Nested(RemovedSchema), metadata={"description": "Only with `removed_markup`: what the body lost."}
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
        }
    )
    media_base = MEDIA_BASE
    warnings = fields.List(fields.Nested(WarningSchema))
    dry_run = fields.Boolean(
        metadata={"description": "Only in answers to `dry_run=true`: nothing was changed.", "enum": [True]}
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
            "description": "Only while a planned change is late: since when. What it changes is not in the order of `changed_at` yet.",
        }
    )
    total = fields.Nested(TotalSchema)


class LinksSchema(StrictSchema):
    """Where this page is and where it goes on; `next` is null on the last page."""

    self = fields.String(metadata={"example": "https://simpul.balikpapan.example/v1/posts?limit=20"})
    next = fields.String(allow_none=True, metadata={"examples": [None]})


class InputErrorSchema(StrictSchema):
    """One fault of the input."""

    pointer = fields.String(metadata={"description": "RFC 6901 pointer into the body."})
    parameter = fields.String(metadata={"description": "Name of the query parameter."})
    header = fields.String()
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
    code = fields.String(required=True, metadata={"description": "Stable; listed in docs/errors.md."})
    request_id = fields.String(required=True)
    current_etag = fields.String(metadata={"description": "Only with 412: the `ETag` to read and to try again with."})
    explanation = fields.String(allow_none=True, metadata={"description": "Only with 410: why it is gone."})
    alternative = fields.String(
        allow_none=True,
        metadata={"description": "Only with 410: where to send visitors instead; never an address of this API."},
    )
    target = fields.Nested(
        TargetSchema,
        metadata={"description": "Only with 410 `redirected`: what took its place, for visitors and for programs."},
    )
    lease = fields.Dict(metadata={"description": "Only with 409 `lease_held`: `holder`, `since` and `until`."})
    errors = fields.List(fields.Nested(InputErrorSchema))
    results = fields.List(
        fields.Dict(), metadata={"description": "Only with `batch_failed`: what became of each operation."}
    )


@cache
def one(schema: type[Schema]) -> type[Schema]:
    """The envelope of one resource."""
    name = schema.__name__.removesuffix("Schema")
    return StrictSchema.from_dict(
        {"data": fields.Nested(schema, required=True), "meta": fields.Nested(MetaSchema, required=True)},
        name=f"{name}Answer",
    )


@cache
def many(schema: type[Schema]) -> type[Schema]:
    """The envelope of a page of resources."""
    name = schema.__name__.removesuffix("Schema")
    return StrictSchema.from_dict(
        {
            "data": fields.List(fields.Nested(schema), required=True),
            "links": fields.Nested(LinksSchema, required=True),
            "meta": fields.Nested(PageMetaSchema, required=True),
        },
        name=f"{name}Page",
    )


class EmptySchema(StrictSchema):
    """Takes no fields; the body may be `{}`."""
