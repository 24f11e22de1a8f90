"""Bounds the request line and headers before any other code reads them.

The web server takes some 400 KB of request line and headers. Code that reads a header, a path or a query takes time with its length,
and caches some of it. No honest request exceeds these bounds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import length_hint
from typing import Any, Final

from flask import Flask

from cms.core.errors import (
    AddressTooLong,
    BadRequest,
    DomainError,
    HeadersTooLarge,
    LengthRequired,
    MethodNotAllowed,
)
from cms.core.http.problems import domain_problem
from cms.core.logging import end_request, start_request

LONGEST_PATH: Final = 2_048
LONGEST_QUERY: Final = 8_192
LONGEST_HEADER: Final = 8_192
ALL_HEADERS: Final = 32_768
# The headers that are kept when the request is refused: its answer needs them.
_NEEDED: Final[tuple[str, ...]] = (
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


_OF_REQUEST: Final = ("HTTP_", "CONTENT_", "REQUEST_", "PATH_", "QUERY_", "SERVER_", "SCRIPT_", "REMOTE_")
# Addresses that supervisors and Prometheus request from one process, under the address of its node.
_OF_THIS_PROCESS: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestHead:
    """WSGI middleware that runs before anything else reads the request.

    Health and figures are answered under any host name: they have no content and make no links, and monitoring calls each node at its
    own address, not at the city's.
    """

    def __init__(self, application: Application, app: Flask, trusted_hosts: Sequence[str]) -> None:
        self._application, self._app = application, app
        self._host = next(iter(trusted_hosts), None)
        # The web server adds the environment of the process to that of each request. No name of a header is left out.
        self._own = frozenset(name for name in os.environ if not name.startswith(_OF_REQUEST))  # noqa: TID251 - names alone

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse a head that is too long at once; pass everything else to the application."""
        host = environ.get("HTTP_HOST", "")
        if "," in host or (not host and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"):
            # Repeated Host headers arrive joined by commas, and a proxy may have used any of them (RFC 9112, section 3.2).
            return self._refused(BadRequest("invalid_host"), environ, start_response)
        if self._host is not None and environ.get("PATH_INFO") in _OF_THIS_PROCESS:
            environ["HTTP_HOST"] = self._host
        if "HTTP_TRANSFER_ENCODING" in environ:
            # The web server ends a chunked body in the same way whether its last chunk came or its sender went away.
            return self._refused(LengthRequired(), environ, start_response)
        # The whole head is nearly always shorter than the smallest bound, so one sum is enough.
        if sum(map(length_hint, environ.values())) > LONGEST_PATH and self._is_long(environ):
            refusal = _refusal(environ)
            if refusal is not None:
                return self._refused(refusal, environ, start_response)
        if not environ["REQUEST_METHOD"].isupper():
            # `get` is not GET (RFC 9110, section 9.1). The framework would make it GET, after others have taken it for something else.
            allowed = self._app.url_map.bind("").allowed_methods(environ.get("PATH_INFO", ""))
            refusal = MethodNotAllowed(headers={"Allow": ", ".join(sorted(allowed))})
            return self._refused(refusal, environ, start_response)
        return self._application(environ, start_response)

    def _is_long(self, environ: Environ) -> bool:
        """True when what the request itself brings is longer than the smallest bound."""
        parts = [part for name, part in environ.items() if name not in self._own and part.__class__ is str]
        return sum(map(len, parts)) > LONGEST_PATH

    def _refused(self, refusal: DomainError, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        known = {name: environ[name] for name in _NEEDED if name in environ}
        language = str(environ.get("HTTP_ACCEPT_LANGUAGE", ""))[:100]
        known |= {"REQUEST_METHOD": environ["REQUEST_METHOD"], "PATH_INFO": "/", "HTTP_ACCEPT_LANGUAGE": language}
        with self._app.request_context(known):
            start_request(None)
            try:
                answer = self._app.process_response(domain_problem(refusal))
            finally:
                end_request()
        return answer(known, start_response)


def _refusal(environ: Mapping[str, Any]) -> DomainError | None:
    if len(environ.get("PATH_INFO", "")) > LONGEST_PATH or len(environ.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return AddressTooLong(path=LONGEST_PATH, query=LONGEST_QUERY)
    sizes = [len(name) + len(value) for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT_"))]
    if max(sizes, default=0) > LONGEST_HEADER or sum(sizes) > ALL_HEADERS:
        return HeadersTooLarge(one=LONGEST_HEADER, all=ALL_HEADERS)
    return None
