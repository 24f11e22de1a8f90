"""Comments on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Text, WholeNumber, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema
from cms.editorial.items.models import LARGEST_EDITION
from cms.editorial.items.schemas import LONGEST_COMMENT

POINTER = r"^/[a-z_]{1,40}(/[A-Za-z0-9_.-]{1,60}){0,3}$"


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
        min=1,
        max=LARGEST_EDITION,
        allow_none=True,
        metadata={"description": "By default the newest one.", "example": 1},
    )


class CommentResolutionSchema(StrictSchema):
    """Who settled a comment, and when."""

    at = fields.String(metadata={"format": "date-time", "example": "2026-11-24T02:00:00Z"})
    by = fields.Nested(PersonSchema)


class CommentSchema(StrictSchema):
    """A comment on an edition."""

    id = fields.String(metadata={"format": "uuid"})
    edition = fields.Integer(metadata={"description": "The edition it is about.", "example": 1})
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
