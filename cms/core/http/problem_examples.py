"""Examples of problems for the OpenAPI document: the most usual one of each status, with its holes filled as a server fills them."""

from __future__ import annotations

from typing import Any, Final

from cms.core.http.access import Plane
from cms.core.http.credentials import HEADER, NEEDED
from cms.core.http.messages import PROBLEMS
from cms.core.http.openapi_headers import HEADERS
from cms.core.http.problems import CODE_BY_STATUS

# Statuses that only the domain raises, with their most usual code.
DOMAIN_CODES: Final = {408: "body_too_slow", 411: "length_required", 412: "stale_version", 428: "if_match_required"}
VALUES: Final = {
    "allowed": "application/json",
    "bytes": 48_213,
    "current_etag": '"v8"',
    "explanation": "Diumumkan kembali setelah jadwal pasti.",
    "limit": 1_048_576,
    "permission": "content:publish",
    "seconds": 30,
}
"""What stands in the holes of the texts."""


def problem_example(status: int, plane: Plane = Plane.DELIVERY) -> dict[str, Any]:
    """The most usual problem of this status; what a refused credential is told depends on the plane."""
    code = CODE_BY_STATUS.get(status) or DOMAIN_CODES.get(status, "internal_error")
    text, values = PROBLEMS[code], {**VALUES, "credential": NEEDED[plane], "header": HEADER[plane]}
    return {
        "type": f"/docs/errors#{code}",
        "title": text.title.filled("en", values),
        "status": status,
        "detail": text.detail.filled("en", values),
        "code": code,
        "request_id": HEADERS["X-Request-Id"]["example"],
    }


def shared_examples(status: int) -> dict[str, Any]:
    """The key `example`, or `examples` where the planes differ, of a problem that operations of all planes share."""
    if problem_example(status) == problem_example(status, Plane.MANAGEMENT):
        return {"example": problem_example(status)}
    planes = (Plane.DELIVERY, Plane.MANAGEMENT)
    return {"examples": {plane.value: {"value": problem_example(status, plane)} for plane in planes}}
