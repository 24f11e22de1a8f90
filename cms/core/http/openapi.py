"""The published OpenAPI document: the one that flask-smorest collected, completed from the code.

The permission of an operation comes from its access declaration, the texts of its problems from `messages`, examples
from the schemas; none of it is written twice.
"""

from __future__ import annotations

import http
import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask

from cms.core.http.access import Access, Plane, access_of, takes_rehearsal
from cms.core.http.examples import example_of
from cms.core.http.messages import PROBLEMS
from cms.core.http.problems import CODE_BY_STATUS
from cms.core.permissions import PERMISSION_MAP

Document = dict[str, Any]

DESCRIPTION = """Simpul is one source of public information for the agencies (OPD) of a city.

* **Delivery** (`/v1`): websites and apps read what is published, with a delivery key (`Authorization: Bearer smp_...`).
* **Management** (`/manage/v1`): people write, submit and publish, with an access token from `POST /manage/v1/auth/login`.
* **Service**: health, metrics and this document.

Answers are JSON in `snake_case`, times RFC 3339 in UTC. Every error is `application/problem+json` (RFC 9457) with a stable
`code`; all codes stand at `/docs/errors`. Unknown fields and parameters are refused, never ignored. Lists take `limit` and
`cursor`; follow `links.next` until it is null. Changes to what exists need `If-Match` with the `ETag` that was read."""

SPEC_OPTIONS: Document = {
    "info": {
        "description": DESCRIPTION,
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    # Relative: the document is the same on every server, and "try it out" calls the server that showed it.
    "servers": [{"url": "/", "description": "The server that this document came from"}],
}

TAGS = {
    "delivery": "What readers get: lists, details, files and addresses of what is published.",
    "auth": "Signing in and out; access and refresh tokens.",
    "me": "The signed-in person.",
    "users": "People and their roles.",
    "agencies": "Agencies (OPD) and areas of the city.",
    "areas": "Districts and wards with their Kemendagri codes.",
    "taxonomy": "Categories and kinds of public information.",
    "categories": "Categories of posts.",
    "information_kinds": "Kinds of public information.",
    "consumers": "Registered websites and apps, and their delivery keys.",
    "files": "Files of documents.",
    "previews": "Where preview links lead: one unpublished item each, for people without an account.",
    "batch": "Several writes in one request.",
    "service": "Health, metrics and documentation of this server.",
}

SECURITY_SCHEMES: Document = {
    "DeliveryKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "smp_ + 32 characters + checksum",
        "description": "Delivery key of a registered website or app. It opens `/v1` only.",
    },
    "AccessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Access token of a person, from `POST /manage/v1/auth/login`. It opens `/manage/v1` only.",
    },
    "MetricsToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The setting METRICS_TOKEN. It opens `/metrics` only.",
    },
}

HEADERS: Document = {
    "X-Request-Id": {
        "description": "Names this request in the server's log.",
        "schema": {"type": "string"},
        "example": "019ac1a0-7c00-7000-8000-000000000001",
    },
    "ETag": {
        "description": "Version of what is shown; send it back in `If-Match` or `If-None-Match`.",
        "schema": {"type": "string"},
        "example": '"v3"',
    },
    "Dry-Run": {
        "description": "`true` in answers to `dry_run=true`: nothing was changed.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Content-Seq": {
        "description": "Position of the log that this write reached; readers can demand it with `Min-Seq`. Missing when nothing changed.",
        "schema": {"type": "integer"},
        "example": 48213,
    },
    "Content-Epoch": {
        "description": "The epoch in which `Content-Seq` means something. Another one: the data was restored, read anew.",
        "schema": {"type": "string"},
        "example": "k3v9mrta",
    },
    "Read-Seq": {
        "description": "Position of the log that the answer reflects.",
        "schema": {"type": "integer"},
        "example": 48213,
    },
    "Idempotency-Replayed": {
        "description": "`true` when this is the answer of the first request under this `Idempotency-Key`.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Location": {
        "description": "Address of what was created.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/manage/v1/posts/019ac1a0-7c00-7000-8000-000000000002",
    },
}
IF_MATCH: Document = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the version that was read. Missing: 428; not the current one: 412.",
    "schema": {"type": "string", "pattern": '^"v[0-9]{1,12}"$'},
    "example": '"v1"',
}
MIN_SEQ: Document = {
    "name": "Min-Seq",
    "in": "header",
    "required": False,
    "description": "A position of the log that the answer must reflect: 503 while it is not reached. With an epoch, 409 "
    "`epoch_changed` when the data was restored since.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,18}( *; *epoch=[0-9a-z]{1,16})?$"},
    "example": "754; epoch=k3v9mrta",
}
DRY_RUN: Document = {
    "name": "dry_run",
    "in": "query",
    "required": False,
    "description": "With `true` everything is checked and answered as if it were done, and nothing is changed.",
    "schema": {"type": "boolean", "default": False},
}
IDEMPOTENCY_KEY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A new key for each new request. Repeated within 24 hours with the same key and body, the request is not "
    "carried out again: the first answer is given once more, with `Idempotency-Replayed: true`. Another body: 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "7f6c1f1e-kirim-1",
}
# Descriptions of parameters that neither their schema nor their route describes.
PARAMETERS = {
    "id": "Id of the item.",
    "item_id": "Id of the item.",
    "user_id": "Id of the person.",
    "session_id": "Id of the sign-in session.",
    "file_id": "Id of the file.",
    "name": "Name of the file.",
    "slug": "Slug: the readable part of an address.",
    "agency": "Slug of the agency.",
    "state": "Only what is in this state.",
    "role": "Only who holds this role.",
    "kind": "Kinds, separated by commas: any of them.",
    "category": "Slugs of categories, separated by commas: any of them.",
    "tag": "Tags, separated by commas: any of them.",
    "language": "Languages (BCP 47), separated by commas: any of them.",
    "information_kind": "Codes of information kinds, separated by commas: any of them.",
    "year": "Years, separated by commas: any of them.",
    "type": "Type of the item.",
    "parent": "What lies directly below this one.",
    "level": "Level of the area.",
}
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
    """The tags of the table in its order, then those that blueprints describe, then those without a description."""
    told = {tag["name"]: tag["description"] for tag in of_blueprints if tag.get("description")}
    meanings = TAGS | {name: text for name, text in told.items() if name not in TAGS}
    tags = [{"name": name, "description": text} for name, text in meanings.items() if name in used]
    return [*tags, *({"name": name} for name in sorted(used - set(meanings)))]


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
    """Every delivery request can demand a log position, and every answer names its own."""
    operation.setdefault("parameters", []).append(MIN_SEQ)
    operation["responses"].setdefault("409", {"$ref": "#/components/responses/CONFLICT"})
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
    if access.plane is Plane.DELIVERY:
        return f"Needs a delivery key with the scope `{access.scope}`." if access.scope else "Needs a delivery key."
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
