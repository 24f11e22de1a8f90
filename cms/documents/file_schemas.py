"""Files of documents on the management plane."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Choice, ItemId, Text, WholeNumber
from cms.core.http.schemas import StrictSchema
from cms.documents.content import MOST_FILES, FileRole, FileVariant
from cms.documents.kinds import ACCEPTED_LABELS, ACCEPTED_MEDIA_TYPES
from cms.editorial.fields import language
from cms.file_texts.schemas import FileTextSchema
from cms.taxonomy.languages import LANGUAGES
from cms.virus_scans.schemas import VirusScanSchema

ROLES = [role.value for role in FileRole]
VARIANTS = [variant.value for variant in FileVariant]
ABOUT_ROLE = (
    "What the file is to the document: the information itself (`content`), something attached to it, or another way to take it "
    "in: `audio`, `video`, `braille`, `sign_language`, `transcript`."
)
ABOUT_VARIANT = "`original`, or `redacted` when what is exempt was blacked out in it."
ABOUT_LANGUAGE = "Language of the file; that of the document by default."


class FileEntrySchema(StrictSchema):
    """A file that the document shows. What is left out has its default."""

    id = ItemId(required=True, metadata={"description": "Id of an uploaded file of this document."})
    label = Text(
        min=1, max=200, validate=[HasWords()], required=True, metadata={"description": "What readers see as its name."}
    )
    role = Choice(ROLES, load_default=FileRole.CONTENT.value, metadata={"description": ABOUT_ROLE})
    variant = Choice(VARIANTS, load_default=FileVariant.ORIGINAL.value, metadata={"description": ABOUT_VARIANT})
    language = language(allow_none=True, load_default=None, metadata={"description": ABOUT_LANGUAGE, "example": "id"})


class FileFieldsSchema(StrictSchema):
    """The fields beside the file in an upload."""

    label = Text(min=1, max=200, validate=[HasWords()])
    role = Choice(ROLES)
    variant = Choice(VARIANTS)
    language = language()
    position = WholeNumber(from_text=True, min=1, max=MOST_FILES)


class UploadedFileSchema(StrictSchema):
    """A file of a document as editors see it."""

    id = fields.String(metadata={"format": "uuid"})
    label = fields.String(metadata={"description": "What readers see as its name.", "example": "Rencana kerja 2026"})
    role = fields.String(metadata={"enum": ROLES, "description": ABOUT_ROLE})
    variant = fields.String(metadata={"enum": VARIANTS, "description": ABOUT_VARIANT})
    language = fields.String(allow_none=True, metadata={"description": ABOUT_LANGUAGE, "example": None})
    name = fields.String(metadata={"description": "Name under which it is downloaded.", "example": "renja-2026.pdf"})
    media_type = fields.String(metadata={"description": "By its content.", "enum": list(ACCEPTED_MEDIA_TYPES)})
    protected = fields.Boolean(
        metadata={
            "description": "Encrypted: readers may be asked for a password. It was not looked into.",
            "example": False,
        }
    )
    bytes = fields.Integer(metadata={"example": 48211})
    sha256 = fields.String(metadata={"description": "Digest of the bytes, which never change.", "example": "0" * 64})
    created_at = fields.String(metadata={"format": "date-time"})
    text = fields.Nested(
        FileTextSchema, allow_none=True, metadata={"description": "What was read of it; null for kinds without text."}
    )
    virus_scan = fields.Nested(
        VirusScanSchema,
        allow_none=True,
        metadata={"description": "What the virus scanner said; null where files are not scanned."},
    )
    url = fields.String(metadata={"format": "uri-reference", "description": "Where editors download it."})


class AddedFileSchema(UploadedFileSchema):
    """A file that was just added."""

    document_version = fields.String(
        metadata={"description": "The version of its document now: send it in `If-Match` as it is.", "example": "v2"}
    )


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
                        "description": f"One file with its name: {ACCEPTED_LABELS}. The content decides what it is, and the "
                        "extension must agree.",
                    },
                    "label": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 200,
                        "description": "What readers see as its name; the file name by default.",
                        "example": "Rencana kerja 2026",
                    },
                    "role": {"type": "string", "enum": ROLES, "default": ROLES[0], "description": ABOUT_ROLE},
                    "variant": {
                        "type": "string",
                        "enum": VARIANTS,
                        "default": VARIANTS[0],
                        "description": ABOUT_VARIANT,
                    },
                    "language": {
                        "type": "string",
                        "enum": list(LANGUAGES),
                        "description": ABOUT_LANGUAGE,
                        "example": "id",
                    },
                    "position": {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": MOST_FILES,
                        "description": "Place among the files, 1 is first; last by default.",
                        "example": 1,
                    },
                },
            },
            "encoding": {"file": {"contentType": ", ".join(ACCEPTED_MEDIA_TYPES)}},
        }
    },
}
"""The body of an upload for the OpenAPI document: it is read as a stream, so no schema loads it."""
