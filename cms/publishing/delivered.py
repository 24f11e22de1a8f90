"""The description of a content type for readers: the delivery plane makes its routes, parameters and answers from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marshmallow import Schema, fields

from cms.publishing.linked_data import LinkedData
from cms.publishing.searched import OF_EVERY_ITEM, Searched

_SCHEME = re.compile("[a-z_]+")


@dataclass(frozen=True, eq=False)
class DeliveredType:
    """What can be asked of one content type: its fields, filters, sorts and relations.

    `card` and `full` are its delivered forms. `filters` are the query parameters of its list beside those that every list has.
    `schemes` are the filters that are answered from terms (`cms.publishing.rendered_items`), the one with the fewest items per value
    first: it leads. `includes` are the relations that readers can embed. `about_list` and `about_item` are texts for the
    API's document, `linked_data` says what an item is in the words of schema.org, `file_types` are the media types of the files that it shows. `has_events`: some items take place at a time. `searched` are the
    fields of the full form that are searched.
    """

    name: str
    topic: str
    card: type[Schema]
    full: type[Schema]
    filters: Mapping[str, fields.Field[Any]]
    schemes: tuple[str, ...]
    includes: tuple[str, ...]
    about_list: str
    about_item: str
    linked_data: LinkedData
    has_events: bool = False
    file_types: tuple[str, ...] = ()
    searched: Searched = field(default_factory=lambda: OF_EVERY_ITEM)

    @property
    def words(self) -> Mapping[str, str]:
        """The words for the names and the documentation of its operations."""
        return {
            "type": self.name,
            "types": self.topic,
            "about_list": self.about_list,
            "about_item": self.about_item,
        }

    @cached_property
    def card_fields(self) -> tuple[str, ...]:
        """Fields of a card."""
        return _names(self.card)

    @cached_property
    def full_fields(self) -> tuple[str, ...]:
        """Fields of the full form; a list gives those beyond the card when `fields` names them."""
        return _names(self.full)


class DeliveredTypes:
    """All of them, in the order of the API's document."""

    def __init__(self, types: Sequence[DeliveredType]) -> None:
        for each in types:
            if wrong := [scheme for scheme in each.schemes if _SCHEME.fullmatch(scheme) is None]:
                raise ValueError(f"{each.topic}: {wrong[0]!r} cannot name a scheme of terms")
        self.types = tuple(types)

    @property
    def words(self) -> Mapping[str, str]:
        """The words in braces for operations over all types."""
        return {"type": "item", "types": "items", "all": " and ".join(each.topic for each in self.types)}

    def of_scheme(self, scheme: str) -> tuple[str, ...]:
        """The names of the types whose items are found by terms of this scheme."""
        return tuple(each.name for each in self.types if scheme in each.schemes)

    @cached_property
    def filter_names(self) -> frozenset[str]:
        """The filters of copies: what any of the types is found by, at whatever time."""
        relation = {"relation"} if any("relation" in each.filters for each in self.types) else set()
        return frozenset({"agency", *relation, *(scheme for each in self.types for scheme in each.schemes)})

    @cached_property
    def card_fields(self) -> frozenset[str]:
        """The fields in the cards of any type."""
        return frozenset(name for each in self.types for name in each.card_fields)

    @cached_property
    def all_fields(self) -> tuple[str, ...]:
        """The fields that can be picked in lists of several types; an item has those of its own type."""
        return tuple(dict.fromkeys(name for each in self.types for name in each.full_fields))


def _names(schema: type[Schema]) -> tuple[str, ...]:
    return tuple(field.data_key or name for name, field in schema().fields.items())
