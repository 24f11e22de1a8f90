"""Link lists and breakers on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.fields import Choice, Moment, Text, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema
from cms.moderation.models import BreakerKind, LinkVerdict

_VERDICTS = [each.value for each in LinkVerdict]
_KINDS = [each.value for each in BreakerKind]
LONGEST_REASON = 500


class LinkDomainSchema(StrictSchema):
    """A domain in the link lists, with everything below it."""

    domain = fields.String(metadata={"example": "bmkg.example"})
    verdict = fields.String(metadata={"enum": _VERDICTS})
    note = fields.String(allow_none=True, metadata={"example": "Peringatan dini cuaca."})
    changed_by = fields.Nested(PersonSchema)
    created_at = Moment()
    updated_at = Moment()


class LinkDomainSetSchema(StrictSchema):
    """A new entry for a domain."""

    verdict = Choice(
        _VERDICTS,
        required=True,
        metadata={"description": "`allowed`: links are fine. `blocked`: content with such a link is refused."},
    )
    note = Text(max=LONGEST_REASON, lines=True, allow_none=True, metadata={"description": "Why.", "example": "BMKG."})


class LinkDomainQuerySchema(PageQuerySchema):
    """Filters of the link lists."""

    verdict = Choice(_VERDICTS, metadata={"description": "Only allowed or only blocked domains."})


class BreakerTripSchema(StrictSchema):
    """A pause because a person or an agency published, or a person took back, unusually much."""

    id = fields.String(metadata={"format": "uuid"})
    kind = fields.String(metadata={"enum": _KINDS})
    subject = fields.String(metadata={"description": "Id of the person or slug of the agency.", "example": "dpu"})
    label = fields.String(metadata={"example": "Dinas Pekerjaan Umum"})
    count = fields.Integer(
        metadata={
            "description": "Publications that led to it; of a person who took back too much, what was taken back.",
            "example": 20,
        }
    )
    tripped_at = Moment()
    until = Moment(metadata={"description": "When the pause ends by itself."})
    is_open = fields.Boolean(metadata={"description": "Whether the pause is in force now."})
    reset_at = Moment(allow_none=True)
    reset_by = fields.Nested(PersonSchema, allow_none=True)
    reset_reason = fields.String(
        allow_none=True, metadata={"description": "The reason given with a reset on the command line."}
    )


class BreakerQuerySchema(PageQuerySchema):
    """Filters of the breakers."""

    is_open = YesNo(data_key="open", from_text=True, metadata={"description": "Only pauses that are in force now."})
