"""Schemas of the service plane."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.schemas import StrictSchema


class LivenessSchema(StrictSchema):
    """This process answers."""

    status = fields.String(required=True, metadata={"enum": ["ok"]})


class CheckSchema(StrictSchema):
    """One part that this server needs."""

    name = fields.String(required=True, metadata={"enum": ["database", "migrations", "storage", "positions"]})
    ok = fields.Boolean(required=True, metadata={"example": True})


class ReadinessSchema(StrictSchema):
    """Whether this server can do its job."""

    status = fields.String(required=True, metadata={"enum": ["ok"]})
    time = fields.String(
        required=True,
        metadata={"format": "date-time", "description": "Clock of this server, so that skew can be seen."},
    )
    virus_scan = fields.String(
        required=True,
        metadata={
            "enum": ["on", "off"],
            "description": "`off`: no scanner is set (CLAMD_URL), so files of documents are published without having been looked at.",
            "example": "on",
        },
    )
    checks = fields.List(fields.Nested(CheckSchema), required=True)
