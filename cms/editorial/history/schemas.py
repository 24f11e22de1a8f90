"""Editions and comparisons on the wire."""

from __future__ import annotations

from functools import cache

from marshmallow import Schema, fields

from cms.core.http.fields import WholeNumber
from cms.core.http.schemas import PersonSchema, StrictSchema
from cms.editorial.items.models import LARGEST_EDITION

MOMENT = {"format": "date-time"}


class EditionRowSchema(StrictSchema):
    """An edition in the history of an item."""

    edition = fields.Integer(metadata={"example": 1})
    author = fields.Nested(PersonSchema)
    created_at = fields.String(metadata={**MOMENT, "description": "First save of the edition."})
    saved_at = fields.String(metadata={**MOMENT, "description": "Last save: later only for autosaves of one sitting."})
    is_autosave = fields.Boolean(metadata={"description": "Saved by a program while a person was writing."})
    is_published = fields.Boolean(metadata={"description": "Readers have this one now."})
    was_published = fields.Boolean(metadata={"description": "Readers have it or had it."})
    is_discarded = fields.Boolean(metadata={"description": "Thrown away: kept in the history only."})
    changed_fields = fields.List(
        fields.String(),
        allow_none=True,
        metadata={
            "description": "Names of what this edition changed; null when that was not noted.",
            "example": ["title"],
        },
    )
    restored_from = fields.Integer(
        allow_none=True, metadata={"description": "The edition whose content was brought back; else null."}
    )


@cache
def edition_schema(kind: str, content: type[Schema]) -> type[Schema]:
    """An edition with its content, for a content type."""
    members = {
        "content": fields.Nested(
            content.from_dict({}, name=f"{kind.title()}ContentSchema"), metadata={"description": "What people wrote."}
        ),
        "body_html": fields.String(
            metadata={
                "description": "The body as readers would get it: sanitised HTML.",
                "example": "<p>Jalan MT Haryono ditutup mulai pukul 08.00 Wita.</p>",
            }
        ),
    }
    return type(f"{kind.title()}EditionSchema", (EditionRowSchema,), {"__doc__": "An edition in full.", **members})


class DiffQuerySchema(StrictSchema):
    """Which editions to compare."""

    from_ = WholeNumber(
        from_text=True,
        min=1,
        max=LARGEST_EDITION,
        data_key="from",
        attribute="from",
        metadata={"description": "The older edition; by default the published one, else the one before `to`."},
    )
    to = WholeNumber(
        from_text=True,
        min=1,
        max=LARGEST_EDITION,
        metadata={"description": "The newer edition; by default the newest."},
    )


class TextChangeSchema(StrictSchema):
    """A piece of text; all but the inserted ones make up the older text, all but the deleted ones the newer."""

    op = fields.String(metadata={"enum": ["equal", "insert", "delete"]})
    text = fields.String(metadata={"description": "Plain data, whatever it looks like: escape it before it is shown."})


class FieldChangeSchema(StrictSchema):
    """A field that differs: texts by word in `changes`, all others in `before` and `after`."""

    field = fields.String(metadata={"example": "title"})
    changes = fields.List(fields.Nested(TextChangeSchema), allow_none=True, metadata={"description": "Null: no text."})
    before = fields.Raw(allow_none=True, metadata={"description": "The older value; null for texts.", "example": None})
    after = fields.Raw(allow_none=True, metadata={"description": "The newer value; null for texts.", "example": None})


class DiffSchema(StrictSchema):
    """The differences between two editions."""

    from_ = fields.Integer(data_key="from", attribute="from")
    to = fields.Integer()
    fields_ = fields.List(fields.Nested(FieldChangeSchema), data_key="fields", attribute="fields")
