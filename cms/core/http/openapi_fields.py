"""How our own fields are described in the OpenAPI document."""

from __future__ import annotations

import re
from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields

from cms.core.http.fields import AnyOf, CommaSeparated, Embeddable

Schema = dict[str, Any]


def comma_separated_property(_converter: OpenAPIConverter, field: fields.Field[Any], ret: Schema) -> Schema:
    """An array of what each value can be."""
    if not isinstance(field, CommaSeparated):
        return {}
    described: Schema = {"type": "array", "items": _portable_value(field.value_schema())}
    if isinstance(ret.get("example"), str):
        described["example"] = ret["example"].split(",")
    return described


def comma_separated_parameter(_converter: OpenAPIConverter, field: fields.Field[Any], **_: Any) -> Schema:
    """Written with commas: `kind=berita,agenda`."""
    return {"style": "form", "explode": False} if isinstance(field, CommaSeparated) else {}


def embeddable_property(converter: OpenAPIConverter, field: fields.Field[Any], **_: Any) -> Schema:
    """What it is called, or the thing itself."""
    if not isinstance(field, Embeddable):
        return {}
    ways = [{"type": "string"}, converter.resolve_nested_schema(field.schema)]  # type: ignore[no-untyped-call]
    return {"oneOf": [*ways, {"type": "null"}] if field.allow_none else ways}


def any_of_property(converter: OpenAPIConverter, field: fields.Field[Any], **_: Any) -> Schema:
    """An object of one of several forms."""
    if not isinstance(field, AnyOf):
        return {}
    return {"anyOf": [converter.resolve_nested_schema(schema) for schema in field.schemas]}  # type: ignore[no-untyped-call]


def portable_pattern(_converter: OpenAPIConverter, _field: fields.Field[Any], ret: Schema) -> Schema:
    """The pattern as every language can read it."""
    return {"pattern": portable(ret["pattern"])} if isinstance(ret.get("pattern"), str) else {}


def portable(pattern: str) -> str:
    """A pattern of ours for JSON Schema. Ours match the whole value, its own any part of it. Quotation marks are written by number:
    generators put patterns into string literals as they are.
    """
    pattern = re.sub(r'\\?"', r"\\x22", pattern)
    return pattern if pattern.startswith("^") and pattern.endswith("$") else f"^(?:{pattern})$"


def _portable_value(value: Schema) -> Schema:
    return {**value, "pattern": portable(value["pattern"])} if "pattern" in value else value


FIELD_DESCRIPTIONS = (comma_separated_property, embeddable_property, any_of_property, portable_pattern)
