"""What a request says in its body, apart from how it is written: to tell a repeated request from another one."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from flask import g, request

from cms.core.errors import BadRequest
from cms.core.http.json_input import parse_json


def note_content(*parts: Any) -> None:
    """Tell what a body that is read as a stream says; whoever reads an upload calls this before anything is written."""
    g.noted_content = parts


def content_digest() -> str | None:
    """SHA-256 of what the body says, in hexadecimal: of JSON whatever its order and spaces, of an upload what was noted.

    None while an upload has not been read.
    """
    if request.mimetype == "multipart/form-data":
        noted = getattr(g, "noted_content", None)
        return None if noted is None else _digest(orjson.dumps(noted))
    body = request.get_data()
    try:
        return _digest(orjson.dumps(parse_json(body), option=orjson.OPT_SORT_KEYS))
    except BadRequest:
        # It will be refused, or nobody looks at it.
        return _digest(body)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
