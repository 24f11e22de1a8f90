"""Categories and information kinds on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Day, Moment, Slug, Text, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, StrictSchema, VersionedSchema
from cms.taxonomy.models import InformationClass

CODE_PATTERN = r"[A-Z]{2}-[A-Z0-9]{1,3}(\.[0-9]{1,2})?"
FOUR_EYES = "True: content of this category must be approved by a person who wrote none of it before it is published."
_CLASSES = [item.value for item in InformationClass]


class CategorySchema(VersionedSchema):
    """A subject under which content is filed."""

    slug = fields.String(
        metadata={
            "description": "Its identity, used in content and filters; never changes.",
            "example": "infrastruktur",
        }
    )
    name_id = fields.String(metadata={"description": "Name in Indonesian.", "example": "Infrastruktur"})
    name_en = fields.String(metadata={"description": "Name in English.", "example": "Infrastructure"})
    description = fields.String(allow_none=True)
    is_retired = fields.Boolean(metadata={"description": "Retired: content keeps it, new content cannot take it."})
    four_eyes = fields.Boolean(metadata={"description": FOUR_EYES})
    created_at = Moment()
    updated_at = Moment()


class CategoryUpdateSchema(StrictSchema):
    """A change of a category as JSON merge patch; what is absent stays. The slug cannot change."""

    name_id = Text(
        min=2,
        max=120,
        validate=[HasWords()],
        metadata={"description": "Name in Indonesian.", "example": "Infrastruktur"},
    )
    name_en = Text(
        min=2, max=120, validate=[HasWords()], metadata={"description": "Name in English.", "example": "Infrastructure"}
    )
    description = Text(max=2_000, lines=True, allow_none=True)
    four_eyes = YesNo(metadata={"description": FOUR_EYES})
    is_retired = YesNo(metadata={"description": "True retires the category, false brings it back."})


class CategoryCreateSchema(StrictSchema):
    """A new category."""

    slug = Slug(max=63, required=True, metadata={"description": "Given once and for ever.", "example": "infrastruktur"})
    name_id = Text(
        min=2,
        max=120,
        validate=[HasWords()],
        required=True,
        metadata={"description": "Name in Indonesian.", "example": "Infrastruktur"},
    )
    name_en = Text(
        min=2,
        max=120,
        validate=[HasWords()],
        required=True,
        metadata={"description": "Name in English.", "example": "Infrastructure"},
    )
    description = Text(max=2_000, lines=True, allow_none=True)
    four_eyes = YesNo(metadata={"description": FOUR_EYES})


class CategoryQuerySchema(PageQuerySchema):
    """Filters of the list of categories."""

    retired = YesNo(from_text=True, metadata={"description": "Only retired categories, or only those in use."})


class InformationKindSchema(StrictSchema):
    """An entry of the legal lists of public information (Perki 1/2021)."""

    code = fields.String(
        metadata={"description": "Code of the entry; a part has its list's code before the dot.", "example": "BK-A.1"}
    )
    information_class = fields.String(data_key="class", metadata={"enum": _CLASSES})
    name_id = fields.String(metadata={"description": "Words of the law."})
    name_en = fields.String(metadata={"description": "Translation; the Indonesian words count."})
    parent = fields.String(
        allow_none=True, metadata={"description": "Code of the entry that this is a part of.", "example": "BK-A"}
    )
    article = fields.String(
        allow_none=True, metadata={"description": "Article of law.", "example": "Perki 1/2021 Pasal 14 huruf a"}
    )
    certainty = fields.String(
        metadata={
            "description": "How certain the article is: `found` in the text of the law, or `uncertain`.",
            "example": "uncertain",
        }
    )
    cadence_months = fields.Integer(
        allow_none=True, metadata={"description": "Months within which it must be announced anew; null: no period."}
    )
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)


class InformationKindQuerySchema(PageQuerySchema):
    """Filters of the list of information kinds."""

    information_class = Words(
        data_key="class",
        choices=_CLASSES,
        metadata={"description": "Classes, separated by commas: any of them."},
    )
    parent = Words(
        pattern=CODE_PATTERN,
        expected="a code such as BK-A",
        most=1,
        metadata={"description": "Only the parts of this entry."},
    )
