"""Browsers of registered origins: preflight answers, and the headers that let a page read an error (R-H4)."""

from __future__ import annotations

from flask import Flask, Response, g, request

from cms.changes.heads import read_heads
from cms.core.errors import DomainError
from cms.serving.asked import Asked
from cms.serving.finished import PreparedResponse
from cms.serving.responding import EXPOSED
from cms.serving.state import ServingState, serving_state

ALLOWED_HEADERS = (
    "Authorization, If-None-Match, If-Modified-Since, If-Range, Range, Min-Seq, X-Request-Id, Accept-Language, "
    "Last-Event-ID"
)
PREFLIGHT_SECONDS = "600"


def answer_browsers(app: Flask) -> None:
    """Add the headers to the delivery plane's answers; other planes stay closed to foreign pages."""

    @app.after_request
    def add(answer: Response) -> Response:
        if isinstance(answer, PreparedResponse):
            return answer
        origin = request.headers.get("Origin")
        if origin is None or not request.path.startswith("/v1/"):
            return answer
        answer.vary.add("Origin")
        if request.method == "OPTIONS":
            return _preflight(answer, origin)
        if origin in _readers():
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Expose-Headers"] = EXPOSED
        return answer


def _readers() -> frozenset[str]:
    """The origins that may read this answer: those of the consumer, or all registered ones when the caller was refused. Such an
    answer only gives the reason (401, 403, 503); without it a page could not tell a revoked key from a lost network.
    """
    asked: Asked | None = g.get("asked")
    return _registered_origins() if asked is None or asked.holder is None else asked.holder.origins


def _registered_origins() -> frozenset[str]:
    """The origins that this process read last, so that wrong keys cost no statement; a preflight reads them again after a
    change.
    """
    state = serving_state()
    known = state.known_origins()
    return _present_origins(state) if known is None else known


def _present_origins(state: ServingState) -> frozenset[str]:
    try:
        heads = read_heads(state.reader)
        state.note_epoch(heads.epoch)
        return state.origins(heads.access)
    except DomainError:
        # The answer is sent anyway; a page of a known origin can read that the database is down.
        return state.known_origins() or frozenset()


def _preflight(answer: Response, origin: str) -> Response:
    if origin in _present_origins(serving_state()):
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        answer.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return answer
