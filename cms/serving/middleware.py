"""Answers repeated requests from memory before Flask is entered.

A cached answer is sent only while one small read of the log's heads shows that its dependencies have not changed and its key is
still valid. So it is as fresh as a computed one, in every process, from the moment a publish request has been answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from cms.changes.heads import Heads
from cms.core import clock
from cms.core.errors import DomainError
from cms.core.logging import harmless_request_id
from cms.core.rate_limits import TENTH, WHOLE, Allowance
from cms.core.schema_state import SchemaWatch
from cms.serving.admission import READ_HEADS
from cms.serving.answer_cache import RequestKey
from cms.serving.answers import Answer
from cms.serving.responding import REQUEST_KEY
from cms.serving.state import ServingState
from cms.serving.validity import ItemLive

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
# Requests with these headers are passed to the application.
LONG_WAY = ("HTTP_MIN_SEQ", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")


class AnswerCacheMiddleware:
    """WSGI middleware around the application."""

    def __init__(self, application: Application, state: ServingState, schema: SchemaWatch) -> None:
        self._application = application
        self._state = state
        self._schema = schema

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory when a cached answer is valid, else call the application."""
        if not environ["PATH_INFO"].startswith("/v1/") or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._application(environ, start_response)
        if self._schema.fault is not None or not environ.keys().isdisjoint(LONG_WAY):
            return self._application(environ, start_response)
        key = _request_key(environ)
        answer = self._state.kept.find(key)
        if answer is not None:
            moment = clock.monotonic()
            allowance = answer.counting.allowance(environ.get("REMOTE_ADDR"), moment)
            # The application refuses a caller who has sent too many.
            if allowance is None or not allowance.wait(moment):
                given = self._given(answer, environ, start_response, allowance, moment)
                if given is not None:
                    return given
        environ[REQUEST_KEY] = key
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
            present, now, heads, item_live = self._state.at_believed_moment(partial(self._position, answer))
        except DomainError:
            # The application reports it in a problem document.
            return None
        if not answer.validity.holds(heads, now, item_live) or not answer.validity.opens(present):
            if answer.validity.item is None:
                # A detail reads its item again together with the heads.
                environ[READ_HEADS] = present, now, heads
            return None
        if answer.key_id:
            self._state.keys.note_use(answer.key_id, present)
        own = [
            ("Cache-Control", answer.cache_control(now)),
            ("X-Request-Id", harmless_request_id(environ.get("HTTP_X_REQUEST_ID"))),
        ]
        if allowance is not None:
            own += allowance.charge(moment, WHOLE if known_tag is None else TENTH)
        if known_tag is not None:
            start_response("304 Not Modified", answer.headers_without_body(known_tag) + own)
            return []
        encoding = answer.encoding_for(accepted)
        content = answer.bytes_in(encoding)
        start_response("200 OK", answer.full_headers(encoding, len(content)) + own)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def _position(self, answer: Answer, now: int) -> tuple[Heads, ItemLive | None]:
        """The position of the log, and for a detail its live publication and when that ends; one statement."""
        item = answer.validity.item
        if item is None:
            heads, item_live = self._state.head.read(self._state.reader), None
        else:
            heads, item_live = self._state.publications.heads_and_live(*item, now)
        self._state.note_epoch(heads.epoch)
        return heads, item_live


def _request_key(environ: Environ) -> RequestKey:
    get = environ.get
    return (
        get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        get("QUERY_STRING", ""),
        get("HTTP_AUTHORIZATION", ""),
        get("HTTP_ORIGIN", ""),
    )
