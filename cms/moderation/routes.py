"""Moderation on the management plane: /manage/v1/link-domains, /manage/v1/breakers. Freezing: `cms.editorial.freezes`."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Response

from cms.core.errors import invalid_parameter
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import WRITE_PROBLEMS, Blueprint
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.moderation import queries, services
from cms.moderation.models import LinkVerdict
from cms.moderation.presenter import render_link_domain, render_trip
from cms.moderation.schemas import (
    BreakerQuerySchema,
    BreakerTripSchema,
    LinkDomainQuerySchema,
    LinkDomainSchema,
    LinkDomainSetSchema,
)

blp = Blueprint(
    "moderation", __name__, url_prefix="/manage/v1", description="What protects readers from gambling links."
)
DOMAIN = [{"name": "domain", "in": "path", "description": "In ASCII, such as `bmkg.example`; `xn--...` for others."}]
TRIP = [{"name": "trip_id", "in": "path", "description": "Id of the trip."}]
_DOMAIN: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


@blp.route("/link-domains")
@requires(Permission.MODERATION_READ)
@blp.arguments(LinkDomainQuerySchema, location="query")
@blp.response(200, many(LinkDomainSchema))
@blp.problems(400, 401, 403)
def list_link_domains(query: dict[str, Any]) -> Answer:
    """List known domains.

    By name. A domain without an entry is unknown: an edition with a link to it waits for a second person. `go.id`,
    the agencies' own sites and example domains are allowed from the start and need no entry.
    """
    page = PageRequest(query)
    after = page.after[0] if page.after else None
    rows = queries.list_link_domains(verdict=query.get("verdict"), after=after, limit=page.fetch)
    return page.answer(rows, render_link_domain, lambda entry: [entry.domain])


@blp.route("/link-domains/<domain>", methods=["PUT"], parameters=DOMAIN)
@requires(Permission.MODERATION_WRITE)
@blp.arguments(LinkDomainSetSchema)
@blp.response(200, one(LinkDomainSchema))
@blp.problems(*WRITE_PROBLEMS)
def set_link_domain(values: dict[str, Any], domain: str) -> Answer:
    """Allow or block a domain.

    The entry covers everything below the domain; of two entries the longer one decides. It applies to what is saved from now
    on. The person who allows a domain counts as a writer of everything that links to it. A public suffix (`com`, `go.id`),
    below which anyone can register names, cannot be allowed.
    """
    if not _DOMAIN.fullmatch(domain):
        raise invalid_parameter("domain", "bad_format", expected="a domain in lower case, such as bmkg.example")
    entry = services.set_link_domain(current_actor(), domain, LinkVerdict(values["verdict"]), values.get("note"))
    return whole_answer(render_link_domain(entry))


@blp.route("/link-domains/<domain>", methods=["DELETE"], parameters=DOMAIN)
@requires(Permission.MODERATION_WRITE)
@blp.response(204)
@blp.problems(401, 403, 404)
def remove_link_domain(domain: str) -> Response:
    """Forget a domain.

    Links to it are unknown again, or fall under the entry of a domain above it.
    """
    services.remove_link_domain(current_actor(), domain)
    return Response(status=204)


@blp.route("/breakers")
@requires(Permission.MODERATION_READ)
@blp.arguments(BreakerQuerySchema, location="query")
@blp.response(200, many(BreakerTripSchema))
@blp.problems(400, 401, 403)
def list_breakers(query: dict[str, Any]) -> Answer:
    """List tripped breakers.

    The newest first, those of the past included unless `open=true`.
    """
    page = PageRequest(query)
    after = page.after[0] if page.after else None
    rows = queries.list_trips(is_open=query.get("is_open"), after=after, limit=page.fetch)
    return page.answer(rows, render_trip, lambda trip: [trip.id])


@blp.route("/breakers/<trip_id>/reset", methods=["POST"], parameters=TRIP)
@requires(Permission.MODERATION_WRITE)
@blp.response(200, one(BreakerTripSchema))
@blp.problems(401, 403, 404, 409)
def reset_breaker(trip_id: str) -> Answer:
    """Reset a breaker.

    The person or agency can publish again at once. You cannot reset your own breaker.
    """
    trip = services.reset_breaker(current_actor(), trip_id)
    return whole_answer(render_trip(trip))
