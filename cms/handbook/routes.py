"""The front door: `/` and the pages below `/docs` for people, the OpenAPI documents for programs. Takes no token and shows no content.

Parameters that a page does not know are no fault: other sites hang theirs on links that people share.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from cms.core.errors import NotFound
from cms.core.http.access import Plane, public
from cms.core.http.api import PROBLEM_TYPE, Blueprint
from cms.core.http.openapi_headers import told_headers
from cms.core.http.pages import LANGUAGES, wants_page
from cms.core.http.schemas import ProblemSchema
from cms.core.runtime import runtime
from cms.handbook import pages
from cms.handbook.assets import ASSET_TYPES, asset, asset_paths, version_of
from cms.handbook.documents import GUIDES, examples
from cms.handbook.kept_answers import sent
from cms.handbook.queries import find_city_name
from cms.handbook.readable_problems import readable
from cms.health.readiness import readiness

blp = Blueprint(
    "handbook",
    __name__,
    template_folder="templates",
    description="The front page, the guide, the errors and this reference, for people; the OpenAPI documents, for programs.",
)
blp.after_app_request(readable)

LANG = {
    "name": "lang",
    "in": "query",
    "description": "The language of the page, where it exists in it; else `Accept-Language` decides.",
    "schema": {"type": "string", "enum": list(LANGUAGES)},
}
VERSION = {
    "name": "v",
    "in": "query",
    "description": "The version of the file, as the pages name it: then the answer can be kept for ever.",
    "schema": {"type": "string"},
}
DOCUMENT = {
    "name": "document",
    "in": "path",
    "required": True,
    "description": "Name of the document.",
    "schema": {"type": "string", "enum": list(GUIDES)},
}
HTML: dict[str, Any] = {"content_type": "text/html", "example": "<!doctype html>..."}
TEXT = {"type": "string"}
NO_PAGE = {
    "404": {
        "description": "There is no such page: a page for people, problem+json for programs.",
        "content": {"text/html": {"schema": TEXT}, PROBLEM_TYPE: {"schema": ProblemSchema}},
    }
}
NOT_TOLD = {
    "503": {
        "description": "The checks have not ended yet, and too many wait for them: a page for people, problem+json for programs.",
        "headers": told_headers("Retry-After"),
        "content": {"text/html": {"schema": TEXT}, PROBLEM_TYPE: {"schema": ProblemSchema}},
    }
}
LINKS = {
    "guide": "/docs/guide",
    "reference": "/docs",
    "errors": "/docs/errors",
    "openapi": "/openapi.json",
    "openapi_delivery": "/openapi-delivery.json",
    "delivery": "/v1/capabilities",
    "status": "/readyz",
}
BY_LANGUAGE = "Accept-Language"


@blp.route("/", parameters=[LANG])
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, TEXT, **HTML)
@blp.problems(304, 404)
def show_front() -> Response:
    """The front page.

    For a browser: what this is, whose it is, and where to go on. A program, which does not ask for HTML, gets 404 as problem+json
    whose `links` lead on.
    """
    if not wants_page():
        base = runtime().settings.public_url
        links = {name: base + path for name, path in LINKS.items()}
        raise NotFound(extra={"links": links}, headers={"Vary": f"Accept, {BY_LANGUAGE}"})
    city = find_city_name(runtime().settings.city_channel)
    return sent(pages.front(pages.wished(), city), "Accept", BY_LANGUAGE)


@blp.route("/docs", parameters=[LANG])
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, TEXT, **HTML)
@blp.problems(304)
def show_reference() -> Response:
    """The interactive API reference for a browser; needs no other host."""
    return sent(pages.reference(pages.wished()), BY_LANGUAGE)


@blp.route("/docs/errors", parameters=[LANG])
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, TEXT, **HTML)
@blp.problems(304)
def show_error_reference() -> Response:
    """Every error code with status, cause and cure; the `type` of a problem leads here."""
    return sent(pages.errors(pages.wished()), BY_LANGUAGE)


@blp.route("/docs/status", parameters=[LANG])
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, TEXT, **HTML)
@blp.doc(responses=NOT_TOLD)
def show_status() -> Response:
    """Whether this server works, in plain words: what `/readyz` tells programs.

    The page is 200 also while something fails: it is about that. Machines that watch ask `/readyz`.
    """
    return pages.status(pages.wished(), readiness())


@blp.route("/docs/<string:document>", parameters=[DOCUMENT, LANG])
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, TEXT, **HTML)
@blp.problems(304)
@blp.doc(responses=NO_PAGE)
def show_document(document: str) -> Response:
    """A document for people who build on this server: the guide, or the model behind it."""
    found = GUIDES.get(document)
    if found is None:
        raise NotFound
    return sent(pages.guide(found, pages.wished()), BY_LANGUAGE)


@blp.route("/docs/examples/<string:name>")
@public(Plane.SERVICE, ignores_query=True)
@blp.response(200, TEXT, content_type="text/plain", example="<?php\n// The site of an agency ...")
@blp.problems(304)
@blp.doc(responses=NO_PAGE)
def read_example(name: str) -> Response:
    """A program to copy, as text."""
    if name not in examples():
        raise NotFound
    return sent(pages.example(name))


@blp.route("/docs/assets/<string:name>", parameters=[VERSION])
@public(Plane.SERVICE, ignores_query=True)
@blp.sends(*ASSET_TYPES)
@blp.problems(304)
@blp.doc(responses=NO_PAGE)
def read_asset(name: str) -> Response:
    """Style, script and picture files of the pages."""
    if name not in asset_paths():
        raise NotFound
    return sent(asset(name), is_forever=request.args.get("v") == version_of(name))


@blp.route("/openapi.json")
@public(Plane.SERVICE)
@blp.response(200, {"type": "object"}, example={"openapi": "3.1.0", "info": {"title": "Simpul", "version": "1.0.0"}})
@blp.problems(304)
def read_openapi() -> Response:
    """This API as an OpenAPI 3.1 document, made from the schemas."""
    return sent(pages.openapi(of_delivery=False))


@blp.route("/openapi-delivery.json")
@public(Plane.SERVICE)
@blp.response(
    200, {"type": "object"}, example={"openapi": "3.1.0", "info": {"title": "Simpul delivery", "version": "1.0.0"}}
)
@blp.problems(304)
def read_delivery_openapi() -> Response:
    """The delivery plane alone as an OpenAPI 3.1 document, to make a client for websites and apps from."""
    return sent(pages.openapi(of_delivery=True))
