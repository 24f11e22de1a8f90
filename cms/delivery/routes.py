"""The delivery plane: agencies, areas and offices, and what a key may do. Content: `cms.delivery.content_routes`."""

from __future__ import annotations

from typing import Any

from cms.core.http.api import Blueprint
from cms.delivery import about, reference
from cms.delivery.parameters import AgencyPageQuerySchema, AreaPageQuerySchema, OfficePageQuerySchema
from cms.delivery.schemas import WhoamiSchema
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer
from cms.serving.reference_schemas import DeliveredAgencySchema, DeliveredAreaSchema, DeliveredOfficeSchema
from cms.serving.schemas import delivered_many, delivered_one

blp = Blueprint("delivery_reference", __name__)
CONTENT = "content:read"


@blp.route("/v1/agencies")
@serves(CONTENT)
@blp.arguments(AgencyPageQuerySchema, location="query")
@blp.answers(200, delivered_many(DeliveredAgencySchema))
@blp.conditional
@blp.doc(tags=["delivery"])
@blp.problems(400, 401, 403, 503)
def list_agencies(request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the agencies of the city.

    Former agencies too: their content keeps them, `successor` says into which they were merged.
    """
    return reference.list_agencies(request, query)


@blp.route("/v1/agencies/<string:slug>")
@serves(CONTENT)
@blp.answers(200, delivered_one(DeliveredAgencySchema))
@blp.conditional
@blp.doc(tags=["delivery"])
@blp.problems(401, 403, 404, 503)
def read_agency(request: DeliveryRequest, slug: str) -> FinishedAnswer:
    """Read one agency.

    Names, contact and validity.
    """
    return reference.read_agency(request, slug)


@blp.route("/v1/areas")
@serves(CONTENT)
@blp.arguments(AreaPageQuerySchema, location="query")
@blp.answers(200, delivered_many(DeliveredAreaSchema))
@blp.conditional
@blp.doc(tags=["delivery"])
@blp.problems(400, 401, 403, 503)
def list_areas(request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the areas of the city.

    Districts (kecamatan) and wards (kelurahan) with their Kemendagri codes.
    """
    return reference.list_areas(request, query)


@blp.route("/v1/offices")
@serves(CONTENT)
@blp.arguments(OfficePageQuerySchema, location="query")
@blp.answers(200, delivered_many(DeliveredOfficeSchema))
@blp.conditional
@blp.doc(tags=["delivery"])
@blp.problems(400, 401, 403, 503)
def list_offices(request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the offices of the agencies.

    Address, area, hours and contact of each; closed ones too, unless `closed=false`. Documents name the office that they belong to.
    """
    return reference.list_offices(request, query)


@blp.route("/v1/offices/<string:id>")
@serves(CONTENT)
@blp.answers(200, delivered_one(DeliveredOfficeSchema))
@blp.conditional
@blp.doc(tags=["delivery"])
@blp.problems(401, 403, 404, 503)
def read_office(request: DeliveryRequest, id: str) -> FinishedAnswer:
    """Read one office.

    Address, area, hours and contact.
    """
    return reference.read_office(request, id)


@blp.route("/v1/whoami")
@serves()
@blp.answers(200, delivered_one(WhoamiSchema))
@blp.conditional
@blp.doc(tags=["delivery"])
@blp.problems(401, 503)
def read_whoami(request: DeliveryRequest) -> FinishedAnswer:
    """Tell what this key may do.

    Scopes, agencies, origins and expiry of the key that the request carries.
    """
    return about.tell_about_key(request)
