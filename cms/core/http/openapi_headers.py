"""The headers of requests and answers in the OpenAPI document, told from what an operation is: no route names them itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cms.core.http.access import Plane

Document = dict[str, Any]

HEADERS: Document = {
    "X-Request-Id": {
        "description": "Names this request in the server's log.",
        "required": True,
        "schema": {"type": "string"},
        "example": "019ac1a0-7c00-7000-8000-000000000001",
    },
    "ETag": {
        "description": "Version of what is shown; send it back in `If-Match` or `If-None-Match`.",
        "schema": {"type": "string"},
        "example": '"v3"',
    },
    "Last-Modified": {
        "description": "When it last changed.",
        "schema": {"type": "string"},
        "example": "Tue, 24 Nov 2026 01:00:00 GMT",
    },
    "Cache-Control": {
        "description": "How long the answer may be used: never beyond the next scheduled change.",
        "schema": {"type": "string"},
        "example": "public, max-age=60, stale-while-revalidate=60, stale-if-error=600",
    },
    "Link": {
        "description": "The next page, as in `links.next` (RFC 8288); missing on the last one.",
        "schema": {"type": "string"},
        "example": '<https://simpul.balikpapan.example/v1/posts?limit=20&cursor=abc>; rel="next"',
    },
    "Retry-After": {
        "description": "After how many seconds to come back.",
        "schema": {"type": "integer"},
        "example": 5,
    },
    "RateLimit": {
        "description": "How many requests this caller has left (`r`), and in how many seconds more come in (`t`).",
        "schema": {"type": "string"},
        "example": '"key";r=5990;t=1',
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) a caller like this one may send in so many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"key";q=6000;w=60',
    },
    "WWW-Authenticate": {
        "description": "Which token is missing or not valid.",
        "schema": {"type": "string"},
        "example": 'Bearer error="invalid_token"',
    },
    "Dry-Run": {
        "description": "`true` in answers to `dry_run=true`: nothing was changed.",
        "schema": {"type": "string"},
        "example": "true",
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
        "description": "Position of the newest change that the answer can show; the same as `meta.sequence`.",
        "schema": {"type": "integer"},
        "example": 48213,
    },
    "Idempotency-Replayed": {
        "description": "`true` when this is the answer of the first request under this `Idempotency-Key`.",
        "schema": {"type": "string"},
        "example": "true",
    },
    "Location": {
        "description": "Address of what was created, or of what was asked for.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/manage/v1/posts/019ac1a0-7c00-7000-8000-000000000002",
    },
    "Content-Range": {
        "description": "Which bytes these are, and how many there are.",
        "required": True,
        "schema": {"type": "string"},
        "example": "bytes 0-1023/48211",
    },
    "Content-Disposition": {
        "description": "The name of the file, and whether a browser may show it.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="renja-2026.pdf"',
    },
    "Accept-Ranges": {
        "description": "`bytes`: a part can be asked for with `Range`.",
        "schema": {"type": "string"},
        "example": "bytes",
    },
}
IF_NONE_MATCH: Document = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` that came with what you have: 304 without a body when it is still right.",
    "schema": {"type": "string"},
    "example": '"3f0a5c7e9b1d24683f0a5c7e"',
}
RANGE: Document = {
    "name": "Range",
    "in": "header",
    "required": False,
    "description": "One range of bytes: 206 with this part alone.",
    "schema": {"type": "string"},
    "example": "bytes=0-1023",
}
IF_RANGE: Document = {
    "name": "If-Range",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the bytes that you have a part of; others are sent as a whole.",
    "schema": {"type": "string"},
    "example": '"3f0a5c7e9b1d24683f0a5c7e"',
}
OF_VALIDATORS = ("ETag", "Last-Modified", "Cache-Control")
OF_BYTES = ("Accept-Ranges", "Content-Disposition")
OF_POSITION = ("Content-Seq", "Content-Epoch")
OF_LIMITS = ("RateLimit", "RateLimit-Policy")
READERS = "delivery"
"""The tag of operations whose answers come from the read model."""
LEADING = ("Location",)
OF_STATUSES = {
    201: ("Location",),
    206: ("Content-Range",),
    301: LEADING,
    302: LEADING,
    303: LEADING,
    307: LEADING,
    308: LEADING,
}
_OF_PAGES = ("200", "304")
OF_PLANES: dict[Plane | None, tuple[str, ...]] = {Plane.DELIVERY: (*OF_POSITION, *OF_LIMITS, "Cache-Control")}
OF_PROBLEMS = {
    304: OF_VALIDATORS,
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    412: ("ETag",),
    416: ("Content-Range", *OF_VALIDATORS, "Accept-Ranges"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def add_request_headers(operation: Document) -> None:
    """`If-None-Match` where 304 is an answer, `Range` and `If-Range` where 206 is one."""
    responses = operation["responses"]
    parameters = operation.setdefault("parameters", [])
    given = {parameter.get("name") for parameter in parameters}
    wanted = [IF_NONE_MATCH] if "304" in responses else []
    wanted += [RANGE, IF_RANGE] if "206" in responses else []
    parameters += [header for header in wanted if header["name"] not in given]


def add_answer_headers(operation: Document, plane: Plane | None, schemas: Document, *, is_write: bool) -> None:
    """Describe the headers of every answer of an operation that is not one of the shared problems."""
    responses = operation["responses"]
    for status, response in responses.items():
        if "$ref" not in response and status.isascii() and status.isdecimal():
            is_read = READERS in operation.get("tags", ())
            position = OF_POSITION if is_read or (is_write and status < "3") else ()
            limits = OF_LIMITS if is_read else ()
            pages = ("Link",) if status in _OF_PAGES and _takes_cursor(operation) else ()
            names = dict.fromkeys(
                [*_names(int(status), response, responses, plane, schemas), *position, *limits, *pages]
            )
            headers = {name: {"$ref": f"#/components/headers/{_component(name, plane)}"} for name in names}
            response["headers"] = {**headers, **response.get("headers", {})}


def problem_headers(status: int) -> Document:
    """The headers of a shared problem."""
    names = ("X-Request-Id", *OF_PROBLEMS.get(status, ()))
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    # Of the delivery plane, and those of limits of signing in: their problems tell this too.
    return headers | told_headers(*OF_POSITION, *OF_LIMITS, plane=Plane.DELIVERY)


def told_headers(*names: str, plane: Plane | None = None) -> Document:
    """The description of these headers for an answer."""
    return {name: {"$ref": f"#/components/headers/{_component(name, plane)}"} for name in names}


def _names(
    status: int, response: Document, responses: Document, plane: Plane | None, schemas: Document
) -> Iterator[str]:
    yield "X-Request-Id"
    yield from OF_STATUSES.get(status, ())
    if status >= 400:
        return
    yield from OF_PLANES.get(plane, ())
    if "304" in responses:
        yield from OF_VALIDATORS
    if "206" in responses:
        yield from OF_BYTES
    # A 304 has the headers of the answer that it stands for.
    if _is_page(responses.get("200", response) if status == 304 else response, schemas):
        yield "Link"
    elif plane is Plane.MANAGEMENT:
        yield "ETag"


def _takes_cursor(operation: Document) -> bool:
    """True for an operation with pages, also where an answer of another format has its own links to them."""
    return any(parameter.get("name") == "cursor" for parameter in operation.get("parameters", ()))


def _component(name: str, plane: Plane | None) -> str:
    return "Read-Seq" if name == "Content-Seq" and plane is not Plane.MANAGEMENT else name


def _is_page(response: Document, schemas: Document) -> bool:
    """True for an answer with `links`."""
    references = [content.get("schema", {}).get("$ref", "") for content in response.get("content", {}).values()]
    return any("links" in schemas.get(each.rsplit("/", 1)[-1], {}).get("properties", {}) for each in references)
