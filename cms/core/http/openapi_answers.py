"""What comes in and what goes out are described apart: input is closed, answers grow.

A schema that is used both ways becomes two. In answers every field is required, except where the schema says that it is not
in every answer (`SOMETIMES`). So far the document tells to the letter what this version sends: that is what tests hold answers
against. The published one is more open: a later version may add fields and words and lift limits, and a client that was
generated from today's document must not break then.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SCHEMAS = "#/components/schemas/"
SOMETIMES_MARK = "x-sometimes"
KNOWN_WORDS = "x-extensible-enum"
"""Where an open list of words names those that there are now."""
NO_SCHEMAS = frozenset({"example", "examples", "enum", "required", KNOWN_WORDS})
LIMITS = frozenset({
    "pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "default",
})  # fmt: skip
"""What is checked on the way in and means nothing on the way out."""


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Path, method and description of every operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def separate_directions(document: Document) -> None:
    """Describe input and answers with schemas of their own and say what answers always have; changes the document in place."""
    schemas: Document = document["components"].setdefault("schemas", {})
    incoming, outgoing = _reached(list(_incoming(document)), schemas), _reached(list(_outgoing(document)), schemas)
    both = incoming & outgoing
    inputs = {name: f"{name}Input" for name in sorted(both)}
    for name, renamed in inputs.items():
        schemas[renamed] = copy.deepcopy(schemas[name])
    for part in [*_incoming(document), *(schemas[name] for name in (incoming - both) | set(inputs.values()))]:
        _refer(part, inputs)
    for name in outgoing:
        _for_each_object(schemas[name], _require_fields)
    for name in schemas.keys() - outgoing:
        _for_each_object(schemas[name], _tell_defaults)


def open_answers(document: Document) -> Document:
    """The document with answers that may grow; changed in place."""
    schemas = document["components"]["schemas"]
    for name in _reached(list(_outgoing(document)), schemas):
        _opened(schemas[name])
    for part in _outgoing(document):
        _opened(part)
    return document


def reachable_schemas(parts: list[Any], schemas: Document) -> set[str]:
    """The names of all schemas that these parts of a document refer to, directly or not."""
    return _reached(parts, schemas)


def _incoming(document: Document) -> Iterator[Any]:
    for path, _method, operation in operations(document):
        yield operation.get("requestBody", {})
        yield [*operation.get("parameters", ()), *document["paths"][path].get("parameters", ())]


def _outgoing(document: Document) -> Iterator[Any]:
    """The schemas of answers and of their headers."""
    responses = [
        *(each for _path, _method, operation in operations(document) for each in operation["responses"].values()),
        *document["components"].get("responses", {}).values(),
    ]
    for response in responses:
        yield from (content["schema"] for content in response.get("content", {}).values() if "schema" in content)
    yield from (header["schema"] for header in document["components"].get("headers", {}).values())


def _reached(parts: list[Any], schemas: Document) -> set[str]:
    found: set[str] = set()
    waiting = parts
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            reference = part.get("$ref")
            name = reference.removeprefix(SCHEMAS) if isinstance(reference, str) else ""
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def _refer(part: Any, renamed: dict[str, str]) -> None:
    """Let the references of a part lead to the renamed schemas."""
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix(SCHEMAS)
        if name in renamed:
            part["$ref"] = SCHEMAS + renamed[name]
        for each in part.values():
            _refer(each, renamed)
    elif isinstance(part, list):
        for each in part:
            _refer(each, renamed)


def _for_each_object(schema: Document, change: Callable[[Document], None]) -> None:
    """Change every object schema inside a schema."""
    for each in list(_schemas_in(schema)):
        if "properties" in each:
            change(each)


def _require_fields(schema: Document) -> None:
    required = [name for name, part in schema["properties"].items() if not part.pop(SOMETIMES_MARK, False)]
    schema.pop("required", None)
    if required:
        schema["required"] = required


def _tell_defaults(schema: Document) -> None:
    """In words: what has a `default` becomes a field that must be given in TypeScript (openapi-typescript)."""
    for part in schema["properties"].values():
        part.pop(SOMETIMES_MARK, None)
        default = part.pop("default", None)
        if default is not None:
            told = f"By default `{json.dumps(default)}`."
            part["description"] = " ".join(each for each in (part.get("description"), told) if each)
            part.setdefault("example", default)


def _opened(part: Any) -> None:
    """Take away what a later version may lift, in a schema and all inside it."""
    found = list(_schemas_in(part))
    types = [id(schema["properties"]["type"]) for schema in found if "type" in schema.get("properties", ())]
    for schema in found:
        for keyword in LIMITS & schema.keys():
            del schema[keyword]
        if "properties" in schema:
            # Said aloud: without it OpenAPI Generator's Java and Python refuse a field that they do not know.
            schema["additionalProperties"] = True
        if not (id(schema) in types and len(schema.get("enum", ())) == 1):
            _open_words(schema)


def _schemas_in(part: Any) -> Iterator[Document]:
    """A schema and the schemas inside it. `properties` holds names, not keywords; examples are no schemas."""
    if isinstance(part, list):
        for each in part:
            yield from _schemas_in(each)
    elif isinstance(part, dict):
        yield part
        for keyword, inside in list(part.items()):
            if keyword not in NO_SCHEMAS:
                yield from _schemas_in(list(inside.values()) if keyword == "properties" else inside)


def _open_words(schema: Document) -> None:
    """A list of words names those of today. The one word of a field `type` is a constant: it says what the object is."""
    words = [word for word in schema.get("enum", ()) if word is not None]
    if not words:
        return
    del schema["enum"]
    schema[KNOWN_WORDS] = words
    known = f"One of {', '.join(f'`{word}`' for word in words)}; there may be more one day."
    schema["description"] = " ".join(part for part in (schema.get("description"), known) if part)
