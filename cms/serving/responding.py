"""Makes an answer from its dependencies: a 304 before anything is computed, else the bytes with their headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, Response, g

from cms.consumers.usage.copies import Copy
from cms.core.logging import current_request_id
from cms.serving.admission import DeliveryRequest
from cms.serving.answer_cache import RequestKey
from cms.serving.answers import Answer, Headers, answer_digest, caching_headers, position_headers
from cms.serving.asked import Asked
from cms.serving.counting import tally_of_reader
from cms.serving.finished import FinishedAnswer, PreparedResponse
from cms.serving.validity import NEVER_DUE, Validity

REQUEST_KEY = "simpul.request_key"


@dataclass(frozen=True, slots=True)
class Basis:
    """The facts about an answer that are known before it is computed.

    `topics` are those of the log that it will probably depend on. The real dependencies are collected while it is computed;
    naming them here only saves computing it twice. `groups` are names under which caches may drop it.
    """

    topics: tuple[str, ...]
    groups: tuple[str, ...]
    may_be_missing: bool = False
    """Only `compute` finds out whether there is an answer, so `If-None-Match: *` cannot be answered before it runs."""
    media_type: str = "application/json"
    copy: Copy | None = None
    """The copy whose page this is; when the same page is asked for again, it has all of it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The scheduled changes around an answer (microseconds since 1970): the last that is past but not carried out and since when one
    is, 0 when there is none, and the next one.
    """

    passed: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Body:
    """A computed body and the headers that depend on it (the Link to the next page)."""

    content: bytes
    headers: Headers
    is_repeated: bool = True
    """False for what nobody asks for twice: it would only push out other kept answers."""


def respond(request: DeliveryRequest, basis: Basis, compute: Callable[[int], Body]) -> FinishedAnswer:
    """Answer with 304 when the caller has it, else with the body that `compute` makes for the sequence that the answer reflects.

    The ETag covers everything that was read. When computing it reads more than was known before, the answer is computed again
    with a tag that covers that too; a tag that covers less is never sent.
    """
    dependencies = request.sources.dependencies
    request.sources.expect(basis.topics)
    while True:
        known = dependencies.growth
        timing = _timing(request)
        positions = dependencies.positions(request.heads)
        sequence = max(positions, default=0)
        answer = _bare_answer(basis, request, timing, positions, sequence)
        known_tag = _known_tag(answer, basis, request)
        if known_tag is not None:
            # `*` matches any answer: the caller does not have it and it was not computed, so it is not worth caching.
            if "*" not in request.asked.environ["HTTP_IF_NONE_MATCH"]:
                _keep(answer, request, timing)
            return _finished(
                "304 Not Modified", answer.headers_without_body(known_tag), [], answer.cache_control(request.now)
            )
        body = compute(sequence)
        if dependencies.growth == known:
            break
    answer.body = body.content
    answer.headers += body.headers
    if body.is_repeated:
        _keep(answer, request, timing)
    return _full(answer, request)


def _known_tag(answer: Answer, basis: Basis, request: DeliveryRequest) -> str | None:
    known = request.asked.environ.get("HTTP_IF_NONE_MATCH")
    if known is None or (basis.may_be_missing and "*" in known):
        return None
    return answer.known_tag(known, request.asked.environ.get("HTTP_ACCEPT_ENCODING", ""))


def _timing(request: DeliveryRequest) -> Timing:
    """Usually taken from the heads. When a scheduled moment has passed but the worker has not carried it out, from the schedules."""
    passed, since, until, topics = 0, 0, NEVER_DUE, request.sources.dependencies.followed
    for kind, topic in request.state.head.topics.items():
        if topic not in topics:
            continue
        due_at = getattr(request.heads, f"{topic}_due_at")
        if due_at <= request.now:
            since = min(since, due_at) if since else due_at
            last, coming = request.state.publications.scheduled_moments(kind, request.now)
            # At least the moment that the heads name, should it have been carried out since they were read.
            passed, due_at = max(passed, last, due_at), coming
        until = min(until, due_at)
    return Timing(passed, since, until)


def _bare_answer(
    basis: Basis, request: DeliveryRequest, timing: Timing, positions: Sequence[int], sequence: int
) -> Answer:
    """The answer without its body. Its tag covers everything that determines the body. `sequence` is the newest of the positions of what it
    depends on.
    """
    holder, asked, noted = request.holder, request.asked, request.sources.dependencies
    visibility = "all" if holder.agencies is None else ",".join(sorted(holder.agencies))
    digest = answer_digest(
        request.heads.epoch,
        # Cursors are made with this key, so another key gives other bytes and another tag.
        request.state.signing_keys.current().id,
        # Links and `media_base` begin with it.
        request.state.public_url,
        *sorted(noted.topics),
        *sorted(noted.parts),
        *sorted(noted.facts),
        *positions,
        visibility,
        asked.path,
        asked.query_string,
        noted.told_since,
        timing.passed,
        timing.since,
        holder.key_id if noted.is_about_key else "",
    )
    vary = "Authorization, Accept-Encoding" + (", Origin" if holder.origins else "")
    modified_at = max(noted.modified_at(request.heads), timing.passed)
    position = position_headers(request.heads.epoch, sequence)
    headers = caching_headers(modified_at, basis.groups, vary, basis.media_type) + position + cors_headers(request)
    state = request.state
    validity = Validity.of(noted, request.heads, holder.expires_at, timing.until, state.types)
    limits, tally = state.limits.of(holder), state.traffic.of(tally_of_reader(asked))
    return Answer(digest, headers, None, validity, holder.key_id, state.max_age, limits, tally, basis.copy)


def cors_headers(request: DeliveryRequest) -> Headers:
    """Let only browser pages of the consumer's registered origins read the answer (R-H4)."""
    origin = request.asked.environ.get("HTTP_ORIGIN")
    if origin is None or origin not in request.holder.origins:
        return []
    return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", EXPOSED)]


EXPOSED = (
    "ETag, Last-Modified, Link, Content-Epoch, Content-Seq, Cache-Groups, Surrogate-Key, Vary, Retry-After, X-Request-Id, "
    "Content-Disposition, Content-Range, Accept-Ranges, RateLimit, RateLimit-Policy"
)


def _keep(answer: Answer, request: DeliveryRequest, timing: Timing) -> None:
    key: RequestKey | None = request.asked.environ.get(REQUEST_KEY)
    # While the worker is late, schedules after the one in the heads may change: nothing is cached.
    if key is not None and not timing.passed:
        request.state.kept.keep(key, answer)


def _full(answer: Answer, request: DeliveryRequest) -> FinishedAnswer:
    encoding = answer.encoding_for(request.asked.environ.get("HTTP_ACCEPT_ENCODING", ""))
    content = answer.bytes_in(encoding)
    return _finished(
        "200 OK", answer.full_headers(encoding, len(content)), [content], answer.cache_control(request.now)
    )


def _finished(status: str, headers: Headers, content: list[bytes], cache_control: str) -> FinishedAnswer:
    own = [
        ("Cache-Control", cache_control),
        ("X-Request-Id", current_request_id() or ""),
    ]
    return FinishedAnswer(status, headers + own, content)


def tell_position(app: Flask) -> None:
    """Give every answer of the delivery plane its log position, also errors and redirects."""

    @app.after_request
    def tell(answer: Response) -> Response:
        if isinstance(answer, PreparedResponse):
            return answer
        asked: Asked | None = g.get("asked")
        if asked is not None and asked.heads is not None:
            for name, value in position_headers(asked.heads.epoch, asked.heads.sequence):
                answer.headers.setdefault(name, value)
        return answer
