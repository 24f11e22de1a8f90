"""The 100 % line: a bare WSGI application that returns the bytes of one answer, with its ETag check and nothing else.

Served as `bench.bare:app` by the same server with the same settings. BENCH_BARE names a folder made by `keep_answer`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

VARIABLE = "BENCH_BARE"
# The server writes these itself.
SERVER_HEADERS = {"server", "date", "connection", "transfer-encoding"}

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[Mapping[str, Any], StartResponse], Iterable[bytes]]


def keep_answer(folder: Path, headers: Iterable[tuple[str, str]], body: bytes) -> None:
    """Write a 200 answer into `folder` for `load_answer`."""
    kept = [(name, value) for name, value in headers if name.lower() not in SERVER_HEADERS]
    (folder / "headers.json").write_text(json.dumps(kept))
    (folder / "body").write_bytes(body)


def load_answer(folder: Path) -> Application:
    """An application that gives the kept answer to every request, or 304 to one that already has it."""
    headers = [(name, value) for name, value in json.loads((folder / "headers.json").read_text())]
    etag = next((value for name, value in headers if name.lower() == "etag"), None)
    without_body = [(name, value) for name, value in headers if not name.lower().startswith("content-")]
    body = (folder / "body").read_bytes()

    def bare(environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if etag is not None and environ.get("HTTP_IF_NONE_MATCH") == etag:
            start_response("304 Not Modified", without_body)
            return [b""]
        start_response("200 OK", headers)
        return [body]

    return bare


def __getattr__(name: str) -> Application:
    """Load the answer when the server asks for `app`, not when the benchmark imports this module."""
    if name == "app":
        return load_answer(Path(os.environ[VARIABLE]))
    raise AttributeError(name)
