"""The published OpenAPI document: the one that flask-smorest collected, completed from the code.

The permission of an operation comes from its access declaration, the texts of its problems from `messages`, examples
from the schemas; none of it is written twice.
"""

from __future__ import annotations

import http
import re
from collections.abc import Iterable, Iterator

from flask import Flask

from cms.core.http.access import Access, Plane, access_of, takes_rehearsal
from cms.core.http.examples import example_of
from cms.core.http.messages import PROBLEMS
from cms.core.http.openapi_parts import (
    DRY_RUN,
    HEADERS,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    MIN_SEQ,
    PARAMETERS,
    SECURITY_SCHEMES,
    TAGS,
    Document,
)
from cms.core.http.problems import CODE_BY_STATUS
from cms.core.permissions import PERMISSION_MAP

# Statuses that only the domain raises, with their most usual code.
DOMAIN_CODES = {408: "body_too_slow", 411: "length_required", 412: "stale_version", 428: "if_match_required"}
STATUS_BY_NAME = {status.name: int(status) for status in http.HTTPStatus}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def completed(document: Document, app: Flask) -> Document:
    """The document with security schemes, tags, headers, descriptions and examples filled in; changed in place."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    components["headers"] = HEADERS | components.get("headers", {})
    declared = _declarations(app)
    used: set[str] = set()
    for path, method, operation in _operations(document):
        used.update(operation.get("tags", ()))
        _describe(operation, declared.get((path, method)))
        if (path, method) in declared and takes_rehearsal(declared[path, method][1], path, method.upper()):
            _add_what_writes_take(operation)
        if (path, method) in declared and declared[path, method][1].plane is Plane.DELIVERY:
            _add_what_readers_take(operation)
        _describe_parameters([*operation.get("parameters", ()), *document["paths"][path].get("parameters", ())])
        _add_headers(operation)
        _add_examples(operation, components)
    for name, response in components.get("responses", {}).items():
        _add_problem_example(name, response)
    document["tags"] = _tags(used, document.get("tags", ()))
    return document


def _tags(used: set[str], of_blueprints: Iterable[Document]) -> list[Document]:
    """The tags of the table in its order, then those that blueprints describe."""
    told = {tag["name"]: tag["description"] for tag in of_blueprints if tag.get("description")}
    meanings = TAGS | {name: text for name, text in told.items() if name not in TAGS}
    return [{"name": name, "description": text} for name, text in meanings.items() if name in used]


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _declarations(app: Flask) -> dict[tuple[str, str], tuple[str, Access]]:
    """Endpoint name and access declaration by documented path and method."""
    found = {}
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is not None:
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            for method in rule.methods or ():
                found[path, method.lower()] = (rule.endpoint, access)
    return found


def _describe(operation: Document, declared: tuple[str, Access] | None) -> None:
    """Give the operation its id and say who may call it."""
    if declared is None:
        return
    endpoint, access = declared
    operation.setdefault("operationId", endpoint.rsplit(".", 1)[-1])
    parts = [operation.get("description") or operation.get("summary", ""), _who(access)]
    operation["description"] = "\n\n".join(part for part in parts if part)


def _add_what_writes_take(operation: Document) -> None:
    """Every write can be rehearsed and repeated, and a repetition can be refused."""
    operation.setdefault("parameters", []).extend([DRY_RUN, IDEMPOTENCY_KEY])
    for status in (http.HTTPStatus.BAD_REQUEST, http.HTTPStatus.CONFLICT, http.HTTPStatus.UNPROCESSABLE_ENTITY):
        operation["responses"].setdefault(str(int(status)), {"$ref": f"#/components/responses/{status.name}"})
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            names = ("Content-Seq", "Content-Epoch", "Dry-Run", "Idempotency-Replayed")
            headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
            response["headers"] = {**headers, **response.get("headers", {})}


def _add_what_readers_take(operation: Document) -> None:
    """Every delivery request can demand a log position, every answer names its own, and too many are refused."""
    operation.setdefault("parameters", []).append(MIN_SEQ)
    operation["responses"].setdefault("409", {"$ref": "#/components/responses/CONFLICT"})
    operation["responses"].setdefault("429", {"$ref": "#/components/responses/TOO_MANY_REQUESTS"})
    names = {"Content-Epoch": "Content-Epoch", "Content-Seq": "Read-Seq"}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            headers = {name: {"$ref": f"#/components/headers/{component}"} for name, component in names.items()}
            response["headers"] = {**headers, **response.get("headers", {})}


def _describe_parameters(parameters: list[Document]) -> None:
    for parameter in parameters:
        meaning = PARAMETERS.get(parameter.get("name", ""))
        if meaning and not parameter.get("description") and not parameter.get("schema", {}).get("description"):
            parameter["description"] = meaning


def _who(access: Access) -> str:
    if access.permission is not None:
        roles = ", ".join(f"`{role.value}`" for role, _ in PERMISSION_MAP[access.permission])
        return f"Needs the permission `{access.permission.value}`, which these roles can have: {roles}."
    if access.plane is Plane.DELIVERY and access.needs_token:
        needs = f"Needs a delivery key with the scope `{access.scope}`" if access.scope else "Needs a delivery key"
        return f"{needs}, unless this server answers `{access.group}` without one." if access.group else f"{needs}."
    return "" if access.needs_token else "Needs no token."


def _add_headers(operation: Document) -> None:
    responses = operation["responses"]
    given = {parameter.get("name") for parameter in operation.get("parameters", [])}
    if "428" in responses and not given & {"If-Match", "If-None-Match"}:
        operation.setdefault("parameters", []).append(IF_MATCH)
    for status, response in responses.items():
        if "$ref" in response or not status.isascii() or not status.isdecimal():
            continue
        headers = response.setdefault("headers", {})
        names = ["X-Request-Id"]
        if status == "201":
            names += ["ETag", "Location"]
        for name in names:
            headers.setdefault(name, {"$ref": f"#/components/headers/{name}"})


def _add_examples(operation: Document, components: Document) -> None:
    """Give every JSON body that has no example of its own one made from its schema."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for media_type, content in body.get("content", {}).items():
            if "json" in media_type and "schema" in content and not content.keys() & {"example", "examples"}:
                content["example"] = example_of(content["schema"], components)


def _add_problem_example(name: str, response: Document) -> None:
    """Show the most usual problem of this status."""
    for content in response.get("content", {}).values():
        status = STATUS_BY_NAME.get(name, 500)
        code = CODE_BY_STATUS.get(status) or DOMAIN_CODES.get(status, "internal_error")
        text = PROBLEMS[code]
        content["example"] = {
            "type": f"/docs/errors#{code}",
            "title": text.title.en,
            "status": status,
            "detail": text.detail.en,
            "code": code,
            "request_id": HEADERS["X-Request-Id"]["example"],
        }
