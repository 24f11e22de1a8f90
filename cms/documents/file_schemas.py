"""Files of documents on the management plane."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Text, WholeNumber
from cms.core.http.schemas import StrictSchema
from cms.documents.content import MOST_FILES
from cms.documents.kinds import ACCEPTED, ACCEPTED_LABELS


class FileFieldsSchema(StrictSchema):
    """The fields beside the file in an upload."""

    label = Text(min=1, max=200, validate=[HasWords()])
    position = WholeNumber(from_text=True, min=1, max=MOST_FILES)


class UploadedFileSchema(StrictSchema):
    """A file of a document as editors see it."""

    id = fields.String(metadata={"format": "uuid"})
    label = fields.String(metadata={"description": "What readers see as its name.", "example": "Rencana kerja 2026"})
    name = fields.String(metadata={"description": "Name under which it is downloaded.", "example": "renja-2026.pdf"})
    media_type = fields.String(
        metadata={"description": "By its content.", "enum": [each.media_type for each in ACCEPTED]}
    )
    protected = fields.Boolean(
        metadata={
            "description": "Encrypted: readers may be asked for a password. It was not looked into.",
            "example": False,
        }
    )
    bytes = fields.Integer(metadata={"example": 48211})
    sha256 = fields.String(metadata={"description": "Digest of the bytes, which never change.", "example": "0" * 64})
    created_at = fields.String(metadata={"format": "date-time"})
    url = fields.String(metadata={"format": "uri-reference", "description": "Where editors download it."})
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
                    "position": {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": MOST_FILES,
                        "description": "Place among the files, 1 is first; last by default.",
                        "example": 1,
                    },
                },
            }
        }
    },
}
"""The body of an upload for the OpenAPI document: it is read as a stream, so no schema loads it."""
