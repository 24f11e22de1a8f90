"""The content types of an application on the delivery plane; `capabilities` lists the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from cms.publishing.delivered import DeliveredType

SORTS = {
    "-published_at": ("published_at", True),
    "published_at": ("published_at", False),
    "-updated_at": ("updated_at", True),
    "updated_at": ("updated_at", False),
    "-changed_at": ("changed_at", True),
    "changed_at": ("changed_at", False),
}
EVENT_SORTS = {"-event_date": ("event_from", True), "event_date": ("event_from", False)}
"""Sorts of types whose items take place; what does not take place is left out."""
COMMON_SCHEMES = ("slug",)
"""Schemes of terms that the items of every type have; they lead before the type's own."""
_SCHEME = re.compile("[a-z_]+")


def sorts_of(delivered: DeliveredType) -> dict[str, tuple[str, bool]]:
    """The sorts of a type's list: the column, and whether the highest value comes first."""
    return {**SORTS, **(EVENT_SORTS if delivered.has_events else {})}


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
    def card_fields(self) -> frozenset[str]:
        """The fields in the cards of any type."""
        return frozenset(name for each in self.types for name in each.card_fields)

    @cached_property
    def all_fields(self) -> tuple[str, ...]:
        """The fields that can be picked in lists of several types; an item has those of its own type."""
        return tuple(dict.fromkeys(name for each in self.types for name in each.full_fields))
