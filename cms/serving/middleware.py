"""Answers repeated requests from memory before Flask is entered.

A cached answer is sent only while the log's heads show that its dependencies have not changed and its key is still valid
(`cms.serving.kept_check`). So on one node it is as fresh as a computed one, in every process, from the moment a publish request has
been answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cms.changes.heads import Heads
from cms.core import clock
from cms.core.errors import DomainError
from cms.core.logging import harmless_request_id
from cms.core.rate_limits import TENTH, WHOLE, Allowance
from cms.core.schema_state import SchemaWatch
from cms.serving.admission import READ_HEADS
from cms.serving.answer_cache import RequestKey
from cms.serving.answers import Answer, Headers
from cms.serving.kept_check import KeptCheck
from cms.serving.responding import REQUEST_KEY
from cms.serving.single_flight import SingleFlight
from cms.serving.state import ServingState

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
OK, NOT_MODIFIED = 200, 304
# Requests with these headers, and those that wait (cms/sync/waiting.py), are passed to the application.
LONG_WAY = ("HTTP_MIN_SEQ", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING", "simpul.waits")


class AnswerCacheMiddleware:
    """WSGI middleware around the application."""

    def __init__(self, application: Application, state: ServingState, schema: SchemaWatch) -> None:
        self._application = application
        self._state, self._kept, self._flights = state, KeptCheck(state), SingleFlight()
        self._schema = schema

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory when a cached answer is valid, else call the application."""
        if not environ["PATH_INFO"].startswith("/v1/") or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._application(environ, start_response)
        if self._schema.fault is not None or not environ.keys().isdisjoint(LONG_WAY):
            return self._application(environ, start_response)
        key, moment = _request_key(environ), clock.monotonic()
        environ[REQUEST_KEY] = key
        answer = self._state.kept.find(key, moment)
        if answer is not None:
            allowance = answer.counting.allowance(environ.get("REMOTE_ADDR"), moment)
            # The application refuses a caller who has sent too many.
            if allowance is None or not allowance.wait(moment):
                given = self._given(answer, environ, start_response, allowance, moment)
                return self._computed_once(key, environ, start_response, allowance) if given is None else given
        return self._application(environ, start_response)

    def _computed_once(
        self, key: RequestKey, environ: Environ, start_response: StartResponse, allowance: Allowance | None
    ) -> Iterable[bytes]:
        """Have the application compute an answer that does not hold any more, unless another thread is doing that."""
        with self._flights.turn(key) as is_first:
            if not is_first:
                # What was read before the wait is older than the answer that has come.
                environ.pop(READ_HEADS, None)
                moment = clock.monotonic()
                answer = self._state.kept.find(key, moment)
                given = None if answer is None else self._given(answer, environ, start_response, allowance, moment)
                if given is not None:
                    return given
            return self._application(environ, start_response)

    def _given(
        self,
        answer: Answer,
        environ: Environ,
        start_response: StartResponse,
        allowance: Allowance | None,
        moment: float,
    ) -> Iterable[bytes] | None:
        """Send the cached answer; None when it is no longer valid or its body was never made."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        known_tag = None if known is None else answer.known_tag(known, accepted)
        if answer.body is None and known_tag is None:
            return None
        try:
            present, now, holds, heads = self._kept.check(answer)
        except DomainError:
            # The application reports it in a problem document.
            return None
        if not holds:
            if heads is not None and answer.validity.item is None:
                # A detail reads its item again together with the heads.
                environ[READ_HEADS] = present, now, heads
            return None
        self._note_use(answer, heads, present)
        own = [
            ("Cache-Control", answer.cache_control(now)),
            ("X-Request-Id", harmless_request_id(environ.get("HTTP_X_REQUEST_ID"))),
        ]
        if allowance is not None:
            own += allowance.charge(moment, WHOLE if known_tag is None else TENTH)
        sent = _sent(answer, known_tag, environ, start_response, own)
        status = OK if known_tag is None else NOT_MODIFIED
        answer.tally.note(status, len(sent[0]) if sent else 0, clock.monotonic() - moment)
        return sent

    def _note_use(self, answer: Answer, heads: Heads | None, present: int) -> None:
        """Note when a key was used, and how far a copy is."""
        if answer.key_id:
            self._state.keys.note_use(answer.key_id, present)
        if answer.copy is not None:
            answer.copy.complete(heads or self._state.remembered.find(), present)


def _sent(
    answer: Answer, known_tag: str | None, environ: Environ, start_response: StartResponse, own: Headers
) -> list[bytes]:
    """Send the answer, or 304 to who has it; `own` are the headers of this request."""
    if known_tag is not None:
        start_response("304 Not Modified", answer.headers_without_body(known_tag) + own)
        return []
    encoding = answer.encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
    content = answer.bytes_in(encoding)
    start_response("200 OK", answer.full_headers(encoding, len(content)) + own)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]


def _request_key(environ: Environ) -> RequestKey:
    get = environ.get
    return (
        get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        get("QUERY_STRING", ""),
        get("HTTP_AUTHORIZATION", ""),
        get("HTTP_ORIGIN", ""),
    )
