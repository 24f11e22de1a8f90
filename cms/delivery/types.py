"""How the lists of content types are sorted; `capabilities` lists the same."""

from __future__ import annotations

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


def sorts_of(delivered: DeliveredType) -> dict[str, tuple[str, bool]]:
    """The sorts of a type's list: the column, and whether the highest value comes first."""
    return {**SORTS, **(EVENT_SORTS if delivered.has_events else {})}
