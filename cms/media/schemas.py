"""Images on the management plane."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.agencies.fields import agency_slug, agency_slugs
from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Text, YesNo
from cms.core.http.schemas import SOMETIMES, PageQuerySchema, PersonSchema, StrictSchema, VersionedSchema
from cms.media.delivered_schemas import FocalPointSchema, RenditionsSchema
from cms.media.fields import FOCAL, FocalPoint, WithFocalPointSchema
from cms.media.presets import NAMES
from cms.media.uploads import ACCEPTED_LABELS

LONGEST_ALT = 500
LONGEST_CAPTION = 500
LONGEST_CREDIT = 200
ALT = "What the image shows, for people who cannot see it; needed before an item with the image is published."
DECORATIVE = "True: the image shows nothing that the text does not say. It has no alternative text then."


class ImageFieldsSchema(WithFocalPointSchema):
    """The fields beside the file in an upload."""

    agency = agency_slug(metadata={"example": "dpu"})
    alt = Text(min=1, max=LONGEST_ALT, validate=[HasWords()])
    is_decorative = YesNo(from_text=True, data_key="decorative")
    caption = Text(min=1, max=LONGEST_CAPTION)
    credit = Text(min=1, max=LONGEST_CREDIT)
    focal_point = FocalPoint(from_text=True)


class ImageUpdateSchema(WithFocalPointSchema):
    """A change of an image's words, as JSON merge patch; absent fields stay."""

    alt = Text(min=1, max=LONGEST_ALT, validate=[HasWords()], allow_none=True, metadata={"description": ALT})
    is_decorative = YesNo(data_key="decorative", metadata={"description": DECORATIVE})
    caption = Text(min=1, max=LONGEST_CAPTION, allow_none=True)
    credit = Text(min=1, max=LONGEST_CREDIT, allow_none=True, metadata={"description": "Who made it."})
    focal_point = FocalPoint(allow_none=True, metadata={"description": "Null: the middle."})


class ProposedWordsSchema(StrictSchema):
    """The words that would change; the others stay."""

    alt = fields.String(allow_none=True, metadata=SOMETIMES)
    decorative = fields.Boolean(metadata=SOMETIMES)
    caption = fields.String(allow_none=True, metadata=SOMETIMES)
    credit = fields.String(allow_none=True, metadata=SOMETIMES)


class ProposalSchema(StrictSchema):
    """Words that a person proposed and no second person has confirmed yet."""

    changes = fields.Nested(ProposedWordsSchema)
    by = fields.Nested(PersonSchema, metadata={"description": "Who proposed them; another person must confirm."})
    at = fields.String(metadata={"format": "date-time"})


class ImageSchema(VersionedSchema):
    """An image of the library."""

    id = fields.String(metadata={"format": "uuid"})
    agency = fields.String(metadata={"description": "Slug of the agency that answers for it.", "example": "dpu"})
    name = fields.String(metadata={"description": "Name of the uploaded file.", "example": "jalan-mt-haryono.jpg"})
    alt = fields.String(
        allow_none=True, metadata={"description": ALT, "example": "Pekerja menggali saluran di Jalan MT Haryono"}
    )
    decorative = fields.Boolean(metadata={"description": DECORATIVE, "example": False})
    caption = fields.String(allow_none=True)
    credit = fields.String(allow_none=True, metadata={"description": "Who made it.", "example": "Humas DPU"})
    focal_point = fields.Nested(FocalPointSchema)
    width = fields.Integer(metadata={"description": "Width of the stored image in pixels.", "example": 4000})
    height = fields.Integer(metadata={"description": "Height of the stored image in pixels.", "example": 3000})
    media_type = fields.String(
        metadata={"enum": ["image/jpeg", "image/png", "image/webp"], "description": "Type of the stored image."}
    )
    bytes = fields.Integer(metadata={"example": 48211})
    sha256 = fields.String(metadata={"description": "Digest of the stored image.", "example": "0" * 64})
    state = fields.String(
        metadata={
            "enum": ["waiting", "ready"],
            "description": "`waiting` until the worker has made the renditions; their addresses answer with the whole image until then.",
        }
    )
    proposed = fields.Nested(
        ProposalSchema,
        allow_none=True,
        metadata={
            "description": "Words that wait for a second person: they take effect when another person sends the same `PATCH`."
        },
    )
    uploaded_by = fields.Nested(PersonSchema)
    created_at = fields.String(metadata={"format": "date-time"})
    updated_at = fields.String(metadata={"format": "date-time"})
    url = fields.String(
        metadata={
            "format": "uri-reference",
            "description": "Stable address for readers; leads to the image while a published item shows it.",
        }
    )
    renditions = fields.Nested(RenditionsSchema, metadata={"description": "Where editors get them."})


class ImageQuerySchema(PageQuerySchema):
    """Filters of the list; a comma means any of."""

    agency = agency_slugs(metadata={"description": "Slugs of owner agencies."})
    has_alt = YesNo(
        from_text=True,
        metadata={"description": "Only images with alternative text (or decorative), or only those without."},
    )
    is_proposed = YesNo(
        from_text=True,
        data_key="proposed",
        metadata={"description": "Only images whose new words wait for a second person, or only the others."},
    )
    q = Text(min=2, max=100, metadata={"description": "Looked for in alternative text, caption, credit and file name."})


RENDITION_PARAMETER = [
    {
        "name": "name",
        "in": "path",
        "description": f"`original`, or one of {', '.join(f'`{name}`' for name in NAMES)}; without an extension JPEG.",
        "schema": {"type": "string"},
        "example": "card.webp",
    }
]


def _percent(edge: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": 100, "description": FOCAL.format(side=edge)}


UPLOAD_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": f"One image with its name: {ACCEPTED_LABELS}. The content decides what it is, and the "
                        "extension must agree.",
                    },
                    "agency": {
                        "type": "string",
                        "description": "Slug of the agency that answers for it; the caller's own one by default.",
                        "example": "dpu",
                    },
                    "alt": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": LONGEST_ALT,
                        "description": ALT,
                        "example": "Pekerja menggali saluran di Jalan MT Haryono",
                    },
                    "decorative": {"type": "boolean", "description": DECORATIVE, "example": False},
                    "caption": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": LONGEST_CAPTION,
                        "example": "Drainase baru selesai akhir November.",
                    },
                    "credit": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": LONGEST_CREDIT,
                        "description": "Who made it.",
                        "example": "Humas DPU",
                    },
                    "focal_point": {
                        "type": "object",
                        "additionalProperties": False,
                        "description": "As JSON text.",
                        "properties": {side: _percent(edge) for side, edge in (("x", "left"), ("y", "top"))},
                        "example": {"x": 50, "y": 40},
                    },
                },
            }
        }
    },
}
"""The body of an upload for the OpenAPI document: it is read as a stream, so no schema loads it."""
