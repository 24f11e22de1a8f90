"""Positions of copies: sealed, with the filters in them, and bound to the epoch and to what the key may see.

A position outlives the delivery key that it was made with: another key that sees the same goes on with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from cms.core.errors import BadRequest, Gone, InputError
from cms.publishing.walking import BEFORE_ALL
from cms.serving.admission import DeliveryRequest
from cms.serving.copy_limits import POSITION_LIFE

PATH: Final = "/v1/sync"
PURPOSE: Final = "sync/1"
"""What a position is sealed for; the number moves when its form does."""
LONGEST_POSITION: Final = 4_000
FROM_THE_BEGINNING: Final = -1
HOW: Final = ("fields", "limit", "max_bytes")
"""Parameters that say how pages look, not what is in them: they are not part of a position."""


@dataclass(frozen=True, slots=True)
class SyncPosition:
    """How far a copy is. It has every item as it was at the line `after`, and what came later only in part.

    `whole` is the line up to which it was complete before: what left a filter since then may be in the copy. It `began` at
    a line, and knows how each item ended that was live since then. `late` is how far it is
    in what no line tells yet, `day` the midnight at which agencies were told last (microseconds since 1970). `owners` and `channels` are
    those of merged agencies that its filters have led to.
    """

    types: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]
    after: int = FROM_THE_BEGINNING
    whole: int = 0
    began: int = 0
    late: tuple[int, int] = BEFORE_ALL
    day: int = 0
    owners: frozenset[str] = field(default_factory=frozenset)
    channels: frozenset[str] = field(default_factory=frozenset)

    def moved(self, after: int, late: tuple[int, int]) -> SyncPosition:
        """The position within the same walk, after another line."""
        return replace(self, after=after, late=late)

    def completed(self, after: int, day: int) -> SyncPosition:
        """The position when nothing was left to tell."""
        return replace(self, after=after, whole=after, late=BEFORE_ALL, day=day)

    def widened(self, owners: Collection[str], channels: Collection[str]) -> SyncPosition:
        """The same with what its filters lead to now."""
        return replace(self, owners=self.owners.union(owners), channels=self.channels.union(channels))


def sealed(position: SyncPosition, request: DeliveryRequest) -> str:
    """The position as readers keep it. Raises `BadRequest` when its filters name too much."""
    values = [
        request.heads.epoch, shown_to(request), position.types, sorted(position.filters.items()), position.after, position.whole, position.began,
        position.late, position.day, sorted(position.owners), sorted(position.channels),
    ]  # fmt: skip
    text = request.sources.cursors.encode(values, PURPOSE)
    if len(text) > LONGEST_POSITION:
        raise BadRequest("invalid_parameter", errors=[_fault("type", "too_long", max=LONGEST_POSITION)])
    return text


def opened(text: str, request: DeliveryRequest, types: Collection[str], how: Mapping[str, Any]) -> SyncPosition:
    """The position that a reader sends.

    Raises `BadRequest("invalid_position")` for one that this server did not make, `Gone("position_expired")` when the data were restored
    since then, the key sees something else, or a type of it is no more.
    """
    values = request.sources.cursors.opened(text, PURPOSE, POSITION_LIFE)
    if values is None:
        fault = _fault("position", "bad_format", expected="a position from links.next")
        raise BadRequest("invalid_position", errors=[fault])
    epoch, shown, names, filters, after, whole, began, late, day, owners, channels = values
    found = SyncPosition(
        tuple(names), {name: tuple(words) for name, words in filters}, after, whole, began, (late[0], late[1]), day,
        frozenset(owners), frozenset(channels),
    )  # fmt: skip
    if (epoch, shown) != (request.heads.epoch, shown_to(request)) or not set(names) <= set(types):
        raise Gone("position_expired", extra={"snapshot": snapshot_address(found, request, how)})
    return found


def page_address(position: SyncPosition, request: DeliveryRequest, how: Mapping[str, Any]) -> str:
    """Where the next page is, of the same form as this one."""
    return _address(request, {"position": sealed(position, request)}, how)


def snapshot_address(position: SyncPosition, request: DeliveryRequest, how: Mapping[str, Any]) -> str:
    """Where a copy with the same filters begins anew."""
    return _address(request, {"type": position.types, **position.filters}, how)


def shown_to(request: DeliveryRequest) -> str:
    """What the key may see, as a short digest."""
    agencies = request.sources.key_agencies
    text = "all" if agencies is None else ",".join(["of", *sorted(agencies)])
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def _address(request: DeliveryRequest, what: Mapping[str, str | Sequence[str]], how: Mapping[str, Any]) -> str:
    named = {name: how[name] for name in HOW if name in how}
    words = {name: word if isinstance(word, str | int) else ",".join(word) for name, word in {**what, **named}.items()}
    return f"{request.sources.public_url}{PATH}?{urlencode(words, safe=',')}"


def _fault(name: str, code: str, **params: Any) -> InputError:
    return InputError("parameter", name, code, params)
