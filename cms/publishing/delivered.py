"""The description of a content type for readers: the delivery plane makes its routes, parameters and answers from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import Schema, fields


@dataclass(frozen=True, eq=False)
class DeliveredType:
    """What can be asked of one content type: its fields, filters, sorts and relations.

    `card` and `full` are its delivered forms. `filters` are the query parameters of its list beside those that every list has.
    `schemes` are the filters that are answered from terms (`cms.publishing.rendered_items`), the one with the fewest items per value
    first: it leads. `includes` are the relations that readers can embed. `about_list` and `about_item` are texts for the
    API's document, `file_types` the media types of the files that it shows. `has_events`: some items take place at a time.
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
    has_events: bool = False
    file_types: tuple[str, ...] = ()

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


def _names(schema: type[Schema]) -> tuple[str, ...]:
    return tuple(field.data_key or name for name, field in schema().fields.items())
