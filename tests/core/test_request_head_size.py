"""What counts as the head of a request: what the request brings, not the environment of the server, which is beside it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from flask import Flask

from cms.core.http.request_head import LONGEST_HEADER, LONGEST_PATH, RequestHead


@pytest.mark.parametrize(
    ("brought", "status"),
    [
        ({}, "200"),
        ({"HTTP_X_LONG": "x" * (LONGEST_HEADER + 1)}, "431"),
        ({"PATH_INFO": "/" + "x" * LONGEST_PATH}, "414"),
        ({"HTTP_PROXY": "x" * (LONGEST_HEADER + 1)}, "431"),
    ],
)
def test_the_environment_of_the_server_is_no_part_of_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, brought: dict[str, str], status: str
) -> None:
    monkeypatch.setenv("LS_COLORS", "x" * 10 * LONGEST_HEADER)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.internal")
    answered: list[str] = []

    def start(line: str, *_rest: Any) -> None:
        answered.append(line[:3])

    def inner(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/posts", "HTTP_HOST": "localhost", "SERVER_NAME": "localhost"}
    served = {"SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": None}
    # As Granian does: the environment of the process, and the request over it.
    RequestHead(inner, app, [])({**os.environ, **request, **served, **brought}, start)
    assert answered == [status]
