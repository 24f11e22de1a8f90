"""The delivery plane: lists, details, addresses, agencies and areas, and what a key may do."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.http.api import Blueprint
from cms.core.http.schemas import many, one
from cms.delivery import about, items, lists, reference
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
from cms.delivery.types import DOCUMENTS, POSTS
from cms.serving.admission import DeliveryRequest, serves

blp = Blueprint("delivery", __name__)
CONTENT = "content:read"


@blp.route("/v1/posts")
@serves(CONTENT)
@blp.arguments(PostPageQuerySchema, location="query")
@blp.response(200, many(DeliveredPostSchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_posts(request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """List published posts.

    Newest first, as compact cards without bodies; `fields` also gives what only details have. Send the `ETag` back in `If-None-Match`: 304 costs nobody anything.
    """
    return lists.list_content(request, POSTS, query)


@blp.route("/v1/posts/<string:id>")
@serves(CONTENT, item=POSTS.name)
@blp.arguments(PostDetailQuerySchema, location="query")
@blp.response(200, one(DeliveredPostSchema))
@blp.conditional
@blp.problems(400, 401, 403, 404, 410, 503)
def read_post(request: DeliveryRequest, query: dict[str, Any], id: str) -> Response:
    """Read one published post with its body.

    410 says that it was published once and why it is gone: remove your copy.
    """
    return items.read_item(request, POSTS, id, query)


@blp.route("/v1/documents")
@serves(CONTENT)
@blp.arguments(DocumentPageQuerySchema, location="query")
@blp.response(200, many(DeliveredDocumentSchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_documents(request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """List published documents.

    Public information by class (UU 14/2008), information kind, year and agency; newest first, as compact cards.
    """
    return lists.list_content(request, DOCUMENTS, query)


@blp.route("/v1/documents/<string:id>")
@serves(CONTENT, item=DOCUMENTS.name)
@blp.arguments(DocumentDetailQuerySchema, location="query")
@blp.response(200, one(DeliveredDocumentSchema))
@blp.conditional
@blp.problems(400, 401, 403, 404, 410, 503)
def read_document(request: DeliveryRequest, query: dict[str, Any], id: str) -> Response:
    """Read one published document with its files.

    `files[].url` is the path to download each file from, with the same key.
    """
    return items.read_item(request, DOCUMENTS, id, query)


@blp.route("/v1/items")
@serves(CONTENT)
@blp.arguments(ItemsQuerySchema, location="query")
@blp.response(200, ItemsAnswerSchema)
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_items(request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """Read several items by id.

    Cards of posts and documents in the order asked for; `meta.missing` names what is not live. `fields` also gives what only
    details have; a field that one of the types does not have is left out there.
    """
    return items.read_items(request, query["ids"], query.get("fields"))


@blp.route("/v1/resolve")
@serves(CONTENT)
@blp.arguments(ResolveQuerySchema, location="query")
@blp.response(200, one(ResolvedSchema))
@blp.conditional
@blp.problems(400, 401, 403, 404, 503)
def resolve_address(request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """Turn an address into an id.

    `live`; `moved` to the slug in `to`; `withdrawn`, which is still readable, or `gone`, with an explanation. 404 when nothing was ever
    published there.
    """
    return items.resolve_address(request, query["type"], query["agency"], query["slug"])


@blp.route("/v1/agencies")
@serves(CONTENT)
@blp.arguments(AgencyPageQuerySchema, location="query")
@blp.response(200, many(DeliveredAgencySchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_agencies(request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """List the agencies of the city.

    Former agencies too: their content keeps them, `successor` says into which they were merged.
    """
    return reference.list_agencies(request, query)


@blp.route("/v1/agencies/<string:slug>")
@serves(CONTENT)
@blp.response(200, one(DeliveredAgencySchema))
@blp.conditional
@blp.problems(401, 403, 404, 503)
def read_agency(request: DeliveryRequest, slug: str) -> Response:
    """Read one agency.

    Names, contact and validity.
    """
    return reference.read_agency(request, slug)


@blp.route("/v1/areas")
@serves(CONTENT)
@blp.arguments(AreaPageQuerySchema, location="query")
@blp.response(200, many(DeliveredAreaSchema))
@blp.conditional
@blp.problems(400, 401, 403, 503)
def list_areas(request: DeliveryRequest, query: dict[str, Any]) -> Response:
    """List the areas of the city.

    Districts (kecamatan) and wards (kelurahan) with their Kemendagri codes.
    """
    return reference.list_areas(request, query)


@blp.route("/v1/whoami")
@serves()
@blp.response(200, one(WhoamiSchema))
@blp.conditional
@blp.problems(401, 503)
def read_whoami(request: DeliveryRequest) -> Response:
    """Tell what this key may do.

    Scopes, agencies, origins and expiry of the key that the request carries.
    """
    return about.tell_about_key(request)


@blp.route("/v1/capabilities")
@serves()
@blp.response(200, one(CapabilitiesSchema))
@blp.conditional
@blp.problems(401, 503)
def read_capabilities(request: DeliveryRequest) -> Response:
    """Tell what this server can do.

    Filters, sorts, fields and includes of each type, the vocabularies, and limits.
    """
    return about.tell_capabilities(request)
