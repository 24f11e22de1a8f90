"""Leases on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.fields import YesNo
from cms.core.http.schemas import PersonSchema, StrictSchema

MOMENT = {"format": "date-time"}


class LeaseSchema(StrictSchema):
    """Who is editing, and until when the lease is valid."""

    holder = fields.Nested(PersonSchema, allow_none=True, metadata={"description": "Null when no one is editing."})
    since = fields.String(allow_none=True, metadata=MOMENT)
    until = fields.String(allow_none=True, metadata=MOMENT)


class TakeLeaseSchema(StrictSchema):
    """Takes or renews the lease."""

    take_over = YesNo(load_default=False, metadata={"description": "Take it even from another person."})
