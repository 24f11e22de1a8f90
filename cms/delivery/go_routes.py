"""`/go`: addresses for people that stay, without a key. They lead to the page of an item, or explain why there is none."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, render_template, request

from cms.core.errors import NotFound
from cms.core.http.access import Access, Plane, public
from cms.core.http.api import PROBLEM_TYPE, Blueprint
from cms.core.http.pages import PAGE_HEADERS, wants_page
from cms.core.http.problems import STATUS_BY_CLASS, domain_problem
from cms.core.http.schemas import ProblemSchema
from cms.core.runtime import runtime
from cms.delivery.visit_words import WORDS
from cms.delivery.visits import SentOn, Told, visit
from cms.publishing.legacy_addresses import key_of
from cms.serving.admission import admitted_visitor
from cms.serving.sources import Sources

blp = Blueprint("go", __name__, template_folder="templates")

GROUP = "go"
URL = {
    "name": "url",
    "in": "query",
    "required": True,
    "description": "The old address, encoded.",
    "schema": {"type": "string"},
    "example": "https://dpu.lama.example/?p=1204",
}
ANSWERS = {
    str(status): {
        "description": f"{phrase}: a page for people, problem+json for programs.",
        "content": {"text/html": {"schema": {"type": "string"}}, PROBLEM_TYPE: {"schema": ProblemSchema}},
    }
    for status, phrase in ((404, "Unknown"), (410, "Taken back"))
}


@blp.route("/go/<string:id>")
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, {"type": "string"}, content_type="text/html", example="<!doctype html>...")
@blp.alt_response(302, description="`Location` is the page of the item.")
@blp.problems(429, 503)
@blp.doc(tags=["delivery"], responses=ANSWERS)
def go_to_item(id: str) -> Response:
    """Go to the page of an item.

    For visitors, without a key: 302 to `canonical_url`, following redirects. Where nobody can be sent on, a small page in Indonesian and English
    says why: withdrawn, or without a page of its own (200), taken back (410), unknown (404). A program, which does not ask for HTML, gets
    problem+json, and of a withdrawn item the redirect. Parameters are ignored.
    """
    return _answer(lambda _sources: id)


@blp.route("/go", parameters=[URL])
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, {"type": "string"}, content_type="text/html", example="<!doctype html>...")
@blp.alt_response(302, description="`Location` is the page of the item.")
@blp.problems(429, 503)
@blp.doc(tags=["delivery"], responses=ANSWERS)
def go_to_old_address() -> Response:
    """Go to the page of what was at an old address.

    For visitors of a website that is gone, without a key: `url` is what they asked for there, one of the `legacy_addresses` of an item.
    Answers like `/go/{id}`, and follows nothing that it does not know.
    """
    key = key_of(request.args.get("url", ""))
    return _answer(lambda sources: found.id if key is not None and (found := sources.legacy_address(key)) else None)


def _answer(find: Callable[[Sources], str | None]) -> Response:
    """The answer about the item that is found, None for no item."""
    if not runtime().settings.is_anonymous(GROUP):
        return _said(Told("unknown", NotFound()))
    sources = admitted_visitor(Access(Plane.SERVICE, group=GROUP, needs_token=False))
    found = visit(sources, find(sources))
    answer = _sent(found.address) if isinstance(found, SentOn) else _said(found)
    answer.headers["Vary"] = "Accept, Accept-Language"
    return answer


def _sent(address: str) -> Response:
    headers = {"Location": address, "Referrer-Policy": "no-referrer-when-downgrade", **_caching()}
    return Response(status=302, headers=headers)


def _said(told: Told) -> Response:
    if not wants_page():
        if told.error is not None:
            return domain_problem(told.error)
        if told.link is not None:
            return _sent(told.link)
    card = told.card or {}
    shown = {name: card.get(name) for name in ("title", "summary", "credit_line", "language")}
    page = render_template(
        "go.html", told={**shown, "words": WORDS[told.code], "explanation": told.explanation, "link": told.link}
    )
    answer = Response(page, status=_status(told), headers=PAGE_HEADERS)
    answer.headers.update(_caching() if told.error is None else {"Cache-Control": "no-store"})
    return answer


def _status(told: Told) -> int:
    return 200 if told.error is None else STATUS_BY_CLASS[type(told.error)]


def _caching() -> dict[str, str]:
    """Short: an item can be taken back, and its page move, at any time."""
    return {"Cache-Control": f"public, max-age={min(60, runtime().settings.delivery_max_age)}"}
