"""Management of agencies, and the list of areas: /manage/v1/agencies, /manage/v1/areas."""

from __future__ import annotations

from typing import Any

from cms.agencies import queries, services
from cms.agencies.presenter import render_agency, render_area
from cms.agencies.schemas import (
    AgencyCreateSchema,
    AgencyQuerySchema,
    AgencySchema,
    AgencyUpdateSchema,
    AreaQuerySchema,
    AreaSchema,
)
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission

blp = Blueprint(
    "agencies", __name__, url_prefix="/manage/v1", description="The organisations of the city, and its areas."
)
SLUG = [{"name": "slug", "in": "path", "description": "Slug of the agency, such as `dpu`."}]


@blp.route("/agencies")
@requires(Permission.AGENCY_READ)
@blp.arguments(AgencyQuerySchema, location="query")
@blp.response(200, many(AgencySchema))
@blp.problems(400, 401, 403)
def list_agencies(query: dict[str, Any]) -> Answer:
    """List agencies.

    By slug, those that were merged or ended included; `active=true` leaves them out.
    """
    page = PageRequest(query)
    rows = queries.list_agencies(
        kinds=query.get("kind", ()),
        parent=query.get("parent"),
        active=query.get("active"),
        after=page.after[0] if page.after else None,
        limit=page.fetch,
    )
    return page.answer(rows, render_agency, lambda agency: [agency.slug])


@blp.route("/agencies", methods=["POST"])
@requires(Permission.AGENCY_WRITE)
@blp.arguments(AgencyCreateSchema)
@blp.response(201, one(AgencySchema))
@blp.problems(400, 401, 403, 409, 413, 415, 422)
def create_agency(values: dict[str, Any]) -> Answer:
    """Add an agency.

    Its slug is its identity: it is given once and never changes.
    """
    agency = services.create_agency(current_actor(), values)
    return created_answer(render_agency(agency), agency.version, f"/manage/v1/agencies/{agency.slug}")


@blp.route("/agencies/<slug>", parameters=SLUG)
@requires(Permission.AGENCY_READ)
@blp.response(200, one(AgencySchema))
@blp.problems(400, 401, 403, 404)
def read_agency(slug: str) -> Answer:
    """Read an agency.

    The answer's ETag is what a change must send in If-Match.
    """
    agency = queries.get_agency(slug)
    return one_answer(render_agency(agency), agency.version)


@blp.route("/agencies/<slug>", methods=["PATCH"], parameters=SLUG)
@requires(Permission.AGENCY_WRITE)
@blp.arguments(AgencyUpdateSchema)
@blp.response(200, one(AgencySchema))
@blp.problems(400, 401, 403, 404, 412, 413, 415, 422, 428)
def update_agency(changes: dict[str, Any], slug: str) -> Answer:
    """Change, rename, end or merge an agency.

    JSON merge patch (RFC 7396). Words that advertise gambling or name an unknown domain are refused; a `site_url` on an unknown
    domain waits as `proposed` until another person sends the same. To merge it into another one set `valid_to` and `successor`:
    its content stays its own, and a filter by the successor includes it.
    """
    agency = services.update_agency(current_actor(), slug, expected_version(), changes)
    return one_answer(render_agency(agency), agency.version)


@blp.route("/areas")
@requires(Permission.AGENCY_READ)
@blp.arguments(AreaQuerySchema, location="query")
@blp.response(200, many(AreaSchema))
@blp.problems(400, 401, 403)
def list_areas(query: dict[str, Any]) -> Answer:
    """List administrative areas.

    By Kemendagri code. Content names areas by code; a filter by a code includes everything below it.
    """
    page = PageRequest(query)
    rows = queries.list_areas(
        levels=query.get("level", ()),
        parent=next(iter(query.get("parent", ())), None),
        after=page.after[0] if page.after else None,
        limit=page.fetch,
    )
    return page.answer(rows, render_area, lambda area: [area.code])
