"""Requests that wait for the next line of the log.

They are admitted, checked and refused like all others, by the same code. Then a process of its own (`cms.streams`) keeps them open: it hands
the application an `Opening` with the request, and finds in it what the caller waits for. Every other process tells where to wait.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Final

from cms.consumers.key_cache import KeyHolder
from cms.core.addresses import subscriber
from cms.core.errors import BadRequest, InputError, Misdirected, TooManyRequests, Unavailable
from cms.core.http.access import bearer_token
from cms.core.logging import current_request_id
from cms.core.metrics import STREAMS_REFUSED
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest
from cms.serving.answers import position_headers
from cms.serving.finished import FinishedAnswer
from cms.serving.responding import cors_headers
from cms.sync.changed_lines import PATH, POSITION, POSITION_IN_WORDS, Query, Wanted, asked_position
from config import Settings

WAITS: Final = "simpul.waits"
"""The key of the `Opening` in the WSGI environ."""
STREAM_PATH: Final = f"{PATH}/stream"
EVENT_STREAM: Final = "text/event-stream"
LONGEST_WAIT: Final = 60
"""Seconds; proxies end an answer that does not begin, often after 60."""
FULL_SECONDS: Final = 10


class Places:
    """How many requests may wait in this process, and of one key. Safe to share between threads."""

    def __init__(self, most: int, per_key: int) -> None:
        self._most, self._per_key = most, per_key
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, name: str) -> None:
        """Take a place for this key or address. Raises `TooManyRequests`, `Unavailable`."""
        with self._lock:
            if self._per_key and self._taken[name] >= self._per_key:
                STREAMS_REFUSED.labels("key").inc()
                seconds = str(FULL_SECONDS)
                raise TooManyRequests("too_many_streams", most=self._per_key, headers={"Retry-After": seconds})
            if self._taken.total() >= self._most:
                STREAMS_REFUSED.labels("process").inc()
                raise Unavailable("streams_full", headers={"Retry-After": str(FULL_SECONDS)})
            self._taken[name] += 1

    def give_back(self, name: str) -> None:
        """Give back a place that was taken."""
        with self._lock:
            self._taken[name] -= 1
            self._taken += Counter()


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an admitted caller waits for: lines after `after` in this epoch. `token` is its key, to look again whether it still holds."""

    token: str | None
    holder: KeyHolder
    epoch: str
    after: int
    wanted: Wanted
    wait: int | None
    """Seconds of a long poll; None for a stream."""
    name: str
    """Under which its place was taken."""


@dataclass(slots=True)
class Opening:
    """Handed to the application with a request that may wait. Without `places` it has waited already and is answered now."""

    places: Places | None
    subscription: Subscription | None = None


def has_begun(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> bool:
    """Note what this request waits for, and take a place for it; False when it has waited already.

    Raises `Misdirected` in every process but that for waiting, `TooManyRequests` and `Unavailable` when too many wait, and what
    `asked_position` raises.
    """
    environ = request.asked.environ
    opening: Opening | None = environ.get(WAITS)
    if opening is None:
        raise waits_elsewhere(request.sources.settings)
    if opening.places is None or environ["REQUEST_METHOD"] != "GET":
        return False
    after = asked_position(request, query)
    name = request.holder.key_id or subscriber(environ.get("REMOTE_ADDR") or "unknown")
    opening.places.take(name)
    token = bearer_token(environ.get("HTTP_AUTHORIZATION"))
    wait: int | None = query.get("wait")
    opening.subscription = Subscription(
        token, request.holder, request.heads.epoch, after, Wanted.of(types, query), wait, name
    )
    return True


def begin_poll(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> FinishedAnswer | None:
    """What the process for waiting gets in place of an answer; None when the request has waited already. Raises like `has_begun`."""
    if not has_begun(request, types, query):
        return None
    # The answer after the wait is paid for.
    request.asked.allowance = None
    return FinishedAnswer("204 No Content", [], [])


def open_stream(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> FinishedAnswer:
    """The head of a stream; the process for waiting goes on with it. Raises like `has_begun`."""
    last = request.asked.environ.get("HTTP_LAST_EVENT_ID")
    newest = f"{request.heads.epoch}-{request.heads.sequence}"
    # What a browser sends when it connects again, while the address still names the beginning.
    asked = {"after": newest, **query} if not last else {**query, "after": _checked_position(last)}
    has_begun(request, types, asked)
    headers = [
        ("Content-Type", EVENT_STREAM),
        ("Cache-Control", "no-store"),
        # nginx passes it on as it comes, whatever its own settings say.
        ("X-Accel-Buffering", "no"),
        ("X-Content-Type-Options", "nosniff"),
        ("Vary", "Authorization" + (", Origin" if request.holder.origins else "")),
        ("X-Request-Id", current_request_id() or ""),
        *position_headers(request.heads.epoch, request.heads.sequence),
        *cors_headers(request),
    ]
    return FinishedAnswer("200 OK", headers, [])


def _checked_position(last: str) -> str:
    """The header `Last-Event-ID`. Raises `BadRequest`."""
    if POSITION.fullmatch(last) is None:
        told = {"expected": POSITION_IN_WORDS}
        raise BadRequest("invalid_parameter", errors=[InputError("header", "Last-Event-ID", "bad_format", told)])
    return last


def waits_elsewhere(settings: Settings) -> Misdirected:
    """Says where to wait."""
    address = settings.waits_at
    return Misdirected("misdirected", address=address or "/v1/changes, from time to time", extra={"server": address})
