"""Rollbacks on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Moment, Slug, Text
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema
from cms.core.ids import ID_PATTERN
from cms.moderation.schemas import LONGEST_REASON


class RollbackDoneSchema(StrictSchema):
    """The number of items by outcome."""

    restored = fields.Integer(metadata={"description": "Readers have again what they had before."})
    withdrawn = fields.Integer(metadata={"description": "First published by the actor: taken back."})
    republished = fields.Integer(metadata={"description": "Taken back by the actor: live again."})
    reverted = fields.Integer(
        metadata={"description": "Drafts, images and reference data that have their old content again."}
    )
    trashed = fields.Integer(metadata={"description": "Drafts that only the person wrote: moved to the trash."})
    unchanged = fields.Integer(metadata={"description": "Nothing was left to undo."})


class RollbackFailureSchema(StrictSchema):
    """An item that could not be undone."""

    type = fields.String(
        metadata={
            "example": "post",
            "description": "A content type, `media`, `agency`, `category`, `synonym` or `link_domain`.",
        }
    )
    id = fields.String(metadata={"description": "Id, slug or domain."})
    code = fields.String(
        metadata={"description": "Code of the error; listed at [/docs/errors](/docs/errors).", "example": "conflict"}
    )


class RollbackSchema(StrictSchema):
    """A rollback and how far it has come; `finished_at` null: send the same body again to continue."""

    id = fields.String(metadata={"format": "uuid"})
    actor = fields.String(metadata={"format": "uuid", "description": "Whose changes are undone."})
    since = Moment()
    agency = fields.String(allow_none=True, metadata={"description": "Null: in every agency.", "example": "dpu"})
    reason = fields.String(metadata={"example": "Akun editor dibajak."})
    started_by = fields.Nested(PersonSchema)
    started_at = Moment()
    finished_at = Moment(allow_none=True)
    done = fields.Nested(RollbackDoneSchema)
    failed = fields.List(fields.Nested(RollbackFailureSchema))
    items = fields.Integer(
        metadata={"description": "The number of things to undo at the time of the order.", "example": 12}
    )
    is_waiting = fields.Boolean(
        metadata={"description": "A far-reaching order: it does nothing until another person has sent the same order."}
    )
    confirmed_by = fields.Nested(PersonSchema, allow_none=True, metadata={"description": "The second person."})


class RollbackOrderSchema(StrictSchema):
    """The changes to undo."""

    actor = Text(
        max=36,
        required=True,
        validate=[Pattern(ID_PATTERN, "the id of a person")],
        metadata={"format": "uuid", "description": "Id of the person whose changes are undone."},
    )
    since = Moment(
        required=True, metadata={"description": "Changes since this moment.", "example": "2026-11-24T01:00:00Z"}
    )
    agency = Slug(
        max=63,
        allow_none=True,
        load_default=None,
        metadata={"description": "Only there; null: everywhere.", "example": "dpu"},
    )
    reason = Text(
        min=5, max=LONGEST_REASON, required=True, metadata={"description": "Why.", "example": "Akun editor dibajak."}
    )


class RollbackPageQuerySchema(PageQuerySchema):
    """The list of rollbacks takes no filters."""
