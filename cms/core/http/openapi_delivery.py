"""The delivery plane as a document of its own: what websites and apps need, to make a client from."""

from __future__ import annotations

from typing import Any

from cms.core.http.openapi_answers import operations, reachable_schemas

Document = dict[str, Any]

PATH = "/v1/"
DESCRIPTION = """What websites and apps read from Simpul: the published information of the agencies (OPD) of a city.

Send a delivery key (`Authorization: Bearer smp_...`) with every request. Answers are JSON in `snake_case`, times RFC 3339 in
UTC. Every error is `application/problem+json` (RFC 9457) with a stable `code`; all codes are listed at [/docs/errors](/docs/errors). Lists
take `limit` and `cursor`; follow `links.next` until it is null. Answers may gain fields and words: ignore those that you do
not know."""


def delivery_only(document: Document) -> Document:
    """The part of the whole document that is about the delivery plane; shares its parts.

    Without the messages that the server sends: clients are made from it.
    """
    paths = {path: item for path, item in document["paths"].items() if path.startswith(PATH)}
    part = {
        **{name: value for name, value in document.items() if name != "x-webhooks"},
        "info": {**document["info"], "title": f"{document['info']['title']} delivery", "description": DESCRIPTION},
        "paths": paths,
    }
    found = list(operations(part))
    tags = {tag for _path, _method, operation in found for tag in operation["tags"]}
    schemes = {name for _path, _method, operation in found for each in operation["security"] for name in each}
    part["tags"] = [tag for tag in document["tags"] if tag["name"] in tags]
    part["components"] = _used(document["components"], paths, schemes)
    return part


def _used(components: Document, paths: Document, schemes: set[str]) -> Document:
    responses = _referred(components["responses"], "responses", paths)
    schemas = reachable_schemas([paths, responses], components["schemas"])
    return {
        "schemas": {name: part for name, part in components["schemas"].items() if name in schemas},
        "responses": responses,
        "headers": _referred(components["headers"], "headers", [paths, responses]),
        "securitySchemes": {name: part for name, part in components["securitySchemes"].items() if name in schemes},
    }


def _referred(parts: Document, kind: str, inside: Any) -> Document:
    """The components of a kind that something refers to."""
    found: set[str] = set()
    waiting = [inside]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found.add(str(part.get("$ref", "")))
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return {name: part for name, part in parts.items() if f"#/components/{kind}/{name}" in found}
