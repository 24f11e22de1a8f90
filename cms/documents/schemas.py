"""Documents on the management plane."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from cms.agencies.fields import agency_slug, area_code
from cms.core.http.field_rules import HasWords, Pattern, rule
from cms.core.http.fields import Choice, ItemId, Part, Rows, Slug, Text, WholeNumber, Words
from cms.core.http.schemas import StrictSchema
from cms.documents.content import FORMS, MOST_FILES, MOST_KINDS, OPEN_CLASSES
from cms.documents.file_schemas import FileEntrySchema
from cms.editorial.fields import LONGEST_BODY, MOST_AREAS, MOST_TAGS, Distinct, Tag, language
from cms.editorial.items.models import LONGEST_TITLE
from cms.editorial.items.schemas import ContentQuerySchema, EditedSchema, RowSchema
from cms.taxonomy.models import InformationClass

KIND_PATTERN = r"^[A-Z0-9]+([.-][A-Z0-9]+)*$"
LONGEST_PERIOD = 200
CLASSES = tuple(each.value for each in InformationClass)
_PARTIAL_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


class PartialDate(Text):
    """A time as precisely as it is known: `2017`, `2017-05` or `2017-05-12`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=10, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _PARTIAL_DATE.fullmatch(text) is None or not _exists(text):
            raise ValidationError(rule("bad_format", expected="2017, 2017-05 or 2017-05-12"))
        return text


def _exists(partial_date: str) -> bool:
    try:
        date.fromisoformat(partial_date + "-01-01"[len(partial_date) - 4 :])
    except ValueError:
        return False
    return True


class PeriodSchema(StrictSchema):
    """The time that a document is about: its ends as precisely as they are known, or in words, or both."""

    from_ = PartialDate(
        data_key="from",
        attribute="from",
        allow_none=True,
        metadata={"description": "Its beginning.", "example": "2017"},
    )
    until = PartialDate(allow_none=True, metadata={"description": "Its end, included.", "example": "2018"})
    text = Text(
        min=1,
        max=LONGEST_PERIOD,
        allow_none=True,
        validate=[HasWords()],
        metadata={"description": "As the document says it.", "example": "2017 - 2018"},
    )


class DocumentContentSchema(StrictSchema):
    """The content that people write; null means the default."""

    agency = agency_slug(metadata={"description": "Slug of the owner: whose information it is.", "example": "dpu"})
    channel = agency_slug(
        allow_none=True,
        metadata={
            "description": "Where it appears: on the owner's channel (default) or on the city's.",
            "example": "dpu",
        },
    )
    title = Text(min=1, max=LONGEST_TITLE, validate=[HasWords()], metadata={"example": "Penutupan Jalan MT Haryono"})
    slug = Slug(
        allow_none=True,
        metadata={
            "description": "Part of the address; made from the title by default.",
            "example": "penutupan-jalan-mt-haryono",
        },
    )
    summary = Text(
        max=500,
        lines=True,
        allow_none=True,
        metadata={
            "description": "Needed to publish.",
            "example": "Jalan MT Haryono ditutup sementara karena pekerjaan drainase.",
        },
    )
    body = Text(
        max=LONGEST_BODY,
        lines=True,
        allow_none=True,
        metadata={"description": "Source text.", "example": "Jalan MT Haryono ditutup mulai pukul 08.00 Wita."},
    )
    body_format = Choice(("markdown", "html"), allow_none=True)
    class_ = Choice(
        CLASSES,
        data_key="class",
        attribute="class",
        metadata={"description": f"Class of public information (UU 14/2008); for now {', '.join(OPEN_CLASSES)}."},
    )
    information_kinds = Distinct(
        Text(min=1, max=10, validate=[Pattern(KIND_PATTERN, "a code such as BK-A")]),
        max=MOST_KINDS,
        allow_none=True,
        metadata={
            "description": "Codes of the legal lists: the obligations that it fulfils. One of them must belong to the class.",
            "example": ["BK-B", "SS-H"],
        },
    )
    category = Slug(
        max=63, allow_none=True, metadata={"description": "Slug of a category.", "example": "infrastruktur"}
    )
    office = ItemId(
        allow_none=True,
        metadata={"description": "Id of an office of the agency, when it is about one.", "example": None},
    )
    number = Text(max=100, allow_none=True, metadata={"description": "Number of the letter or decree."})
    year = WholeNumber(min=1900, max=2100, allow_none=True, metadata={"example": 2026})
    holder = Text(max=200, allow_none=True, metadata={"description": "Unit that holds it. Needed to publish."})
    responsible = Text(max=200, allow_none=True, metadata={"description": "Official who answers for it."})
    producer = Text(
        max=200,
        allow_none=True,
        metadata={"description": "Unit or official that made or issued it.", "example": "Bidang Bina Marga"},
    )
    made_at = PartialDate(
        allow_none=True,
        metadata={
            "description": "When it was made, as precisely as known: `2017`, `2017-05` or `2017-05-12`. Needed to publish.",
            "example": "2026-05-12",
        },
    )
    made_place = Text(max=100, allow_none=True)
    period = Part(PeriodSchema, allow_none=True)
    areas = Distinct(
        area_code(),
        max=MOST_AREAS,
        allow_none=True,
        metadata={"description": "Kemendagri codes of the areas it is about.", "example": ["64.71.06"]},
    )
    forms = Distinct(
        Choice(FORMS),
        max=3,
        allow_none=True,
        metadata={
            "description": "Forms in which it exists; `digital` needs a file, one on paper alone needs none.",
            "example": ["digital"],
        },
    )
    retention = Text(max=100, allow_none=True, metadata={"description": "How long it is kept."})
    archive_code = Text(max=30, allow_none=True, metadata={"description": "Code of the archive classification."})
    language = language(allow_none=True, metadata={"example": "id"})
    tags = Distinct(
        Tag(),
        max=MOST_TAGS,
        allow_none=True,
        metadata={"description": "Kept as slugs.", "example": ["jalan", "drainase"]},
    )


class DocumentCreateSchema(DocumentContentSchema):
    """A new document; its files are uploaded afterwards."""

    agency = agency_slug(
        required=True, metadata={"description": "Slug of the owner: whose information it is.", "example": "dpu"}
    )
    title = Text(
        min=1,
        max=LONGEST_TITLE,
        validate=[HasWords()],
        required=True,
        metadata={"example": "Penutupan Jalan MT Haryono"},
    )
    class_ = Choice(
        CLASSES,
        required=True,
        data_key="class",
        attribute="class",
        metadata={"description": f"Class of public information (UU 14/2008); for now {', '.join(OPEN_CLASSES)}."},
    )


class DocumentUpdateSchema(DocumentContentSchema):
    """Changes of a document; fields that are left out stay. `files` reorders, renames or drops uploaded files."""

    files = Rows(Part(FileEntrySchema), max=MOST_FILES, allow_none=True)


class DocumentItemSchema(EditedSchema, DocumentContentSchema):
    """A document as editors see it."""

    type = fields.String(metadata={"enum": ["document"]})
    files = fields.List(fields.Nested(FileEntrySchema))


class DocumentRowSchema(RowSchema):
    """A document in a list."""

    type = fields.String(metadata={"enum": ["document"]})
    class_ = fields.String(data_key="class", attribute="class", metadata={"enum": list(CLASSES)})


class DocumentQuerySchema(ContentQuerySchema):
    """Filters of documents."""

    class_ = Words(
        choices=CLASSES,
        data_key="class",
        attribute="class",
        metadata={"description": "Classes."},
    )
