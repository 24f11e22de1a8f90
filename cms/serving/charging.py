"""What an answer costs its caller, and what it tells of that: of answers with Flask and without."""

from __future__ import annotations

from flask import Flask, Response, g, request

from cms.core import clock
from cms.core.rate_limits import TOO_MANY, cost_of
from cms.serving.asked import Asked
from cms.serving.finished import FinishedAnswer, Headers, PreparedResponse


def charge(asked: Asked | None, status: int) -> Headers:
    """Take what an answer with this status costs; the header fields that it must tell. A refusal has them already."""
    if asked is None or asked.allowance is None or status == TOO_MANY:
        return []
    return [*asked.allowance.charge(clock.monotonic(), cost_of(status))]


def charged(asked: Asked, answer: FinishedAnswer) -> FinishedAnswer:
    """An answer that Flask does not see, paid for."""
    answer.headers.extend(charge(asked, answer.code))
    return answer


def charge_requests(app: Flask) -> None:
    """Charge every request of a reader that Flask answers."""

    @app.after_request
    def tell(answer: Response) -> Response:
        asked: Asked | None = g.get("asked")
        # `g` may outlive its request where an application context is open around several.
        is_of_this_request = asked is not None and asked.environ is request.environ
        headers = charge(asked if is_of_this_request else None, answer.status_code)
        if isinstance(answer, PreparedResponse):
            answer.finished.headers.extend(headers)
        else:
            answer.headers.extend(headers)
        return answer
