"""Freezes, and the schedules in their scope, in the API's form."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Choice, Moment, Slug, Text
from cms.core.http.schemas import PersonSchema, StrictSchema
from cms.core.ids import ID_PATTERN
from cms.editorial.content_types import type_names
from cms.moderation.schemas import LONGEST_REASON

FREEZE_SCOPE = [
    {"name": "scope", "in": "path", "description": "Slug of the agency, `city`, or `person:` and the id of a person."}
]

MOMENT: dict[str, Any] = {"format": "date-time"}


class FreezeSchema(StrictSchema):
    """A freeze: no publishing in an agency or in the whole city, or no changes by a person."""

    scope = fields.String(
        metadata={"description": "Slug of the agency, `city`, or `person:` and an id.", "example": "dpu"}
    )
    agency = fields.String(allow_none=True, metadata={"description": "Only this agency.", "example": "dpu"})
    person = fields.Nested(
        PersonSchema, allow_none=True, metadata={"description": "Only this person, who changes nothing."}
    )
    reason = fields.String(metadata={"example": "Akun editor diduga dibajak."})
    frozen_by = fields.Nested(PersonSchema)
    frozen_at = Moment()


class FreezesSchema(StrictSchema):
    """All freezes."""

    freezes = fields.List(fields.Nested(FreezeSchema))


class FreezeSetSchema(StrictSchema):
    """A freeze."""

    agency = Slug(
        max=63,
        allow_none=True,
        load_default=None,
        metadata={"description": "Null, and no `person`: the whole city.", "example": "dpu"},
    )
    person = Text(
        max=36,
        allow_none=True,
        load_default=None,
        validate=[Pattern(ID_PATTERN, "the id of a person")],
        metadata={"format": "uuid", "description": "Id of the person who is to change nothing; without `agency`."},
    )
    reason = Text(
        min=5,
        max=LONGEST_REASON,
        required=True,
        metadata={"description": "Shown to all users whom it stops.", "example": "Akun editor diduga dibajak."},
    )


class ScheduledItemSchema(StrictSchema):
    """The schedule of an item. No content, because administrators can freeze too."""

    type = Choice(type_names)
    id = fields.String(metadata={"format": "uuid"})
    agency = fields.String(metadata={"description": "Slug of the owner.", "example": "dpu"})
    publish_at = fields.String(allow_none=True, metadata={**MOMENT, "description": "When readers would get it."})
    unpublish_at = fields.String(allow_none=True, metadata={**MOMENT, "description": "When they would lose it."})
    by = fields.Nested(PersonSchema, metadata={"description": "Who scheduled it."})


class ScheduledItemsSchema(StrictSchema):
    """Schedules, the earliest first."""

    total = fields.Integer(metadata={"description": "How many there are.", "example": 1})
    items = fields.List(fields.Nested(ScheduledItemSchema), metadata={"description": "The first hundred of them."})


class NewFreezeSchema(FreezeSchema):
    """A freeze, and the schedules in its scope that still take effect."""

    schedules = fields.Nested(
        ScheduledItemsSchema,
        metadata={"description": "Earlier schedules there: they take effect unless they are cancelled."},
    )
