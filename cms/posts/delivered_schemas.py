"""Posts as readers get them. Knows nothing of authoring: delivery documents its answers with these."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.schemas import AgencyReferenceSchema
from cms.core.http.schemas import StrictSchema
from cms.editorial.delivered_schemas import EMBEDS, ChangeNoteSchema, ItemCardSchema
from cms.media.delivered_schemas import ShownImageSchema

MOMENT = {"format": "date-time"}
KINDS = ("berita", "siaran_pers", "pengumuman", "agenda", "artikel")


class RepostShownSchema(StrictSchema):
    """Who reposts it on the requested channel, and their note."""

    agency = fields.Nested(AgencyReferenceSchema)
    comment = fields.String(allow_none=True, metadata={"example": "Gunakan Jalan Ahmad Yani selama penutupan."})
    place = fields.String(allow_none=True, metadata={"description": "Where the carrying agency is."})
    at = fields.String(metadata={**MOMENT, "description": "Since when they carry it."})


class EventShownSchema(StrictSchema):
    """What takes place."""

    begin = fields.String(allow_none=True, metadata={**MOMENT, "description": "Null when only the day is known."})
    end = fields.String(allow_none=True, metadata={**MOMENT, "description": "Null: not said."})
    place = fields.String(allow_none=True, metadata={"example": "Taman Bekapai"})


class PostCardSchema(ItemCardSchema):
    """A post in a list."""

    type = fields.String(metadata={"enum": ["post"]})
    kind = fields.String(metadata={"enum": list(KINDS)})
    summary = fields.String(
        allow_none=True, metadata={"example": "Jalan MT Haryono ditutup sementara karena pekerjaan drainase."}
    )
    category = fields.String(
        allow_none=True, metadata={"description": "Slug of the category.", "example": "infrastruktur"}
    )
    areas = fields.List(fields.String(), metadata={"description": "Kemendagri codes.", "example": ["64.71.06"]})
    cover = fields.Nested(ShownImageSchema, allow_none=True, metadata={"description": "The cover image."})
    event_date = fields.String(
        allow_none=True, metadata={"format": "date", "description": "Day of what takes place, in the city's zone."}
    )
    event = fields.Nested(EventShownSchema, allow_none=True, metadata={"description": "Hours and place of it."})
    relation = fields.String(
        metadata={
            "enum": ["own", "repost"],
            "description": "`repost` when the channels that were asked for only carry it; else `own`.",
        }
    )
    repost = fields.Nested(RepostShownSchema, allow_none=True, metadata={"description": "Null when it is an own one."})


class DeliveredCreditSchema(StrictSchema):
    """Who wrote it."""

    unit = fields.String(allow_none=True, metadata={"example": "dpu"})
    initials = fields.List(fields.String(), allow_none=True, metadata={"example": ["cha", "mgm"]})


class PostSchema(PostCardSchema):
    """A post in full."""

    body_html = fields.String(
        metadata={
            "description": "Sanitised HTML: safe to insert into a page. Put `meta.media_base` before its paths `/v1/...`.",
            "example": "<p>Jalan MT Haryono ditutup mulai pukul 08.00 Wita.</p>",
        }
    )
    body_text = fields.String(
        metadata={
            "description": "The same as plain text: lists with their numbers, each row of a table on a line.",
            "example": "Jalan MT Haryono ditutup mulai pukul 08.00 Wita.",
        }
    )
    embeds = EMBEDS
    change_history = fields.List(
        fields.Nested(ChangeNoteSchema), metadata={"description": "What changed for readers, newest first."}
    )
    dateline = fields.String(allow_none=True, metadata={"example": "Balikpapan"})
    credit = fields.Nested(DeliveredCreditSchema, allow_none=True)
    source_url = fields.String(allow_none=True, metadata={"format": "uri"})
    valid_from = fields.String(allow_none=True, metadata=MOMENT)
    valid_until = fields.String(allow_none=True, metadata=MOMENT)
    reposted_by = fields.List(
        fields.String(), metadata={"description": "Slugs of the agencies that carry it.", "example": ["dishub"]}
    )
    social_text = fields.String(
        allow_none=True,
        metadata={
            "description": "For social media: at most 280 characters, hashtags and canonical address included. Null while withdrawn."
        },
    )
