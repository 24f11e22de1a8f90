"""Editions, comparisons, leases and preview links on the wire."""

from __future__ import annotations

import copy
from functools import cache

from marshmallow import Schema, fields

from cms.core.http.fields import WholeNumber, YesNo
from cms.core.http.schemas import PersonSchema, StrictSchema
from cms.editorial.history.queries import LARGEST_EDITION
from cms.editorial.items.models import State
from cms.editorial.items.schemas import StandingSchema
from cms.editorial.previews.models import LONGEST_LIFE

MOMENT = {"format": "date-time"}
SHORTEST_LIFE, USUAL_LIFE = 60, 7 * 86_400
MOST_USES = 10_000


class EditionRowSchema(StrictSchema):
    """An edition in the history of an item."""

    edition = fields.Integer()
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
        "content": fields.Nested(content, metadata={"description": "What people wrote."}),
        "body_html": fields.String(metadata={"description": "The body as readers would get it: sanitised HTML."}),
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
    """A field that differs: texts by word in `changes`, everything else in `before` and `after`."""

    field = fields.String(metadata={"example": "title"})
    changes = fields.List(fields.Nested(TextChangeSchema), allow_none=True, metadata={"description": "Null: no text."})
    before = fields.Raw(allow_none=True, metadata={"description": "The older value; null for texts.", "example": None})
    after = fields.Raw(allow_none=True, metadata={"description": "The newer value; null for texts.", "example": None})


class DiffSchema(StrictSchema):
    """What is different between two editions."""

    from_ = fields.Integer(data_key="from", attribute="from")
    to = fields.Integer()
    fields_ = fields.List(fields.Nested(FieldChangeSchema), data_key="fields", attribute="fields")


class LeaseSchema(StrictSchema):
    """Who is editing, and until when that counts."""

    holder = fields.Nested(PersonSchema, allow_none=True, metadata={"description": "Null when nobody is editing."})
    since = fields.String(allow_none=True, metadata=MOMENT)
    until = fields.String(allow_none=True, metadata=MOMENT)


class EditedSchema(StandingSchema):
    """Where an item stands, and who is editing it: what is shown of a single item."""

    open_comments = fields.Integer(metadata={"description": "How many comments on it are not settled.", "example": 0})

    lease = fields.Nested(
        LeaseSchema, allow_none=True, metadata={"description": "Who is editing it now; null when nobody said so."}
    )


class ChangeQuerySchema(StrictSchema):
    """How a change is saved."""

    autosave = YesNo(
        from_text=True,
        load_default=False,
        metadata={
            "description": "Saved by a program while a person writes: within half an hour such saves stay one edition."
        },
    )


class TakeLeaseSchema(StrictSchema):
    """Takes or renews the lease."""

    take_over = YesNo(load_default=False, metadata={"description": "Take it even from somebody who has it."})


class PreviewCreateSchema(StrictSchema):
    """A new preview link."""

    edition = WholeNumber(
        min=1,
        max=LARGEST_EDITION,
        allow_none=True,
        metadata={"description": "The edition to show for good; null follows the newest one.", "example": None},
    )
    expires_in = WholeNumber(
        min=SHORTEST_LIFE,
        max=int(LONGEST_LIFE.total_seconds()),
        load_default=USUAL_LIFE,
        metadata={"description": "Life of the link in seconds; 7 days by default, 30 at most."},
    )
    uses = WholeNumber(
        min=1,
        max=MOST_USES,
        allow_none=True,
        metadata={"description": "How often it may be opened; null for any number.", "example": 20},
    )


class PreviewSchema(StrictSchema):
    """What is known of a preview link; the link itself is shown only when it is made."""

    id = fields.String(metadata={"format": "uuid"})
    edition = fields.Integer(allow_none=True, metadata={"description": "Null: follows the newest edition."})
    created_by = fields.Nested(PersonSchema)
    created_at = fields.String(metadata=MOMENT)
    expires_at = fields.String(metadata=MOMENT)
    is_active = fields.Boolean(metadata={"description": "False when revoked, expired or used up."})
    uses = fields.Integer(metadata={"description": "How often it was opened."})
    uses_left = fields.Integer(allow_none=True, metadata={"description": "Null: any number."})
    last_used_at = fields.String(allow_none=True, metadata=MOMENT)
    revoked_at = fields.String(allow_none=True, metadata=MOMENT)


class MadePreviewSchema(PreviewSchema):
    """A preview link, this once with its address."""

    url = fields.String(
        metadata={
            "format": "uri",
            "description": "Show it to whoever is to read along; it opens nothing else.",
            "example": "https://simpul.balikpapan.example/preview/posts/019ac1a0-7c00-7000-8000-000000000004.c2lnbmF0dXJl",
        }
    )


class PreviewMetaSchema(StrictSchema):
    """About a preview."""

    edition = fields.Integer(metadata={"description": "The edition that is shown."})
    state = fields.String(metadata={"enum": [state.value for state in State], "description": "State of the item."})
    expires_at = fields.String(metadata=MOMENT)
    uses_left = fields.Integer(allow_none=True, metadata={"description": "Null: any number."})


@cache
def previewed_schema(kind: str, presented: type[Schema]) -> type[Schema]:
    """The delivered form of an item that need not be complete yet, in its envelope."""
    data = StrictSchema.from_dict(
        {name: _may_be_missing(field) for name, field in presented._declared_fields.items()},  # noqa: SLF001
        name=f"{kind.title()}Preview",
    )
    meta = fields.Nested(PreviewMetaSchema, required=True)
    return StrictSchema.from_dict(
        {"data": fields.Nested(data, required=True), "meta": meta}, name=f"{kind.title()}PreviewAnswer"
    )


def _may_be_missing(field: fields.Field) -> fields.Field:  # type: ignore[type-arg]
    """The same field, null where a draft has nothing yet."""
    relaxed = copy.deepcopy(field)
    if "enum" not in relaxed.metadata:
        relaxed.allow_none = True
    return relaxed
