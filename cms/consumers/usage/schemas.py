"""What consumers ask for, on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.consumers.schemas import PersonInChargeSchema
from cms.core.http.fields import Choice, Moment, WholeNumber
from cms.core.http.schemas import PageQuerySchema, StrictSchema

BY = ["hour", "day"]
LONGEST_SILENCE_HOURS = 24 * 365
_NUMBER = {"example": 14204}


class UsageQuerySchema(StrictSchema):
    """Which figures."""

    from_ = Moment(
        data_key="from",
        attribute="from",
        metadata={
            "description": "From this hour on; a day before `to` when absent, a week by day.",
            "example": "2026-11-23T00:00:00Z",
        },
    )
    to = Moment(
        metadata={
            "description": "Before this moment; the end of this hour when absent.",
            "example": "2026-11-24T00:00:00Z",
        }
    )
    by = Choice(
        BY,
        load_default="day",
        metadata={"description": "For each hour (of 31 days at most), or for each day of the city."},
    )


class UsageFiguresSchema(StrictSchema):
    """Requests, and what became of them."""

    requests = fields.Integer(metadata=_NUMBER)
    not_modified = fields.Integer(metadata={"description": "Answered by 304.", "example": 13102})
    not_modified_share = fields.Float(
        allow_none=True, metadata={"description": "Of all requests, 0 to 1.", "example": 0.9224}
    )
    errors = fields.Integer(metadata={"description": "Answered by 4xx or 5xx.", "example": 3})
    bytes = fields.Integer(metadata={"description": "Of bodies, as they were sent.", "example": 48213004})
    p95_ms = fields.Float(
        allow_none=True,
        metadata={
            "description": "Milliseconds in which 95 % were answered, estimated within steps; 5000: or more.",
            "example": 2.31,
        },
    )


class UsageRowSchema(UsageFiguresSchema):
    """The figures of an hour or a day in which anything was asked."""

    start = Moment(metadata={"description": "When it began.", "example": "2026-11-23T16:00:00Z"})


class BehindSchema(StrictSchema):
    """What a copy has not fetched."""

    lines = fields.Integer(
        metadata={"description": "Lines of the log about its types that came since; 1000 at most.", "example": 0}
    )
    is_more = fields.Boolean(metadata={"description": "True: more than that."})
    since = Moment(
        allow_none=True,
        metadata={"description": "When the first of them came; null: it lacks nothing.", "example": None},
    )
    begins_anew = fields.Boolean(
        metadata={"description": "True: the data was restored since, so its next request begins the copy anew."}
    )


class CopySchema(StrictSchema):
    """A copy that is kept by `/v1/sync`."""

    types = fields.List(fields.String(), metadata={"example": ["post", "document"]})
    filters = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), metadata={"example": {"agency": ["dpu"]}}
    )
    sequence = fields.Integer(
        metadata={"description": "It has been given everything up to this line of the log.", "example": 48213}
    )
    epoch = fields.String(metadata={"example": "k3v9mrta"})
    asked_at = Moment(metadata={"description": "When it last asked; up to a minute late."})
    behind = fields.Nested(BehindSchema)


class UsageSchema(StrictSchema):
    """What a consumer has asked for."""

    by = fields.String(metadata={"enum": BY})
    from_ = Moment(data_key="from", attribute="from")
    to = Moment()
    rows = fields.List(
        fields.Nested(UsageRowSchema), metadata={"description": "In their order; none where nothing was asked."}
    )
    total = fields.Nested(UsageFiguresSchema)
    copies = fields.List(
        fields.Nested(CopySchema), metadata={"description": "How far its copies are, those that asked last first."}
    )


class SilentQuerySchema(PageQuerySchema):
    """For how long."""

    hours = WholeNumber(
        from_text=True,
        min=1,
        max=LONGEST_SILENCE_HOURS,
        load_default=24,
        metadata={
            "description": "Consumers that have not asked for so many hours, or that lack something which was there then."
        },
    )


class SilentConsumerSchema(StrictSchema):
    """A website or app whose readers may see something old, with whom to call."""

    id = fields.String(metadata={"format": "uuid"})
    name = fields.String(metadata={"example": "Situs DPU"})
    kind = fields.String(metadata={"example": "website"})
    agency = fields.String(metadata={"example": "dpu"})
    contact = fields.Nested(PersonInChargeSchema)
    why = fields.String(
        metadata={
            "enum": ["silent", "behind"],
            "description": "It has not asked at all, or asks and does not fetch what it lacks.",
        }
    )
    last_asked_at = Moment(
        allow_none=True, metadata={"description": "When one of its keys was last used, to the minute; null: never."}
    )
    copies = fields.List(fields.Nested(CopySchema))
