"""From marshmallow's error messages to the domain's input errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError, fields

from cms.core.errors import BadRequest, DomainError, InputError, Invalid
from cms.core.http.messages import RULES

MOST_ERRORS = 50
"""Errors that one answer names: a body can have ten thousand, and describing them took longer than finding them."""
LONGEST_PLACE = 200
"""Characters of a pointer or name that an error repeats: an unknown field can have a name of a megabyte."""


def to_domain_error(error: ValidationError, schema: Schema, location: str) -> DomainError:
    """The error of a query (400), of unknown fields in a body (400, names the allowed ones) or of its content (422)."""
    messages = error.messages_dict.get(location, error.messages_dict)
    if location == "query":
        allowed = _allowed(schema)
        return BadRequest(
            "invalid_parameter", errors=[_parameter(name, message, allowed) for name, message in _first(messages)]
        )
    errors = [_pointer(path, message, schema) for path, message in _first(messages)]
    if any(message == "unknown_field" for _path, message in _leaves(messages)):
        return BadRequest("unknown_field", errors=errors)
    return Invalid(errors=errors)


def _parameter(path: str, message: str, allowed: str) -> InputError:
    code, params = decoded(message)
    if code == "unknown_field":
        code, params = "unknown_parameter", {"allowed": allowed or "none"}
    return InputError("parameter", path.strip("/").split("/")[0], code, params)


def _pointer(path: str, message: str, schema: Schema) -> InputError:
    code, params = decoded(message)
    if code == "unknown_field":
        params = {"allowed": _allowed(_part_around(path, schema)) or "none"}
    return InputError("pointer", path, code, params)


def _allowed(schema: Schema) -> str:
    return ", ".join(sorted(field.data_key or name for name, field in schema.fields.items() if not field.dump_only))


def _part_around(path: str, schema: Schema) -> Schema:
    """The schema of the object that the last step of a pointer belongs to, such as the credit of a post."""
    for step in path.split("/")[1:-1]:
        named = (field for name, field in schema.fields.items() if step == (field.data_key or name))
        part = next(named, None)
        # Steps that name no field are positions in a list.
        part = part.inner if isinstance(part, fields.List) else part
        schema = part.schema if isinstance(part, fields.Nested) else schema
    return schema


def _first(messages: Any) -> list[tuple[str, str]]:
    """The faults to report. When there are too many, those that decide the kind of error come first."""
    leaves = list(_leaves(messages))
    if len(leaves) > MOST_ERRORS:
        leaves.sort(key=lambda leaf: leaf[1] != "unknown_field")
    return [(path[:LONGEST_PLACE], message) for path, message in leaves[:MOST_ERRORS]]


def _leaves(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (RFC 6901 pointer, message) for every message of marshmallow's nested answer."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _leaves(inner, path + step)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _leaves(inner, path)
    else:
        yield path, str(messages)


def decoded(message: str) -> tuple[str, dict[str, Any]]:
    """Split `code {json}`; a message that is not one of ours becomes `bad_format`, so that no library text leaks."""
    code, _, params = message.partition(" ")
    if code not in RULES:
        return "bad_format", {"expected": "another value"}
    return code, json.loads(params) if params else {}
