"""What a copy follows: of each content type the items that its filters and its key show, now and before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cms.core.errors import Gone
from cms.publishing.delivered import DeliveredType
from cms.publishing.selection import Relation, Selection
from cms.publishing.walking import Walk, Walked
from cms.publishing.wanted import Wanted
from cms.serving.admission import DeliveryRequest
from cms.serving.sources import Sources
from cms.sync.positions import FROM_THE_BEGINNING, SyncPosition, snapshot_address


@dataclass(frozen=True, slots=True)
class Followed:
    """The content of a copy, and its position with the agencies that its filters lead to now.

    `formerly` is wider than `wanted` once a merger was undone: then it tells what the copy may still have.
    """

    walk: Walk
    wanted: Mapping[str, Wanted]
    formerly: Mapping[str, Wanted]
    position: SyncPosition

    @property
    def is_everything(self) -> bool:
        """True when no item is left out."""
        return all(wanted.is_everything for wanted in self.wanted.values())

    @property
    def knows_every_line(self) -> bool:
        """False when it is of some channels: it depends on their lines alone, and items that have left have later ones."""
        return all("channel" not in wanted.terms for wanted in self.wanted.values())

    def shown_as(self, item: Walked) -> str | None:
        """How a copy has this item (`Wanted.shown_as`); None when it has not, or readers have not."""
        if item.publication_id is None:
            return None
        return self.wanted[item.type].shown_as(item.owner, item.terms_json)


def followed(
    request: DeliveryRequest, delivered: Iterable[DeliveredType], position: SyncPosition, how: Mapping[str, Any]
) -> Followed:
    """What this position follows. Notes all that an answer depends on.

    Raises `Gone("position_expired")` when mergers have changed whether channels narrow the owners that the key shows.
    """
    sources, filters = request.sources, position.filters
    asked = filters.get("channel", ())
    channels = sources.with_predecessors("channels", asked)
    owners = sources.listed_agencies(filters.get("agency"), asked)
    if asked:
        sources.shown_names(sorted(channels))
    has_begun = position.after != FROM_THE_BEGINNING
    if has_begun and bool(owners) != bool(position.owners) and not (position.owners and owners == ()):
        raise Gone("position_expired", extra={"snapshot": snapshot_address(position, request, how)})
    position = position.widened(owners or (), channels)
    now = {each.name: _wanted(each, filters, owners, channels) for each in delivered}
    formerly = {
        each.name: _wanted(each, filters, None if owners is None else position.owners, position.channels)
        for each in delivered
    }
    walk = sources.walk(_selection(name, wanted) for name, wanted in formerly.items())
    return Followed(walk, now, formerly, position)


def carriers(sources: Sources, position: SyncPosition) -> dict[str, str]:
    """The names of the agencies on whose channels items can be reposts, as JSON by slug."""
    return sources.shown_names(sorted(position.channels)) if position.channels else {}


def _wanted(
    delivered: DeliveredType,
    filters: Mapping[str, tuple[str, ...]],
    owners: Iterable[str] | None,
    channels: Iterable[str],
) -> Wanted:
    """The filters that this type has; the others do not narrow it."""
    terms = {scheme: frozenset(filters[scheme]) for scheme in delivered.schemes if scheme in filters}
    if "channel" in terms:
        terms["channel"] = frozenset(channels)
    relation = Relation(filters["relation"][0]) if "relation" in filters and "relation" in delivered.filters else None
    return Wanted(None if owners is None else frozenset(owners), terms, relation)


def _selection(type: str, wanted: Wanted) -> Selection:
    """A list that depends on the same owners and channels."""
    owners = None if wanted.owners is None else tuple(sorted(wanted.owners))
    channels = {name: tuple(sorted(terms)) for name, terms in wanted.terms.items() if name == "channel"}
    return Selection(type, owners, channels)
