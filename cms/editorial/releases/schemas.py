"""Releases on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Choice, ItemId, Part, Rows, Text
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema, VersionedSchema
from cms.editorial.content_types import type_names
from cms.editorial.items.models import LONGEST_TITLE
from cms.editorial.items.schemas import PublishSchema

MOST_ITEMS = 200

MOMENT = {"format": "date-time"}


class ReleaseItemSchema(StrictSchema):
    """One item."""

    type = Choice(type_names, required=True)
    id = ItemId(required=True)


class ReleaseUpdateSchema(StrictSchema):
    """Changes of a release; `items` replaces the whole list."""

    title = Text(min=1, max=LONGEST_TITLE, validate=[HasWords()], metadata={"example": "Penutupan Jalan MT Haryono"})
    items = Rows(Part(ReleaseItemSchema), min=1, max=MOST_ITEMS)


class ReleaseCreateSchema(StrictSchema):
    """A new release."""

    title = Text(
        min=1,
        max=LONGEST_TITLE,
        validate=[HasWords()],
        required=True,
        metadata={"example": "Penutupan Jalan MT Haryono"},
    )
    items = Rows(Part(ReleaseItemSchema), min=1, max=MOST_ITEMS, required=True)


class ReleasePublishSchema(PublishSchema):
    """Publishes all items; the note belongs to each of them."""


class ReleaseSchema(VersionedSchema):
    """Items that readers get together."""

    id = fields.String(metadata={"format": "uuid"})
    title = fields.String(metadata={"example": "Penutupan Jalan MT Haryono"})
    state = fields.String(metadata={"enum": ["open", "published"]})
    items = fields.List(fields.Nested(ReleaseItemSchema))
    author = fields.Nested(PersonSchema)
    created_at = fields.String(metadata=MOMENT)
    updated_at = fields.String(metadata=MOMENT)
    published_at = fields.String(allow_none=True, metadata=MOMENT)


class ReleaseQuerySchema(PageQuerySchema):
    """A list of releases."""
