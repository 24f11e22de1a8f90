"""Browsers of registered origins: preflight answers, and the headers that let a page read an error (R-H4)."""

from __future__ import annotations

from flask import Flask, Response, g, request

from cms.changes.log import read_heads
from cms.delivery.delivering import EXPOSED, PreparedResponse
from cms.delivery.desk import desk

ALLOWED_HEADERS = (
    "Authorization, If-None-Match, If-Modified-Since, If-Range, Range, Min-Seq, X-Request-Id, Accept-Language"
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
        holder = g.get("consumer")
        if holder is not None and origin in holder.origins:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Expose-Headers"] = EXPOSED
        return answer


def _preflight(answer: Response, origin: str) -> Response:
    if origin in desk().origins(read_heads(desk().reader).access):
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        answer.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return answer
