"""The text of files on the management plane."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.schemas import StrictSchema
from cms.file_texts.models import TextFault, TextState


class FileTextSchema(StrictSchema):
    """What was read of a file."""

    state = fields.String(
        metadata={
            "enum": [state.value for state in TextState],
            "description": "`received`: waits to be read. `read`. `scan`: at least half of its pages are pictures without text, "
            "which people who listen to a page, and search, get nothing of. `ocr`: the words of such a scan were recognised. "
            "`failed`: see `fault`.",
            "example": "read",
        }
    )
    fault = fields.String(
        allow_none=True,
        metadata={
            "enum": [*(fault.value for fault in TextFault), None],
            "description": "Why it could not be read: `encrypted` (a password is needed), `damaged`, or `too_demanding` (more "
            "than 10 seconds or 512 MB).",
            "example": None,
        },
    )
    pages = fields.Integer(
        allow_none=True, metadata={"description": "Pages, slides or sheets; null for kinds without.", "example": 17}
    )
    characters = fields.Integer(metadata={"description": "Length of the text.", "example": 23118})
    whole = fields.Boolean(
        metadata={"description": "False when something was left out for its length.", "example": True}
    )
    without_text = fields.List(
        fields.Integer(), metadata={"description": "Pages that show something and have no text layer.", "example": []}
    )
    recognised = fields.Integer(metadata={"description": "How many of them were recognised.", "example": 0})
    title = fields.String(
        allow_none=True,
        metadata={"description": "The title that the file gives itself.", "example": "Daftar Informasi Publik"},
    )
    language = fields.String(
        allow_none=True, metadata={"description": "The language that the file says it is in.", "example": "id-ID"}
    )
    tagged = fields.Boolean(
        allow_none=True,
        metadata={
            "description": "A PDF with structure (headings, tables) for screen readers; null for others.",
            "example": True,
        },
    )
    encrypted = fields.Boolean(metadata={"example": False})
    figures = fields.Integer(metadata={"description": "Figures of a tagged PDF.", "example": 2})
    figures_without_alt = fields.Integer(
        metadata={"description": "Those of them without alternative text.", "example": 1}
    )
    read_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class FileTextPageSchema(StrictSchema):
    """The text of one page, slide or sheet. Other files are one text with the number 1."""

    number = fields.Integer(metadata={"example": 3})
    label = fields.String(allow_none=True, metadata={"description": "Name of the sheet.", "example": None})
    text = fields.String(metadata={"example": "Daftar Informasi Publik"})
    recognised = fields.Boolean(
        metadata={"description": "Recognised in a picture: it may have slips.", "example": False}
    )
