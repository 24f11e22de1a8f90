"""The report on who can read the published files."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slugs
from cms.core.http.fields import Words
from cms.core.http.schemas import PageQuerySchema, StrictSchema
from cms.documents.accessibility import PROBLEMS
from cms.file_texts.schemas import FileTextSchema

ABOUT = (
    "`no_text`: pages are pictures; a screen reader and search get nothing of them (a recognised scan included: the words are "
    "not in the file). `unreadable`: a password, or damaged. `not_tagged`: a PDF without headings and tables for screen readers. "
    "`no_language`, `no_title`: the PDF does not say them. `figures_without_alt`: pictures without a description."
)


class AgencyAccessibilityQuerySchema(PageQuerySchema):
    """Filters of the counts."""

    agency = agency_slugs(metadata={"description": "Slugs of agencies, separated by commas: any of them."})


class AccessibilityQuerySchema(AgencyAccessibilityQuerySchema):
    """Filters of the list."""

    problem = Words(choices=PROBLEMS, metadata={"description": ABOUT})


class ReadFileSchema(StrictSchema):
    """A published file with a problem."""

    document = fields.String(metadata={"format": "uuid", "description": "Id of the document."})
    agency = fields.String(metadata={"example": "dpu"})
    file = fields.String(metadata={"format": "uuid", "description": "Id of the file."})
    name = fields.String(metadata={"example": "renja-2026.pdf"})
    media_type = fields.String(metadata={"example": "application/pdf"})
    problems = fields.List(
        fields.String(metadata={"enum": list(PROBLEMS)}), metadata={"description": ABOUT, "example": ["no_text"]}
    )
    text = fields.Nested(FileTextSchema)
    url = fields.String(metadata={"format": "uri-reference", "description": "Where editors download it."})


ProblemCountsSchema = StrictSchema.from_dict(
    {name: fields.Integer(metadata={"example": 0}) for name in PROBLEMS}, name="ProblemCountsSchema"
)


class AgencyAccessibilitySchema(StrictSchema):
    """How many published files of an agency have which problem."""

    agency = fields.String(metadata={"example": "dpu"})
    files = fields.Integer(metadata={"description": "Published files that can have text.", "example": 12})
    waiting = fields.Integer(metadata={"description": "Those of them that were not read yet.", "example": 0})
    problems = fields.Nested(ProblemCountsSchema, metadata={"description": ABOUT})
