"""Counts every request that is answered: by plane, method, route and status, and for the consumer that asked."""

from __future__ import annotations

from flask import Flask, Response, g, request

from cms.core import clock
from cms.core.http.access import Plane, plane_of
from cms.core.traffic import Counted, Traffic
from cms.serving.asked import Asked
from cms.serving.finished import FinishedAnswer

NO_ROUTE = "none"
"""What addresses without a route are counted as: there is no end of them."""
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def tally_of_reader(asked: Asked) -> Counted:
    """What a request of a reader is counted with."""
    return Counted(Plane.DELIVERY.value, asked.environ["REQUEST_METHOD"], asked.route, asked.consumer_id)


def count_reader(traffic: Traffic, asked: Asked, answer: FinishedAnswer, began: float) -> None:
    """Count an answer that Flask does not see. `began` in monotonic seconds."""
    size = 0 if asked.environ["REQUEST_METHOD"] == "HEAD" else sum(map(len, answer.content))
    traffic.of(tally_of_reader(asked)).note(answer.code, size, clock.monotonic() - began)


def count_requests(app: Flask) -> None:
    """Count what Flask answers. Called before other hooks are made, so that it sees what they have done to an answer."""
    traffic: Traffic = app.extensions["simpul"].traffic

    @app.before_request
    def begin() -> None:
        g.began = clock.monotonic()

    @app.after_request
    def count(answer: Response) -> Response:
        asked: Asked | None = g.get("asked")
        method = request.method if request.method in METHODS else NO_ROUTE
        route = request.url_rule.rule if request.url_rule is not None else NO_ROUTE
        counted = Counted(plane_of(request.path).value, method, route, asked.consumer_id if asked else "")
        size = 0 if request.method == "HEAD" else answer.calculate_content_length() or answer.content_length or 0
        began: float | None = g.get("began")
        traffic.of(counted).note(answer.status_code, size, 0.0 if began is None else clock.monotonic() - began)
        return answer
