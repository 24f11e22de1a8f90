"""Findings of personal data on the wire."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Rows, Text
from cms.core.http.schemas import PersonSchema, StrictSchema
from cms.privacy.kinds import DataKind

LONGEST_REASON: Final = 1_000
MOST_FINDINGS: Final = 2_000
"""More than all fields and files of one item can have."""


class ConfirmSchema(StrictSchema):
    """Confirms findings."""

    reason = Text(
        min=10,
        max=LONGEST_REASON,
        lines=True,
        required=True,
        metadata={
            "description": "Why this may be public: the legal basis, or that it is no personal data. Without the data themselves.",
            "example": "Nomor layanan kantor kelurahan, bukan nomor pribadi.",
        },
    )
    findings = Rows(
        Text(max=16, validate=[Pattern("^[0-9a-f]{16}$", "the id of a finding")]),
        min=1,
        max=MOST_FINDINGS,
        required=True,
        metadata={
            "description": "The ids of all open findings, as you have seen them.",
            "example": ["5c0f3a9d1e7b2468"],
        },
    )


class PersonalDataFindingSchema(StrictSchema):
    """Personal data in an edition or in a file that it shows."""

    id = fields.String(
        metadata={
            "description": "The same value in the same field or file has the same id.",
            "example": "5c0f3a9d1e7b2468",
        }
    )
    kind = fields.String(
        metadata={
            "enum": [each.value for each in DataKind],
            "description": "What it is; `more` stands for all findings of a field or file beyond twenty.",
            "example": "nik",
        }
    )
    masked = fields.String(
        metadata={
            "description": "The value without most of it.",
            "example": "6471\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u202203",
        }
    )
    sure = fields.Boolean(
        metadata={
            "description": "False when it may be something else, such as a NPWP of 16 digits, which is the person's NIK."
        }
    )
    count = fields.Integer(metadata={"description": "How many values: 1, or those of `more`.", "example": 1})
    pointer = fields.String(metadata={"description": "The field, or the file.", "example": "/body"})
    file = fields.String(
        allow_none=True, metadata={"format": "uuid", "description": "The id of the file; null in a field."}
    )
    page = fields.Integer(allow_none=True, metadata={"description": "Page, slide or sheet, from 1.", "example": None})
    sheet = fields.String(allow_none=True, metadata={"description": "The name of the sheet.", "example": None})
    line = fields.Integer(
        allow_none=True, metadata={"description": "The line of a table or text without pages, from 1.", "example": None}
    )


class ShownFindingSchema(PersonalDataFindingSchema):
    """The same, with its standing."""

    confirmed = fields.Boolean(metadata={"description": "Whether somebody confirmed that it may be public."})


class ConfirmationSchema(StrictSchema):
    """Who confirmed what, and why."""

    findings = fields.List(
        fields.String(), metadata={"description": "Ids of findings.", "example": ["5c0f3a9d1e7b2468"]}
    )
    edition = fields.Integer(metadata={"description": "The edition in which they were.", "example": 3})
    reason = fields.String(metadata={"example": "Nomor layanan kantor kelurahan, bukan nomor pribadi."})
    at = fields.String(metadata={"format": "date-time", "example": "2026-11-24T02:00:00Z"})
    by = fields.Nested(PersonSchema)


class PersonalDataSchema(StrictSchema):
    """What was found in the newest edition of an item."""

    edition = fields.Integer(metadata={"description": "The edition that was looked through.", "example": 3})
    holds = fields.Boolean(metadata={"description": "True while findings that nobody confirmed hold the publication."})
    findings = fields.List(fields.Nested(ShownFindingSchema), metadata={"description": "Open ones first."})
    confirmations = fields.List(
        fields.Nested(ConfirmationSchema), metadata={"description": "Newest first, at most 50."}
    )
