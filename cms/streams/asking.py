"""Asks the application what a request of this process gets: admission, checks, problems and headers are those of all others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from flask import Flask, Response
from werkzeug.wrappers import Response as AnyResponse

from cms.core.errors import DomainError, Misdirected, Unavailable
from cms.core.http.problems import domain_problem
from cms.core.logging import end_request, start_request
from cms.streams.connection import Head
from cms.sync.changed_lines import PATH
from cms.sync.waiting import FULL_SECONDS, STREAM_PATH, WAITS, Opening

HEALTH: Final = frozenset({"/healthz", "/readyz"})
ANSWERED: Final = frozenset({PATH, STREAM_PATH}) | HEALTH
# RFC 9110, section 7.6.1: about one connection, not about the answer.
_OF_THE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answers."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


def ask(app: Flask, head: Head, opening: Opening) -> Answer:
    """The application's answer to a request; what it may wait for stands in `opening`. Only what waits is answered here."""
    if head.path not in ANSWERED:
        return _refusal(app, head, _elsewhere(app))
    environ = {**_environ(head), WAITS: opening}
    if head.path in HEALTH:
        del environ[WAITS]
    answer = AnyResponse.from_app(app, environ, buffered=True)
    if opening.places is None:
        # It is as of the end of a wait: no cache may give it to whoever waits next.
        answer.headers["Cache-Control"] = "no-cache"
    return Answer(answer.status_code, _kept(answer), answer.get_data())


def busy_answer(app: Flask) -> Answer:
    """What is answered while more requests come in than this process can look at; made once, because nothing is looked at."""
    error = Unavailable("streams_full", headers={"Retry-After": str(FULL_SECONDS)})
    return _refusal(app, Head("GET", PATH, "", "HTTP/1.1", (), False, ""), error)


def _refusal(app: Flask, head: Head, error: DomainError) -> Answer:
    environ = {**_environ(head), "PATH_INFO": "/"}
    with app.request_context(environ):
        start_request(None)
        try:
            answer: Response = app.process_response(domain_problem(error))
        finally:
            end_request()
    return Answer(answer.status_code, _kept(answer), b"" if head.method == "HEAD" else answer.get_data())


def _elsewhere(app: Flask) -> Misdirected:
    address = app.extensions["simpul"].settings.public_url
    return Misdirected("misdirected", address=address, extra={"server": address})


def _kept(answer: AnyResponse) -> Sequence[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers if name.lower() not in _OF_THE_CONNECTION]


def _environ(head: Head) -> dict[str, Any]:
    """The request as WSGI has it, without its body: nothing here takes one."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": head.path,
        "QUERY_STRING": head.query,
        "SERVER_PROTOCOL": head.version,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": head.address,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in head.headers:
        # An underscore could stand in for a hyphen (decision 29).
        if "_" in name or name in {"content-length", "content-type", "transfer-encoding"}:
            continue
        key = f"HTTP_{name.upper().replace('-', '_')}"
        found[key] = f"{found[key]},{value}" if key in found else value
    return found
