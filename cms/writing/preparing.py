"""What the operations of a batch compute on texts, computed before the batch locks the database.

Operations are looked at as their routes will see them; whatever is wrong with one is left for the operation itself to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from flask import Flask, current_app
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from cms.core.http.access import current_actor
from cms.editorial.content_types import ContentType, merged, registered_types, replaced
from cms.editorial.preparing import prepare_change, prepare_new, prepare_publications

PUBLISH = "/publish"


def prepare_operations(operations: Sequence[Mapping[str, Any]]) -> None:
    """Compute what can be foreseen: new items, changes of those that are there, publications."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as documented
    published: set[str] = set()
    for operation in operations:
        content_type = _content_type(operation["path"])
        if content_type is None:
            continue
        view, values = _route(app, operation)
        item_id = str(values.get("item_id", "")).lower()
        if operation["path"].endswith(PUBLISH):
            published.add(item_id)
        elif view is not None:
            _prepare(content_type, view, operation, item_id)
    if published:
        prepare_publications(*sorted(published))


def _prepare(content_type: ContentType, view: Any, operation: Mapping[str, Any], item_id: str) -> None:
    schema = _body_schema(view)
    if schema is None or not isinstance(operation["body"], dict):
        return
    with suppress(ValidationError):
        content = schema.load(operation["body"])
        if operation["method"] == "PATCH":
            prepare_change(content_type, current_actor(), item_id, lambda stored: merged(stored, content))
        elif operation["if_match"] is not None:
            prepare_change(content_type, current_actor(), item_id, lambda stored: replaced(stored, content))
        elif "title" in content:
            prepare_new(content_type, item_id, content)


def _content_type(path: str) -> ContentType | None:
    """By the third part of `/manage/v1/posts/...`."""
    plural = path.split("/")[3] if path.count("/") >= 3 else ""
    return next((each for each in registered_types().values() if each.plural == plural), None)


def _route(app: Flask, operation: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    with suppress(HTTPException, RequestRedirect):
        endpoint, values = app.url_map.bind("").match(operation["path"], operation["method"])
        return app.view_functions[endpoint], values
    return None, {}


def _body_schema(view: Any) -> Schema | None:
    described = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
    found = (each["schema"] for each in described if each.get("in") == "json")
    return next((schema for schema in found if isinstance(schema, Schema)), None)
