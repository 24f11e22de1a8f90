"""The content types that feeds are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from marshmallow import fields

from cms.publishing.delivered import DeliveredType

FILTERS = ("kind", "category")
"""Filters of a feed that only some types have, besides `tag`, which all have."""


class FeedTypes:
    """All content types, in the order of the API's document; the first is what a feed is made of unless it says otherwise."""

    def __init__(self, types: Sequence[DeliveredType]) -> None:
        self.by_name: Mapping[str, DeliveredType] = {each.name: each for each in types}

    @property
    def words(self) -> Mapping[str, str]:
        """The words in braces for operations over all types."""
        return {"type": "item", "types": "items", "all": " or ".join(f"`{name}`" for name in self.by_name)}

    @property
    def first(self) -> str:
        """The name of the first type."""
        return next(iter(self.by_name))

    @cached_property
    def filters(self) -> dict[str, fields.Field[Any]]:
        """The filters of `FILTERS`, as the first type that has them describes them."""
        found: dict[str, fields.Field[Any]] = {}
        for name in FILTERS:
            having = [each.filters[name] for each in self.by_name.values() if name in each.filters]
            found |= {name: having[0]} if having else {}
        return found

    @cached_property
    def with_events(self) -> DeliveredType | None:
        """The first type whose items take place at a time."""
        return next((each for each in self.by_name.values() if each.has_events), None)
