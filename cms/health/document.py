"""The OpenAPI document as text: served at `/openapi.json`, committed as docs/openapi.json."""

from __future__ import annotations

import json

from flask import Flask

from cms.extensions import api


def document_text(app: Flask) -> str:
    """The document, indented, in the order of registration: the same code always gives the same text."""
    return json.dumps(api.document(app), indent=1, ensure_ascii=False) + "\n"


def document_bytes(app: Flask) -> bytes:
    """The document as bytes, made once per application."""
    kept: bytes | None = app.extensions.get("simpul_openapi")
    if kept is None:
        kept = app.extensions["simpul_openapi"] = document_text(app).encode()
    return kept
