"""Query parameters of the delivery plane. What is not declared here is refused with the list of what is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from cms.agencies.fields import area_codes
from cms.core.http.fields import MESSAGES, Choice, Moment, Slug, Words, rule
from cms.core.http.schemas import PageQuerySchema, StrictSchema
from cms.core.ids import ID_PATTERN, SLUG_PATTERN
from cms.delivery.types import ALL_FIELDS, DOCUMENTS, POSTS, SORTS, TYPES, DeliveredType
from cms.taxonomy.models import InformationClass

_SLUGS: dict[str, Any] = {"pattern": SLUG_PATTERN, "expected": "slugs, separated by commas"}
_LANGUAGE: dict[str, Any] = {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "expected": "language tags such as id,en"}
_KIND: dict[str, Any] = {"pattern": "^[a-z_]{1,30}$", "expected": "kinds, separated by commas"}
_CODE: dict[str, Any] = {
    "pattern": r"^[A-Z0-9]{2,4}(-[A-Z0-9]{1,3}(\.[0-9]{1,2})?)?$",
    "expected": "codes such as BK-A,SM-6",
}
_YEAR: dict[str, Any] = {"pattern": "^(19|20)[0-9]{2}$", "expected": "years such as 2025,2026"}
MOST_IDS = 100


class InOrder(Words):
    """As `Words`, in the order in which they were given."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        known = super()._deserialize(value, attr, data, **kwargs)
        return tuple(dict.fromkeys(word for word in value.split(",") if word in known))


class Names(fields.String):
    """Comma-separated names out of a closed list; becomes a tuple in the given order, without doubles."""

    def __init__(self, allowed: Iterable[str], **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        self.allowed = tuple(allowed)
        kwargs["metadata"] = {
            **kwargs.get("metadata", {}),
            "description": f"{kwargs['metadata']['description']} Any of: {', '.join(self.allowed)}.",
        }
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        # Doubles are forgiven, thousands of them not even read.
        names = tuple(dict.fromkeys(value.split(",", 2 * len(self.allowed))))
        if any(name not in self.allowed for name in names):
            raise ValidationError(rule("not_allowed", allowed=", ".join(self.allowed)))
        return names


def _shown_fields(allowed: Iterable[str]) -> Names:
    return Names(
        allowed,
        data_key="fields",
        attribute="fields",
        metadata={"description": "Only these fields, separated by commas.", "example": "id,title,published_at"},
    )


def _included(delivered: DeliveredType) -> Names:
    return Names(
        delivered.includes,
        metadata={"description": "Relations to embed instead of their ids.", "example": "agency"},
    )


class ContentPageQuerySchema(PageQuerySchema):
    """Filters that both content types have; a comma means any of, several parameters mean all of."""

    agency = Words(
        **_SLUGS,
        metadata={"description": "Owner; includes agencies that were merged into it.", "example": "dpu,dishub"},
    )
    channel = Words(
        **_SLUGS,
        metadata={"description": "Channel of publication, own and reposted; includes those of merged agencies."},
    )
    tag = Words(**_SLUGS, metadata={"example": "penutupan-jalan"})
    language = Words(**_LANGUAGE)
    published_after = Moment(
        metadata={"description": "Published after this moment.", "example": "2026-01-01T00:00:00Z"}
    )
    published_before = Moment(metadata={"description": "Published before this moment."})
    updated_after = Moment(metadata={"description": "Changed for readers after this moment."})
    sort = Choice(SORTS, load_default="-published_at", metadata={"description": "Order; a minus means newest first."})
    count = Choice(
        ["exact"],
        metadata={"description": "`exact` adds `meta.total`, which ends at 10,000 (`relation: gte`)."},
    )


class PostPageQuerySchema(ContentPageQuerySchema):
    """Filters of the list of posts."""

    kind = Words(**_KIND, metadata={"example": "pengumuman"})
    category = Words(**_SLUGS)
    area = area_codes(metadata={"description": "Includes what lies below it.", "example": "64.71.06"})
    fields_ = _shown_fields(POSTS.full_fields)
    include = _included(POSTS)


class DocumentPageQuerySchema(ContentPageQuerySchema):
    """Filters of the list of documents."""

    class_ = Words(
        pattern="^[a-z_]{1,20}$",
        expected="classes, separated by commas",
        data_key="class",
        attribute="class",
        metadata={"description": f"Any of: {', '.join(InformationClass)}.", "example": "berkala"},
    )
    information_kind = Words(**_CODE, metadata={"example": "BK-A.1"})
    year = Words(**_YEAR, metadata={"example": "2026"})
    fields_ = _shown_fields(DOCUMENTS.full_fields)
    include = _included(DOCUMENTS)


class PostDetailQuerySchema(StrictSchema):
    """What a detail of a post takes."""

    fields_ = _shown_fields(POSTS.full_fields)
    include = _included(POSTS)


class DocumentDetailQuerySchema(StrictSchema):
    """What a detail of a document takes."""

    fields_ = _shown_fields(DOCUMENTS.full_fields)
    include = _included(DOCUMENTS)


class ItemsQuerySchema(StrictSchema):
    """Several items at once."""

    ids = InOrder(
        pattern=ID_PATTERN,
        expected="ids, separated by commas",
        most=MOST_IDS,
        required=True,
        metadata={
            "description": f"At most {MOST_IDS} ids of posts and documents.",
            "example": "019ac1a0-7c00-7000-8000-000000000002",
        },
    )
    fields_ = _shown_fields(ALL_FIELDS)


class ResolveQuerySchema(StrictSchema):
    """An address of an item."""

    type = Choice(TYPES, required=True)
    agency = Slug(
        max=63, required=True, metadata={"description": "Owner; finds what was merged into it too.", "example": "dpu"}
    )
    slug = Slug(required=True, metadata={"example": "penutupan-jalan-mt-haryono"})


class AgencyPageQuerySchema(PageQuerySchema):
    """Filters of the list of agencies."""

    kind = Words(**_KIND, metadata={"example": "dinas,kecamatan"})
    parent = Words(**_SLUGS)
    active = Choice(["true", "false"], metadata={"description": "Whether it exists today."})


class AreaPageQuerySchema(PageQuerySchema):
    """Filters of the list of areas."""

    level = Words(**_KIND, metadata={"example": "kecamatan"})
    parent = area_codes(metadata={"example": "64.71.06"})
