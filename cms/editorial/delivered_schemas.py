"""The delivered fields that all content types share. Knows nothing of authoring."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.schemas import AgencyReferenceSchema
from cms.core.http.schemas import StrictSchema

MOMENT = {"format": "date-time"}


class WithdrawnSchema(StrictSchema):
    """The item is withdrawn, but can still be read. Show this notice with it."""

    at = fields.String(metadata=MOMENT)
    explanation = fields.String(metadata={"example": "Jadwal ini tidak berlaku lagi."})


class ChangeNoteSchema(StrictSchema):
    """What one update changed."""

    at = fields.String(metadata=MOMENT)
    note = fields.String(metadata={"example": "Jalur alternatif ditambahkan."})


class EmbedSchema(StrictSchema):
    """A film or a map of another site, which stands in `body_html` as a link with the attribute `data-embed="provider:id"`."""

    provider = fields.String(metadata={"description": "`youtube` or `openstreetmap`.", "example": "youtube"})
    id = fields.String(
        metadata={
            "description": "What the provider calls it: follows `https://www.youtube-nocookie.com/embed/` or "
            "`https://www.openstreetmap.org/export/embed.html?`.",
            "example": "aqz-KE-bpKQ",
        }
    )
    start = fields.Integer(
        allow_none=True,
        metadata={
            "description": "The second from which a film is to be shown; null: from its beginning. A player takes it as `?start=` behind the `id`.",
            "example": 90,
        },
    )
    title = fields.String(
        allow_none=True, metadata={"description": "Words of the author about it.", "example": "Tata cara uji KIR"}
    )


EMBEDS = fields.List(
    fields.Nested(EmbedSchema),
    metadata={
        "description": "Films and maps in the body, in its order: a site may show a player in place of each link."
    },
)


class ItemCardSchema(StrictSchema):
    """The fields of every content type's card."""

    id = fields.String(metadata={"format": "uuid"})
    title = fields.String(metadata={"example": "Penutupan Jalan MT Haryono"})
    slug = fields.String(metadata={"example": "penutupan-jalan-mt-haryono"})
    agency = fields.Nested(AgencyReferenceSchema, metadata={"description": "The owner: whose information it is."})
    channel = fields.String(
        metadata={"description": "Slug of the agency, or of the city, on whose channel it appears.", "example": "dpu"}
    )
    tags = fields.List(fields.String(), metadata={"example": ["jalan", "drainase"]})
    language = fields.String(metadata={"description": "BCP 47.", "example": "id"})
    published_at = fields.String(metadata={**MOMENT, "description": "First publication."})
    updated_at = fields.String(metadata={**MOMENT, "description": "Newest publication, corrections included."})
    public_updated_at = fields.String(
        metadata={**MOMENT, "description": "Last major update: the one to show to people."}
    )
    changed_at = fields.String(
        metadata={
            **MOMENT,
            "description": "Last change that a reader can see: an edition, a renamed agency, words of a picture, who carries it, a notice.",
        }
    )
    serial = fields.Integer(
        metadata={
            "description": "Number of the item, unique in the city and the same for its whole life: a short name for addresses and print. "
            "(A document's `number` is that of the decree.)",
            "example": 1204,
        }
    )
    edition = fields.Integer(metadata={"example": 1})
    canonical_url = fields.String(
        metadata={"format": "uri", "description": "The one address of the item; every copy links to it."}
    )
    credit_line = fields.String(
        metadata={"description": "To be shown below it.", "example": "Sumber: Dinas Pekerjaan Umum (dpu/cha/mgm)"}
    )
    withdrawn = fields.Nested(
        WithdrawnSchema, allow_none=True, metadata={"description": "Null, or the notice to be shown above the text."}
    )
