"""The delivered content types as data: what can be filtered, sorted, picked and included. `capabilities` shows the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from marshmallow import Schema

from cms.documents.presented_schemas import DocumentCardSchema, DocumentSchema
from cms.posts.presented_schemas import PostCardSchema, PostSchema

SORTS = {
    "-published_at": ("published_at", True),
    "published_at": ("published_at", False),
    "-updated_at": ("updated_at", True),
    "updated_at": ("updated_at", False),
}


@cache
def _names(schema: type[Schema]) -> tuple[str, ...]:
    return tuple(field.data_key or name for name, field in schema().fields.items())


@dataclass(frozen=True, slots=True)
class DeliveredType:
    """One content type of the delivery plane. `schemes` maps filter parameters to term schemes of the read model."""

    name: str
    topic: str
    card: type[Schema]
    full: type[Schema]
    schemes: dict[str, str]
    includes: tuple[str, ...]

    @property
    def card_fields(self) -> tuple[str, ...]:
        """Fields of a card."""
        return _names(self.card)

    @property
    def full_fields(self) -> tuple[str, ...]:
        """Fields of a detail; a list gives those beyond the card when `fields` names them."""
        return _names(self.full)


POSTS = DeliveredType(
    name="post",
    topic="posts",
    card=PostCardSchema,
    full=PostSchema,
    schemes={name: name for name in ("kind", "category", "tag", "area", "channel", "language")},
    includes=("agency", "areas", "category", "channel"),
)
DOCUMENTS = DeliveredType(
    name="document",
    topic="documents",
    card=DocumentCardSchema,
    full=DocumentSchema,
    schemes={name: name for name in ("class", "information_kind", "tag", "year", "channel", "language")},
    includes=("agency", "channel", "information_kind"),
)
TYPES = {delivered.name: delivered for delivered in (POSTS, DOCUMENTS)}
CARD_FIELDS = frozenset(POSTS.card_fields) | frozenset(DOCUMENTS.card_fields)
"""What stands in the cards of one type or the other."""
ALL_FIELDS = tuple(dict.fromkeys((*POSTS.full_fields, *DOCUMENTS.full_fields)))
"""What can be picked in lists of several types; an item has those of its own type."""
