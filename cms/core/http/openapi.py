"""The published OpenAPI document: the one that flask-smorest collected, completed from the code.

The permission of an operation comes from its access declaration, the texts of its problems from `messages`, examples
from the schemas; none of it is written twice.
"""

from __future__ import annotations

import http
import re
from collections.abc import Iterable

from flask import Flask

from cms.core.http.access import WRITING_METHODS, Access, Plane, access_of, takes_rehearsal
from cms.core.http.examples import example_of
from cms.core.http.openapi_answers import operations, separate_directions
from cms.core.http.openapi_headers import HEADERS, add_answer_headers, add_request_headers, problem_headers
from cms.core.http.openapi_parts import (
    DRY_RUN,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    MIN_SEQ,
    PARAMETERS,
    SECURITY_SCHEMES,
    TAGS,
    Document,
)
from cms.core.http.problem_examples import problem_example, shared_examples
from cms.core.permissions import PERMISSION_MAP

PROBLEM = "application/problem+json"
STATUS_BY_NAME = {status.name: int(status) for status in http.HTTPStatus}
MANAGEMENT_PATH = "/manage/"
MANAGEMENT_PREFIX = "manage_"
"""Before the names of operations of the management plane: a reader's `list_posts` is not an editor's."""


def completed(document: Document, app: Flask) -> Document:
    """The document with security schemes, tags, headers, descriptions and examples filled in; changed in place."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    components["headers"] = HEADERS | components.get("headers", {})
    separate_directions(document)
    declared = _declarations(app)
    used: set[str] = set()
    for path, method, operation in operations(document):
        used.update(operation.get("tags", ()))
        _complete_operation(path, method, operation, declared.get((path, method)), components)
        _describe_parameters([*operation.get("parameters", ()), *document["paths"][path].get("parameters", ())])
    for name, response in components.get("responses", {}).items():
        _complete_problem(name, response)
    document["tags"] = _tags(used, document.get("tags", ()))
    return document


def _complete_operation(
    path: str, method: str, operation: Document, declared: tuple[str, Access] | None, components: Document
) -> None:
    plane = None
    if declared is not None:
        endpoint, access = declared
        plane = access.plane
        _describe(operation, path, endpoint, access)
        if takes_rehearsal(access, path, method.upper()):
            _add_what_writes_take(operation)
        if plane is Plane.DELIVERY:
            _add_what_readers_take(operation)
    _add_if_match(operation)
    add_request_headers(operation)
    is_write = plane is Plane.MANAGEMENT and method.upper() in WRITING_METHODS
    add_answer_headers(operation, plane, components["schemas"], is_write=is_write)
    _add_examples(operation, components)


def _tags(used: set[str], of_blueprints: Iterable[Document]) -> list[Document]:
    """The tags of the table in its order, then those that blueprints describe."""
    told = {tag["name"]: tag["description"] for tag in of_blueprints if tag.get("description")}
    meanings = TAGS | {name: text for name, text in told.items() if name not in TAGS}
    return [{"name": name, "description": text} for name, text in meanings.items() if name in used]


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


def _describe(operation: Document, path: str, endpoint: str, access: Access) -> None:
    """Give the operation its id and say who may call it."""
    prefix = MANAGEMENT_PREFIX if path.startswith(MANAGEMENT_PATH) else ""
    operation.setdefault("operationId", prefix + endpoint.rsplit(".", 1)[-1])
    parts = [operation.get("description") or operation.get("summary", ""), _who(access)]
    operation["description"] = "\n\n".join(part for part in parts if part)


def _add_what_writes_take(operation: Document) -> None:
    """Every write can be rehearsed and repeated, and a repetition can be refused."""
    operation.setdefault("parameters", []).extend([DRY_RUN, IDEMPOTENCY_KEY])
    for status in (http.HTTPStatus.BAD_REQUEST, http.HTTPStatus.CONFLICT, http.HTTPStatus.UNPROCESSABLE_ENTITY):
        operation["responses"].setdefault(str(int(status)), {"$ref": f"#/components/responses/{status.name}"})
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            names = ("Dry-Run", "Idempotency-Replayed")
            headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
            response["headers"] = {**headers, **response.get("headers", {})}


def _add_what_readers_take(operation: Document) -> None:
    """Every delivery request can demand a log position, and too many are refused."""
    operation.setdefault("parameters", []).append(MIN_SEQ)
    operation["responses"].setdefault("409", {"$ref": "#/components/responses/CONFLICT"})
    operation["responses"].setdefault("429", {"$ref": "#/components/responses/TOO_MANY_REQUESTS"})


def _describe_parameters(parameters: list[Document]) -> None:
    for parameter in parameters:
        name, schema = parameter.get("name", ""), parameter.get("schema", {})
        if parameter.get("in") == "path" and is_id_name(name) and schema.get("type") == "string":
            schema["format"] = "uuid"
        _name_words(schema)
        meaning = PARAMETERS.get(name)
        if meaning and not parameter.get("description") and not schema.get("description"):
            parameter["description"] = meaning


def _name_words(schema: Document) -> None:
    """Names for constants of generated clients, where a word is none: `-published_at` is `published_at_desc`."""
    words = schema.get("enum", ())
    if any(isinstance(word, str) and word.startswith("-") for word in words):
        schema["x-enum-varnames"] = [f"{word[1:]}_desc" if word.startswith("-") else word for word in words]


def is_id_name(name: str) -> bool:
    """True for `id` and `file_id`: what paths call so is a UUID."""
    return name == "id" or name.endswith("_id")


def _who(access: Access) -> str:
    if access.permission is not None:
        roles = ", ".join(f"`{role.value}`" for role, _ in PERMISSION_MAP[access.permission])
        return f"Needs the permission `{access.permission.value}`, which these roles can have: {roles}."
    if access.plane is Plane.DELIVERY and access.needs_token:
        needs = f"Needs a delivery key with the scope `{access.scope}`" if access.scope else "Needs a delivery key"
        return f"{needs}, unless this server answers `{access.group}` without one." if access.group else f"{needs}."
    return "" if access.needs_token else "Needs no token."


def _add_if_match(operation: Document) -> None:
    given = {parameter.get("name") for parameter in operation.get("parameters", [])}
    if "428" in operation["responses"] and not given & {"If-Match", "If-None-Match"}:
        operation.setdefault("parameters", []).append(IF_MATCH)


def _add_examples(operation: Document, components: Document) -> None:
    """Give every JSON body that has no example of its own one made from its schema."""
    bodies = [("", operation.get("requestBody", {})), *operation["responses"].items()]
    for status, body in bodies:
        for media_type, content in body.get("content", {}).items():
            if "json" in media_type and "schema" in content and not content.keys() & {"example", "examples"}:
                is_problem = media_type == PROBLEM
                content["example"] = (
                    problem_example(int(status)) if is_problem else example_of(content["schema"], components)
                )


def _complete_problem(name: str, response: Document) -> None:
    """Give a shared problem its headers, and show the most usual one of this status."""
    status = STATUS_BY_NAME.get(name, 500)
    response["headers"] = problem_headers(status)
    for content in response.get("content", {}).values():
        content.update(shared_examples(status))
