"""Approvals and the work list on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slugs
from cms.core.http.fields import Text, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, StrictSchema
from cms.editorial.items.schemas import LONGEST_COMMENT, RowSchema
from cms.editorial.review.queries import WAITING_STATES, WaitingFor

_WAITING = [state.value for state in WAITING_STATES]


class ApproveSchema(StrictSchema):
    """Approves the edition in review."""

    comment = Text(
        max=LONGEST_COMMENT,
        lines=True,
        allow_none=True,
        metadata={"description": "For the authors.", "example": "Sudah diperiksa."},
    )


class WaitingSchema(RowSchema):
    """An item in the work list."""

    since = fields.String(
        metadata={"format": "date-time", "description": "Since when it waits.", "example": "2026-11-24T01:00:00Z"}
    )
    waiting_for = fields.String(
        metadata={
            "enum": [each.value for each in WaitingFor],
            "description": "`review` by an editor, `publication` of what is approved, `revision` by its author.",
        }
    )


class ReviewQuerySchema(PageQuerySchema):
    """Filters of the work list; a comma means any of."""

    mine = YesNo(
        from_text=True,
        load_default=True,
        metadata={
            "description": "Only items that wait for the caller; `false` shows all waiting items that the caller may see."
        },
    )
    agency = agency_slugs(metadata={"description": "Slugs of owner agencies."})
    type = Words(pattern="[a-z_]{1,20}", expected="types such as post", metadata={"description": "Types of content."})
    state = Words(
        choices=_WAITING,
        metadata={
            "description": f"States; those that wait are {', '.join(_WAITING)}. A draft waits while moderation holds it."
        },
    )
