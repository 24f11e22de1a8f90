"""The routes of reposts, for the content types that agencies carry for each other."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import WRITE_PROBLEMS
from cms.core.http.operations import always
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.editorial.reposts import queries
from cms.editorial.reposts import services as reposts
from cms.editorial.reposts.presenter import render_reposts
from cms.editorial.reposts.schemas import RepostCreateSchema, RepostQuerySchema, RepostSchema, SocialSchema
from cms.editorial.resource import Operations, Resource

operations = Operations()


@operations.route(
    "/<item_id>/reposts",
    requires(Permission.CONTENT_READ),
    query=RepostQuerySchema,
    answer=always(many(RepostSchema)),
    problems=(400, 401, 403, 404),
)
def list_item_reposts(resource: Resource, query: dict[str, Any], item_id: str) -> Answer:
    """List who carries a {type}

    By agency; also while it is not live and reposts rest.
    """
    page = PageRequest(query)
    after = page.after[0] if page.after else None
    found = queries.item_reposts(resource.content_type, current_actor(), item_id, after=after, limit=page.fetch)
    return page.answer(render_reposts(found), lambda row: row, lambda row: [row["agency"]["slug"]])


@operations.route(
    "/<item_id>/reposts",
    requires(Permission.CONTENT_REPOST),
    "POST",
    body=RepostCreateSchema,
    answer=always(one(RepostSchema)),
    status=201,
    problems=WRITE_PROBLEMS,
)
def repost_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Carry a {type} of another agency

    Any live item of any agency can be carried: an agency's editor carries it on the agency's own channel, a central editor on
    any, also the city's. Credit and canonical address are the server's; the owner's corrections and withdrawals
    show at once. It rests while the source is not live, and returns when that is published again.

    409 when it is not published, is the agency's own, is on its channel already, or is carried by it already.
    """
    repost = reposts.repost_item(resource.content_type, current_actor(), item_id, **body)
    location = f"{current_app.config['PUBLIC_URL']}{resource.path}/{item_id}/reposts"
    return whole_answer(render_reposts([repost])[0], 201, {"Location": location})


@operations.route(
    "/<item_id>/reposts/<agency>",
    requires(Permission.CONTENT_REPOST),
    "DELETE",
    status=204,
    problems=(401, 403, 404, 409),
)
def end_item_repost(resource: Resource, item_id: str, agency: str) -> Response:
    """Carry a {type} no longer

    The source stays as it is.
    """
    reposts.end_item_repost(resource.content_type, current_actor(), item_id, agency)
    return Response(status=204)


@operations.route(
    "/<item_id>/social",
    requires(Permission.CONTENT_READ),
    answer=always(one(SocialSchema)),
    problems=(401, 403, 404),
)
def read_item_social_text(resource: Resource, item_id: str) -> Answer:
    """Get the social text of a {type}

    Of the published edition, else of the newest. Null while the item is withdrawn: nobody should spread what does not hold.
    """
    made = queries.social_text(resource.content_type, current_actor(), item_id)
    data = {"text": made.text, "length": len(made.text or ""), "link": made.link, "edition": made.edition}
    return whole_answer(data)
