"""The headers that every answer has, and those of the management plane."""

from __future__ import annotations

from flask import Response, request

from cms.changes.log import reached_position
from cms.core.http.access import WRITING_METHODS
from cms.core.logging import current_request_id
from cms.serving.finished import PreparedResponse


def with_common_headers(answer: Response) -> Response:
    """The answer with them; one of the read model has its own."""
    if isinstance(answer, PreparedResponse):
        return answer
    answer.headers["X-Request-Id"] = current_request_id() or ""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "OPTIONS" and answer.status_code == 200:
        answer.status_code = 204
        answer.headers.pop("Content-Type", None)
    if request.path.startswith("/manage/"):
        # Answers for one person must not be cached for others (R-H1).
        answer.headers.setdefault("Cache-Control", "private, no-store")
        _tell_position(answer)
    return answer


def _tell_position(answer: Response) -> None:
    """Send the position of a write, so that its caller can demand it from the delivery plane (`Min-Seq`)."""
    if request.method in WRITING_METHODS and answer.status_code < 300:
        position = reached_position()
        if position is not None:
            answer.headers["Content-Seq"] = str(position.sequence)
            answer.headers["Content-Epoch"] = position.epoch
