"""Posts on the management plane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from cms.agencies.fields import agency_slug, area_code
from cms.core.http.contact_fields import WebAddress
from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Choice, Part, Rows, Slug, Text, Words
from cms.core.http.schemas import StrictSchema
from cms.editorial.fields import (
    LONGEST_BODY,
    MOST_AREAS,
    MOST_TAGS,
    DayText,
    Distinct,
    MomentText,
    Tag,
    language,
    media_id,
)
from cms.editorial.items.models import LONGEST_TITLE
from cms.editorial.items.schemas import ContentQuerySchema, EditedSchema, RowSchema
from cms.posts.content import PostKind

MOST_INITIALS = 10
KINDS = tuple(kind.value for kind in PostKind)


class Initials(Rows):
    """Initials of writers and editors; the usual spelling `cha/mgm` is taken apart."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            value = [part.strip() for part in value.split("/", MOST_INITIALS)]
        return super()._deserialize(value, attr, data, **kwargs)


class CreditSchema(StrictSchema):
    """Who wrote it, as the credit line says: `(diskominfo/cha/mgm)`."""

    unit = Text(
        max=63,
        allow_none=True,
        metadata={"description": "The unit, mostly an agency's abbreviation.", "example": "dpu"},
    )
    initials = Initials(
        Text(min=1, max=20),
        max=MOST_INITIALS,
        allow_none=True,
        metadata={"description": "Initials of writer and editor, in order.", "example": ["cha", "mgm"]},
    )


class EventSchema(StrictSchema):
    """What takes place: an entry of the agenda, or what is announced."""

    begin = MomentText(allow_none=True, metadata={"description": "When it begins.", "example": "2026-12-05T00:00:00Z"})
    end = MomentText(
        allow_none=True,
        metadata={"description": "When it ends; at most a year later.", "example": "2026-12-05T04:00:00Z"},
    )
    place = Text(max=200, allow_none=True, metadata={"description": "Where.", "example": "Taman Bekapai"})


class PostContentSchema(StrictSchema):
    """The content that people write; null means the default."""

    agency = agency_slug(metadata={"description": "Slug of the owner: whose information it is.", "example": "dpu"})
    channel = agency_slug(
        allow_none=True,
        metadata={
            "description": "Where it appears: on the owner's channel (default) or on the city's.",
            "example": "dpu",
        },
    )
    kind = Choice(KINDS)
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
        metadata={"example": "Jalan MT Haryono ditutup sementara karena pekerjaan drainase."},
    )
    body = Text(
        max=LONGEST_BODY,
        lines=True,
        allow_none=True,
        metadata={
            "description": "Source text; needed to publish.",
            "example": "Jalan MT Haryono ditutup mulai pukul 08.00 Wita.",
        },
    )
    body_format = Choice(("markdown", "html"), allow_none=True)
    language = language(allow_none=True, metadata={"example": "id"})
    category = Slug(
        max=63, allow_none=True, metadata={"description": "Slug of a category.", "example": "infrastruktur"}
    )
    tags = Distinct(
        Tag(),
        max=MOST_TAGS,
        allow_none=True,
        metadata={"description": "Kept as slugs.", "example": ["jalan", "drainase"]},
    )
    areas = Distinct(
        area_code(),
        max=MOST_AREAS,
        allow_none=True,
        metadata={"description": "Kemendagri codes of the areas it is about.", "example": ["64.71.06"]},
    )
    dateline = Text(
        max=100, allow_none=True, metadata={"description": "Place at the head of the text.", "example": "Balikpapan"}
    )
    event_date = DayText(
        allow_none=True,
        metadata={"description": "Day of what takes place; by default the city's day of `event.begin`."},
    )
    event = Part(EventSchema, allow_none=True)
    credit = Part(CreditSchema, allow_none=True)
    source_url = WebAddress(
        allow_none=True, metadata={"format": "uri", "description": "Where it was first published, if elsewhere."}
    )
    valid_from = MomentText(allow_none=True, metadata={"description": "From when what it says holds."})
    valid_until = MomentText(allow_none=True, metadata={"description": "Until when what it says holds."})
    cover = media_id(allow_none=True, metadata={"description": "Id of the cover image."})


class PostCreateSchema(PostContentSchema):
    """A new post."""

    agency = agency_slug(
        required=True, metadata={"description": "Slug of the owner: whose information it is.", "example": "dpu"}
    )
    kind = Choice(KINDS, required=True)
    title = Text(
        min=1,
        max=LONGEST_TITLE,
        validate=[HasWords()],
        required=True,
        metadata={"example": "Penutupan Jalan MT Haryono"},
    )


class PostUpdateSchema(PostContentSchema):
    """Changes of a post; fields that are left out stay."""


class PostItemSchema(EditedSchema, PostContentSchema):
    """A post as editors see it."""

    type = fields.String(metadata={"enum": ["post"]})


class PostRowSchema(RowSchema):
    """A post in a list."""

    type = fields.String(metadata={"enum": ["post"]})
    kind = fields.String(metadata={"enum": list(KINDS)})


class PostQuerySchema(ContentQuerySchema):
    """Filters of posts."""

    kind = Words(choices=KINDS, metadata={"description": "Kinds."})
