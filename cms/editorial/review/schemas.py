"""Approvals, comments, the work list and putting away on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slugs
from cms.core.http.fields import Pattern, Text, WholeNumber, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema
from cms.editorial.items.schemas import LONGEST_COMMENT, RowSchema
from cms.editorial.review.queries import WAITING_STATES, WaitingFor

POINTER = r"^/[a-z_]{1,40}(/[A-Za-z0-9_.-]{1,60}){0,3}$"
# The largest integer that both databases keep in an edition's column.
LARGEST_EDITION = 2**31 - 1
_WAITING = [state.value for state in WAITING_STATES]


class ApproveSchema(StrictSchema):
    """Approves the edition in review."""

    comment = Text(max=LONGEST_COMMENT, lines=True, allow_none=True, metadata={"description": "For the authors."})


class CommentCreateSchema(StrictSchema):
    """A new comment."""

    body = Text(min=1, max=LONGEST_COMMENT, lines=True, required=True, metadata={"example": "Mohon cek tanggalnya."})
    pointer = Text(
        max=200,
        allow_none=True,
        validate=[Pattern(POINTER, "a JSON pointer to a field, such as /title")],
        metadata={"description": "The field it is about; null for the whole.", "example": "/title"},
    )
    edition = WholeNumber(
        min=1, max=LARGEST_EDITION, allow_none=True, metadata={"description": "By default the newest one."}
    )


class CommentResolutionSchema(StrictSchema):
    """Who settled a comment, and when."""

    at = fields.String(metadata={"format": "date-time", "example": "2026-11-24T02:00:00Z"})
    by = fields.Nested(PersonSchema)


class CommentSchema(StrictSchema):
    """What somebody said about an edition."""

    id = fields.String(metadata={"format": "uuid"})
    edition = fields.Integer(metadata={"description": "The edition it is about."})
    pointer = fields.String(allow_none=True, metadata={"description": "The field it is about.", "example": "/title"})
    body = fields.String(metadata={"example": "Mohon cek tanggalnya."})
    author = fields.Nested(PersonSchema)
    created_at = fields.String(metadata={"format": "date-time"})
    resolved = fields.Nested(
        CommentResolutionSchema, allow_none=True, metadata={"description": "Null while it is open."}
    )


class CommentQuerySchema(PageQuerySchema):
    """Filters of the comments of an item."""

    open = YesNo(from_text=True, metadata={"description": "Only open comments, or only resolved ones."})


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
            "description": "What waits for the caller; `false` shows everything that waits and the caller may see."
        },
    )
    agency = agency_slugs(metadata={"description": "Slugs of owner agencies."})
    type = Words(pattern="[a-z_]{1,20}", expected="types such as post", metadata={"description": "Types of content."})
    state = Words(
        pattern="|".join(_WAITING),
        expected=f"any of {', '.join(_WAITING)}",
        metadata={
            "description": f"States; those that wait are {', '.join(_WAITING)}. A draft waits while the guard holds it."
        },
    )
