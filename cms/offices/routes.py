"""Management of offices: /manage/v1/offices."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.offices import queries, services
from cms.offices.presenter import render_office
from cms.offices.schemas import OfficeCreateSchema, OfficeQuerySchema, OfficeSchema, OfficeUpdateSchema

blp = Blueprint("offices", __name__, url_prefix="/manage/v1", description="Offices of the agencies: where people go.")
OFFICE_ID = [{"name": "office_id", "in": "path", "description": "Id of the office."}]


@blp.route("/offices")
@requires(Permission.AGENCY_READ)
@blp.arguments(OfficeQuerySchema, location="query")
@blp.response(200, many(OfficeSchema))
@blp.problems(400, 401, 403)
def list_managed_offices(query: dict[str, Any]) -> Answer:
    """List offices.

    In the order in which they were entered, closed ones included unless `closed=false`.
    """
    page = PageRequest(query)
    rows = queries.list_offices(
        agencies=query.get("agency", ()),
        areas=query.get("area", ()),
        closed=query.get("closed"),
        after=page.after[0] if page.after else None,
        limit=page.fetch,
    )
    return page.answer(rows, render_office, lambda office: [office.id])


@blp.route("/offices", methods=["POST"])
@requires(Permission.OFFICE_WRITE)
@blp.arguments(OfficeCreateSchema)
@blp.response(201, one(OfficeSchema))
@blp.problems(400, 401, 403, 409, 413, 415, 422)
def create_office(values: dict[str, Any]) -> Answer:
    """Add an office of an agency.

    Readers have it at once (`/v1/offices`). Words that advertise gambling or name an unknown domain are refused.
    """
    office = services.create_office(current_actor(), values)
    return created_answer(render_office(office), office.version, f"/manage/v1/offices/{office.id}")


@blp.route("/offices/<office_id>", parameters=OFFICE_ID)
@requires(Permission.AGENCY_READ)
@blp.response(200, one(OfficeSchema))
@blp.problems(400, 401, 403, 404)
def read_managed_office(office_id: str) -> Answer:
    """Read an office.

    The answer's ETag is what a change must send in If-Match.
    """
    office = queries.get_office(office_id)
    return one_answer(render_office(office), office.version)


@blp.route("/offices/<office_id>", methods=["PATCH"], parameters=OFFICE_ID)
@requires(Permission.OFFICE_WRITE)
@blp.arguments(OfficeUpdateSchema)
@blp.response(200, one(OfficeSchema))
@blp.problems(400, 401, 403, 404, 412, 413, 415, 422, 428)
def update_office(changes: dict[str, Any], office_id: str) -> Answer:
    """Change, move, close or hand over an office.

    JSON merge patch (RFC 7396). A closed office stays with the documents that belong to it; new ones cannot. To hand it over to another
    agency send `agency`: that needs the right to write for both.
    """
    office = services.update_office(current_actor(), office_id, expected_version(), changes)
    return one_answer(render_office(office), office.version)
