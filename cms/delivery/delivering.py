"""From a basis (what an answer depends on) to the answer: 304 before anything is computed, else the bytes with their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Response

from cms.core import clock
from cms.core.logging import current_request_id
from cms.core.runtime import runtime
from cms.delivery.answers import NEVER_DUE, Answer, Headers, Validity, answer_digest, caching_headers
from cms.delivery.entrance import Visit, visit
from cms.delivery.kept_answers import RequestKey

KEPT_KEY = "simpul.request_key"
PLANNED_TOPICS = {"posts": "post", "documents": "document"}
"""Topics whose answers change at planned moments, and their content type."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What decides an answer, beside the request itself.

    `topics` are those of the log whose changes can affect it; `item_sequence` replaces its type's topic for a detail.
    `modified_at` (microseconds since 1970) is when the newest of them changed, `item_until` when the detail ends.
    """

    topics: tuple[str, ...]
    groups: tuple[str, ...]
    item: tuple[str, str] | None = None
    item_sequence: int | None = None
    item_updated_at: int = 0
    item_until: int | None = None
    may_be_missing: bool = False
    """Only `compute` finds out whether there is anything, so that `If-None-Match: *` cannot be answered before it."""

    def sequence(self, visited: Visit) -> int:
        """The newest position of the log that affects the answer."""
        return max([int(getattr(visited.heads, topic)) for topic in self.topics] + [self.item_sequence or 0])

    def modified_at(self, visited: Visit) -> int:
        """When that was."""
        return max([int(getattr(visited.heads, f"{topic}_at")) for topic in self.topics] + [self.item_updated_at])


@dataclass(frozen=True, slots=True)
class Timing:
    """Where an answer stands between planned changes (microseconds since 1970): the last that has passed without being
    carried out, 0 when there is none, and the next one.
    """

    passed: int
    until: int


@dataclass(frozen=True, slots=True)
class Body:
    """A computed body and the headers that only it knows (the Link to the next page)."""

    content: bytes
    headers: Headers


def deliver(basis: Basis, compute: Callable[[int], Body]) -> Response:
    """Answer with 304 when the caller has it, else with what `compute` makes of the sequence that the answer reflects."""
    visited = visit()
    sequence = basis.sequence(visited)
    now = clock.micros(clock.now())
    timing = _timing(basis, visited, now)
    answer = _bare_answer(basis, visited, sequence, timing)
    known_tag = _known_tag(answer, basis, visited)
    if known_tag is not None:
        _keep(answer, visited, timing)
        return _prepared(304, answer.headers_without_body(known_tag), [], visited, answer.cache_control(now))
    body = compute(sequence)
    answer.body = body.content
    answer.headers += body.headers
    _keep(answer, visited, timing)
    return _full(answer, visited, now)


def _known_tag(answer: Answer, basis: Basis, visited: Visit) -> str | None:
    known = visited.asked.headers.get("If-None-Match")
    if known is None or (basis.may_be_missing and "*" in known):
        return None
    return answer.known_tag(known, visited.asked.headers.get("Accept-Encoding", ""))


def _timing(basis: Basis, visited: Visit, now: int) -> Timing:
    """Usually the heads say it. While a moment has passed and the worker has not come yet, a look at the plans does."""
    passed, until = 0, basis.item_until or NEVER_DUE
    for topic, kind in PLANNED_TOPICS.items():
        if topic not in basis.topics:
            continue
        due_at = getattr(visited.heads, f"{topic}_due_at")
        if due_at <= now:
            last, coming = visited.desk.publications.planned_moments(kind)
            # At least the moment that the heads name, should it have been carried out since they were read.
            passed, due_at = max(passed, last, due_at), coming
        until = min(until, due_at)
    return Timing(passed, until)


def _bare_answer(basis: Basis, visited: Visit, sequence: int, timing: Timing) -> Answer:
    agencies, asked = visited.holder.agencies, visited.asked
    visibility = "all" if agencies is None else ",".join(sorted(agencies))
    moment = (timing.passed,) if timing.passed else ()
    digest = answer_digest(sequence, visibility, asked.path, asked.query_string.decode("latin-1"), *moment)
    vary = "Authorization, Accept-Encoding" + (", Origin" if visited.holder.origins else "")
    modified_at = max(basis.modified_at(visited), timing.passed)
    headers = caching_headers(modified_at, basis.groups, vary) + cors_headers(visited)
    validity = Validity(
        access=visited.heads.access,
        topics=tuple((name, getattr(visited.heads, name)) for name in _watched(basis.topics)),
        key_expires_at=clock.micros(visited.holder.expires_at),
        item=basis.item,
        item_live=(basis.item_sequence, basis.item_until) if basis.item else None,
        until=timing.until,
    )
    return Answer(digest, headers, None, validity, visited.holder.key_id, runtime().settings.delivery_max_age)


@lru_cache
def _watched(topics: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of the heads that say whether the answer holds."""
    return (*topics, *(f"{topic}_due_at" for topic in topics if topic in PLANNED_TOPICS))


def cors_headers(visited: Visit) -> Headers:
    """Let a browser page of the consumer's own registered origins read the answer; nobody else's (R-H4)."""
    origin = visited.asked.headers.get("Origin")
    if origin is None or origin not in visited.holder.origins:
        return []
    return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", EXPOSED)]


EXPOSED = (
    "ETag, Last-Modified, Link, Content-Seq, Cache-Groups, Surrogate-Key, Vary, Retry-After, X-Request-Id, "
    "Content-Disposition, Content-Range, Accept-Ranges"
)


def _keep(answer: Answer, visited: Visit, timing: Timing) -> None:
    key: RequestKey | None = visited.asked.environ.get(KEPT_KEY)
    # While the worker is late, plans may change behind the one that the heads name: nothing is kept.
    if key is not None and not timing.passed:
        visited.desk.kept.keep(key, answer)


class PreparedResponse(Response):
    """A response whose headers are complete: neither Werkzeug nor a hook of ours has anything to add any more.

    Werkzeug would also take Last-Modified away from a 304, and api.md wants the headers of the 200 answer.
    """

    def __init__(self, status: int, headers: Headers, content: list[bytes]) -> None:
        super().__init__(content, status)
        self._complete = headers

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Send it."""
        start_response(self.status, self._complete)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else self.response  # type: ignore[return-value]


def _full(answer: Answer, visited: Visit, now: int) -> Response:
    encoding = answer.encoding_for(visited.asked.headers.get("Accept-Encoding", ""))
    content = answer.bytes_in(encoding)
    return _prepared(200, answer.full_headers(encoding, len(content)), [content], visited, answer.cache_control(now))


def _prepared(status: int, headers: Headers, content: list[bytes], visited: Visit, cache_control: str) -> Response:
    own = [
        ("Cache-Control", cache_control),
        ("Content-Seq", str(visited.heads.sequence)),
        ("X-Request-Id", current_request_id() or ""),
    ]
    return PreparedResponse(status, headers + own, content)
