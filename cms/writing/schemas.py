"""What a batch looks like on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.conditional import VERSION
from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Choice, Part, Rows, Text, YesNo
from cms.core.http.schemas import StrictSchema

MOST_OPERATIONS = 100
LONGEST_PATH = 300
METHODS = ("POST", "PUT", "PATCH", "DELETE")
OUTCOMES = ("done", "failed", "rolled_back", "not_run")
# Unreserved characters of RFC 3986, percent-encoding and slashes: no query, no fragment, no other host.
_PATH = Pattern(r"^/manage/v1/[A-Za-z0-9._~%/-]+$", "a path below /manage/v1/ without query parameters")
_IF_MATCH = Pattern(rf"^(\*|{VERSION})$", "an ETag or version such as v3")


class OperationSchema(StrictSchema):
    """One write, as it would be sent alone."""

    method = Choice(METHODS, required=True)
    path = Text(
        min=1,
        max=LONGEST_PATH,
        required=True,
        validate=[_PATH],
        metadata={"example": "/manage/v1/posts/019ac1a0-7c00-7000-8000-000000000002"},
    )
    if_match = Text(
        max=30,
        allow_none=True,
        load_default=None,
        validate=[_IF_MATCH],
        metadata={
            "description": "The `ETag` or `version` that was read, for `If-Match`. A PUT without it creates (`If-None-Match: *`).",
            "example": '"v1"',
        },
    )
    body = fields.Raw(
        allow_none=True,
        load_default=None,
        metadata={
            "description": "The body of the operation.",
            "type": "object",
            "example": {"summary": "Jalan MT Haryono dibuka kembali."},
        },
    )


class BatchSchema(StrictSchema):
    """Several writes."""

    atomic = YesNo(
        load_default=True,
        metadata={
            "description": "True: all are done or none. False: each for itself; the answer tells which were done."
        },
    )
    operations = Rows(Part(OperationSchema), min=1, max=MOST_OPERATIONS, required=True)


class ResultHeadersSchema(StrictSchema):
    """What later requests need of the headers of an answer."""

    etag = fields.String(allow_none=True, metadata={"example": '"v2"'})
    location = fields.String(allow_none=True, metadata={"format": "uri-reference"})


class ResultSchema(StrictSchema):
    """What became of one operation."""

    outcome = fields.String(required=True, metadata={"enum": list(OUTCOMES)})
    status = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "As if sent alone; null when it was not carried out because another one failed.",
            "example": 200,
        },
    )
    headers = fields.Nested(ResultHeadersSchema, required=True)
    body = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "description": "As if sent alone: the answer or the problem.",
            "type": "object",
            "example": {"data": {}, "meta": {}},
        },
    )


class BatchResultSchema(StrictSchema):
    """What became of a batch."""

    atomic = fields.Boolean(required=True)
    failed = fields.Integer(required=True, metadata={"description": "How many operations were refused.", "example": 0})
    results = fields.List(
        fields.Nested(ResultSchema), required=True, metadata={"description": "In the order of the operations."}
    )
