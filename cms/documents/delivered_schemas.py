"""Documents as readers get them. Knows nothing of authoring: delivery documents its answers with these."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.schemas import StrictSchema
from cms.editorial.delivered_schemas import EMBEDS, ChangeNoteSchema, ItemCardSchema
from cms.media.delivered_schemas import ShownImageSchema

MOMENT = {"format": "date-time"}
CLASSES = ("berkala", "serta_merta", "setiap_saat")
ALWAYS_NULL = "Always null: as in a post's card, so that lists of mixed items need one model."


class DocumentCardSchema(ItemCardSchema):
    """A document in a list."""

    type = fields.String(metadata={"enum": ["document"]})
    kind = fields.String(allow_none=True, metadata={"description": ALWAYS_NULL, "examples": [None]})
    class_ = fields.String(
        data_key="class",
        attribute="class",
        metadata={
            "enum": list(CLASSES),
            "description": "Class of public information (UU 14/2008).",
        },
    )
    information_kinds = fields.List(
        fields.String(), metadata={"description": "Codes of the legal lists.", "example": ["BK-B", "SS-H"]}
    )
    summary = fields.String(metadata={"example": "Jalan MT Haryono ditutup sementara karena pekerjaan drainase."})
    number = fields.String(allow_none=True)
    year = fields.Integer(allow_none=True, metadata={"example": 2026})
    category = fields.String(
        allow_none=True, metadata={"description": "Slug of the category.", "example": "infrastruktur"}
    )
    office = fields.String(
        allow_none=True,
        metadata={"format": "uuid", "description": "Id of the office that it belongs to.", "example": None},
    )
    areas = fields.List(fields.String(), metadata={"description": "Kemendagri codes.", "example": ["64.71.06"]})
    cover = fields.Nested(ShownImageSchema, allow_none=True, metadata={"description": ALWAYS_NULL, "examples": [None]})
    event_date = fields.String(allow_none=True, metadata={"description": ALWAYS_NULL, "examples": [None]})
    event = fields.Dict(allow_none=True, metadata={"description": ALWAYS_NULL, "examples": [None]})
    relation = fields.String(
        metadata={"enum": ["own"], "description": "Always `own`: documents are not carried.", "example": "own"}
    )
    repost = fields.Dict(allow_none=True, metadata={"description": ALWAYS_NULL, "examples": [None]})


class DocumentFileSchema(StrictSchema):
    """A file to download."""

    id = fields.String(metadata={"format": "uuid"})
    label = fields.String(metadata={"example": "Profil dinas"})
    role = fields.String(
        metadata={
            "enum": ["content", "attachment", "audio", "video", "braille", "sign_language", "transcript"],
            "description": "The information itself, something attached to it, or another way to take it in.",
        }
    )
    variant = fields.String(
        metadata={
            "enum": ["original", "redacted"],
            "description": "`redacted`: what is exempt was blacked out in it.",
        }
    )
    language = fields.String(metadata={"description": "BCP 47.", "example": "id"})
    media_type = fields.String(metadata={"example": "application/pdf"})
    protected = fields.Boolean(
        metadata={
            "description": "Encrypted: programs may ask for a password, or forbid copying and reading aloud.",
            "example": False,
        }
    )
    bytes = fields.Integer(metadata={"example": 48211})
    sha256 = fields.String(metadata={"description": "Digest of the bytes, which never change.", "example": "0" * 64})
    url = fields.String(metadata={"format": "uri-reference", "description": "Path on this server."})


class DeliveredPeriodSchema(StrictSchema):
    """The time that a document is about."""

    from_ = fields.String(
        data_key="from",
        attribute="from",
        allow_none=True,
        metadata={"description": "As precisely as known.", "example": "2017"},
    )
    until = fields.String(allow_none=True, metadata={"description": "The end, included.", "example": "2018"})
    text = fields.String(allow_none=True, metadata={"description": "In words.", "example": "2017 - 2018"})


class DocumentSchema(DocumentCardSchema):
    """A document in full."""

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
    holder = fields.String(metadata={"description": "Unit that holds it."})
    responsible = fields.String(allow_none=True, metadata={"description": "Official who answers for it."})
    producer = fields.String(allow_none=True, metadata={"description": "Unit or official that made or issued it."})
    made_at = fields.String(metadata={"description": "As precisely as known.", "example": "2017-05"})
    made_place = fields.String(allow_none=True)
    period = fields.Nested(DeliveredPeriodSchema, allow_none=True)
    forms = fields.List(
        fields.String(metadata={"enum": ["cetak", "digital", "rekaman"]}), metadata={"example": ["digital"]}
    )
    retention = fields.String(allow_none=True)
    archive_code = fields.String(allow_none=True)
    files = fields.List(fields.Nested(DocumentFileSchema))
