"""The OpenAPI documents as text: served at `/openapi.json` and `/openapi-delivery.json`, committed below docs/."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask

from cms.core.http.openapi_delivery import delivery_only
from cms.extensions import api


def document_text(app: Flask) -> str:
    """The document, indented, in the order of registration: the same code always gives the same text."""
    return _text(api.document(app))


def delivery_document_text(app: Flask) -> str:
    """The same for the delivery plane alone."""
    return _text(delivery_only(api.document(app)))


def document_bytes(app: Flask) -> bytes:
    """The document as bytes, made once per application."""
    return _kept(app, "simpul_openapi", document_text)


def delivery_document_bytes(app: Flask) -> bytes:
    """The delivery plane's document as bytes, made once per application."""
    return _kept(app, "simpul_openapi_delivery", delivery_document_text)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _kept(app: Flask, name: str, make: Callable[[Flask], str]) -> bytes:
    kept: bytes | None = app.extensions.get(name)
    if kept is None:
        kept = app.extensions[name] = make(app).encode()
    return kept
