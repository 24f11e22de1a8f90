"""The delivery plane: lists, details, addresses, agencies and areas, and what a key may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response

from cms.core.http.access import delivers
from cms.core.http.api import Blueprint
from cms.core.http.schemas import many, one
from cms.delivery.about import deliver_capabilities, deliver_whoami
from cms.delivery.items import deliver_address, deliver_item, deliver_items
from cms.delivery.lists import deliver_list
from cms.delivery.parameters import (
    AgencyPageQuerySchema,
    AreaPageQuerySchema,
    DocumentDetailQuerySchema,
    DocumentPageQuerySchema,
    ItemsQuerySchema,
    PostDetailQuerySchema,
    PostPageQuerySchema,
    ResolveQuerySchema,
)
from cms.delivery.reference import deliver_agencies, deliver_agency, deliver_areas
from cms.delivery.schemas import (
    CapabilitiesSchema,
    DeliveredAgencySchema,
    DeliveredAreaSchema,
    DeliveredDocumentSchema,
    DeliveredPostSchema,
    ItemsAnswerSchema,
    ResolvedSchema,
    WhoamiSchema,
)
from cms.delivery.types import DOCUMENTS, POSTS, DeliveredType

blp = Blueprint("delivery", __name__)
View = TypeVar("View", bound=Callable[..., Any])
CONTENT = "content:read"


def reads_item(delivered: DeliveredType) -> Callable[[View], View]:
    """Mark a detail route: the entrance reads the item of this type together with the log's heads."""

    def decorator(view: View) -> View:
        view.reads_item = delivered.name  # type: ignore[attr-defined]
        return view

    return decorator


@blp.route("/v1/posts")
@delivers(CONTENT)
@blp.arguments(PostPageQuerySchema, location="query")
@blp.response(200, many(DeliveredPostSchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_posts(query: dict[str, Any]) -> Response:
    """List published posts.

    Newest first, as compact cards without bodies; `fields` also gives what only details have. Send the `ETag` back in `If-None-Match`: 304 costs nobody anything.
    """
    return deliver_list(POSTS, query)


@blp.route("/v1/posts/<string:id>")
@reads_item(POSTS)
@delivers(CONTENT)
@blp.arguments(PostDetailQuerySchema, location="query")
@blp.response(200, one(DeliveredPostSchema))
@blp.conditional
@blp.problems(400, 401, 403, 404, 410, 503)
def read_post(query: dict[str, Any], id: str) -> Response:
    """Read one published post with its body.

    410 says that it was published once and why it is gone: remove your copy.
    """
    return deliver_item(POSTS, id, query)


@blp.route("/v1/documents")
@delivers(CONTENT)
@blp.arguments(DocumentPageQuerySchema, location="query")
@blp.response(200, many(DeliveredDocumentSchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_documents(query: dict[str, Any]) -> Response:
    """List published documents.

    Public information by class (UU 14/2008), information kind, year and agency; newest first, as compact cards.
    """
    return deliver_list(DOCUMENTS, query)


@blp.route("/v1/documents/<string:id>")
@reads_item(DOCUMENTS)
@delivers(CONTENT)
@blp.arguments(DocumentDetailQuerySchema, location="query")
@blp.response(200, one(DeliveredDocumentSchema))
@blp.conditional
@blp.problems(400, 401, 403, 404, 410, 503)
def read_document(query: dict[str, Any], id: str) -> Response:
    """Read one published document with its files.

    `files[].url` is the path to download each file from, with the same key.
    """
    return deliver_item(DOCUMENTS, id, query)


@blp.route("/v1/items")
@delivers(CONTENT)
@blp.arguments(ItemsQuerySchema, location="query")
@blp.response(200, ItemsAnswerSchema)
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_items(query: dict[str, Any]) -> Response:
    """Read several items by id.

    Cards of posts and documents in the order asked for; `meta.missing` names what is not live. `fields` also gives what only
    details have; a field that one of the types does not have is left out there.
    """
    return deliver_items(query["ids"], query.get("fields"))


@blp.route("/v1/resolve")
@delivers(CONTENT)
@blp.arguments(ResolveQuerySchema, location="query")
@blp.response(200, one(ResolvedSchema))
@blp.conditional
@blp.problems(400, 401, 403, 404, 503)
def resolve_address(query: dict[str, Any]) -> Response:
    """Turn an address into an id.

    `live`; `moved` to the slug in `to`; `withdrawn`, which is still readable, or `gone`, with an explanation. 404 when nothing was ever
    published there.
    """
    return deliver_address(query["type"], query["agency"], query["slug"])


@blp.route("/v1/agencies")
@delivers(CONTENT)
@blp.arguments(AgencyPageQuerySchema, location="query")
@blp.response(200, many(DeliveredAgencySchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_agencies(query: dict[str, Any]) -> Response:
    """List the agencies of the city.

    Former agencies too: their content keeps them, `successor` says into which they were merged.
    """
    return deliver_agencies(query)


@blp.route("/v1/agencies/<string:slug>")
@delivers(CONTENT)
@blp.response(200, one(DeliveredAgencySchema))
@blp.conditional
@blp.problems(401, 403, 404, 503)
def read_agency(slug: str) -> Response:
    """Read one agency.

    Names, contact and validity.
    """
    return deliver_agency(slug)


@blp.route("/v1/areas")
@delivers(CONTENT)
@blp.arguments(AreaPageQuerySchema, location="query")
@blp.response(200, many(DeliveredAreaSchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_areas(query: dict[str, Any]) -> Response:
    """List the areas of the city.

    Districts (kecamatan) and wards (kelurahan) with their Kemendagri codes.
    """
    return deliver_areas(query)


@blp.route("/v1/whoami")
@delivers()
@blp.response(200, one(WhoamiSchema))
@blp.conditional
@blp.problems(401, 503)
def read_whoami() -> Response:
    """Tell what this key may do.

    Scopes, agencies, origins and expiry of the key that the request carries.
    """
    return deliver_whoami()


@blp.route("/v1/capabilities")
@delivers()
@blp.response(200, one(CapabilitiesSchema))
@blp.conditional
@blp.problems(401, 503)
def read_capabilities() -> Response:
    """Tell what this server can do.

    Filters, sorts, fields and includes of each type, the vocabularies, and limits.
    """
    return deliver_capabilities()
