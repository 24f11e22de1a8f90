"""A browser that meets an address that does not exist gets a page; programs, and every address of the API, get problem+json."""

from __future__ import annotations

from flask import Response, request

from cms.core.http.access import Plane, plane_of
from cms.core.http.api import PROBLEM_TYPE
from cms.core.http.messages.cures import cure_of
from cms.core.http.pages import PAGE_HEADERS, wants_page
from cms.handbook.markdown import sentence
from cms.handbook.pages import page, wished

OURS = (None, "handbook", "previews", "preview_pictures")
"""Blueprints whose problems people may meet: none, for an unknown address, this folder's, and the one behind preview links."""


def readable(answer: Response) -> Response:
    """The same problem as a page where a browser asks for an address for people. Runs after every request."""
    if answer.status_code < 400 or not _may_be_read_by_people(answer):
        return answer
    answer.vary.update(("Accept", "Accept-Language"))
    if not wants_page():
        return answer
    problem = answer.get_json()
    wish = wished()
    cure = getattr(cure_of(problem["code"], problem["status"]), wish.language)
    # No links to other languages: what was asked for has no other form.
    answer.set_data(page("problem.html", "", wish, problem=problem, cure=sentence(cure)))
    answer.headers.update(PAGE_HEADERS)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _may_be_read_by_people(answer: Response) -> bool:
    return (
        request.blueprint in OURS
        and request.method in ("GET", "HEAD")
        and answer.mimetype == PROBLEM_TYPE
        and plane_of(request.path) is Plane.SERVICE
    )
