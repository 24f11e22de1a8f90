"""What all content types tell readers about an item beside its content. Knows nothing of authoring."""

from __future__ import annotations

from marshmallow import fields

from cms.core.schemas import StrictSchema

MOMENT = {"format": "date-time"}


class WithdrawnSchema(StrictSchema):
    """The item does not hold any more; it can still be read. Show this with it."""

    at = fields.String(metadata=MOMENT)
    explanation = fields.String(metadata={"example": "Jadwal ini tidak berlaku lagi."})


class ChangeNoteSchema(StrictSchema):
    """What one update changed."""

    at = fields.String(metadata=MOMENT)
    note = fields.String(metadata={"example": "Jalur alternatif ditambahkan."})
