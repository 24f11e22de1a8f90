"""The content types that are searched, as one application has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import current_app
from marshmallow import fields

from cms.publishing.delivered import DeliveredType
from cms.publishing.searched import Weight

EXTENSION: Final = "simpul_searched_types"


class SearchedTypes:
    """All of them, in the order of the API's document.

    `searched` are the searched fields by type, `schemes` all filters that are answered from terms, `filters` those of the types' lists
    that not all lists have.
    """

    def __init__(self, types: Sequence[DeliveredType]) -> None:
        self.by_name: Mapping[str, DeliveredType] = {each.name: each for each in types}
        self.searched: Mapping[str, tuple[tuple[str, Weight], ...]] = {
            each.name: tuple(each.searched.items()) for each in types
        }
        self.schemes = tuple(dict.fromkeys(scheme for each in types for scheme in each.schemes))
        self.all_fields = tuple(dict.fromkeys(name for each in types for name in each.full_fields))
        self.filters: dict[str, fields.Field[Any]] = {}
        for each in types:
            self.filters = {**each.filters, **self.filters}

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of all types."""
        return tuple(each.topic for each in self.by_name.values())

    @property
    def words(self) -> Mapping[str, str]:
        """The words in braces for operations over all types."""
        return {"type": "item", "types": "items", "all": " and ".join(each.topic for each in self.by_name.values())}


def searched_types() -> SearchedTypes:
    """Those of the current application."""
    found: SearchedTypes = current_app.extensions[EXTENSION]
    return found
