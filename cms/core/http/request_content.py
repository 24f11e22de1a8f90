"""The content of a request body, whatever its spelling: tells a repeated request from a new one."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from flask import g, request

from cms.core.errors import BadRequest
from cms.core.http.json_input import parse_json


def note_content(*parts: Any) -> None:
    """Note the content of a body that is read as a stream; code that reads an upload calls this before it writes anything."""
    g.noted_content = parts


def content_digest() -> str | None:
    """SHA-256 of the content of the body, in hexadecimal: for JSON whatever its order and spaces, for an upload what was noted.

    None while an upload has not been read.
    """
    if request.mimetype == "multipart/form-data":
        noted = getattr(g, "noted_content", None)
        return None if noted is None else _digest(orjson.dumps(noted))
    body = request.get_data()
    try:
        return _digest(orjson.dumps(parse_json(body), option=orjson.OPT_SORT_KEYS))
    except BadRequest:
        # It will be refused, or is never read.
        return _digest(body)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
