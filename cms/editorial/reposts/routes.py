"""The routes of reposts, for the content types that agencies carry for each other."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from cms.core.access import current_actor, requires
from cms.core.answers import Answer, PageRequest
from cms.core.api import Blueprint
from cms.core.permissions import Permission
from cms.core.schemas import many, one
from cms.editorial.reposts.reposts import end_item_repost, item_reposts, present_reposts, repost_item, social_text
from cms.editorial.reposts.schemas import RepostCreateSchema, RepostQuerySchema, RepostSchema, SocialSchema
from cms.editorial.routes import Wire

REPOST = """Any live item can be carried, whoever owns it: an agency's editor carries it on the agency's own channel, a central
editor on any, the city's included. Credit and canonical address are the server's; the owner's corrections and withdrawals
show at once. It rests while the source is not live, and is back when that is published again.

409 when it is not published, is the agency's own, is on its channel already, or is carried by it already."""


def add_reposts(blueprint: Blueprint, wire: Wire) -> None:
    """Reposting, its end, who carries an item, and its social text."""
    for add in (_add_list, _add_creation, _add_end, _add_social):
        add(blueprint, wire)


def _add_list(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/reposts")
    @requires(Permission.CONTENT_READ)
    @blueprint.arguments(RepostQuerySchema, location="query")
    @blueprint.response(200, many(RepostSchema))
    @blueprint.problems(400, 401, 403, 404)
    @wire.named("list_{}_reposts", "List who carries a {}", "By agency; also while it is not live and reposts rest.")
    def view(query: dict[str, Any], item_id: str) -> Answer:
        page = PageRequest(query)
        after = page.after[0] if page.after else None
        found = item_reposts(wire.content_type, current_actor(), item_id, after=after, limit=page.fetch)
        return page.answer(present_reposts(found), lambda row: row, lambda row: [row["agency"]["slug"]])


def _add_creation(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/reposts", methods=["POST"])
    @requires(Permission.CONTENT_REPOST)
    @blueprint.arguments(RepostCreateSchema)
    @blueprint.response(201, one(RepostSchema))
    @blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422)
    @wire.named("repost_{}", "Carry a {} of another agency", REPOST)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        repost = repost_item(wire.content_type, current_actor(), item_id, **body)
        location = f"{current_app.config['PUBLIC_URL']}{wire.path}/{item_id}/reposts"
        return {"data": present_reposts([repost])[0], "meta": {}}, 201, {"Location": location}


def _add_end(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/reposts/<agency>", methods=["DELETE"])
    @requires(Permission.CONTENT_REPOST)
    @blueprint.response(204)
    @blueprint.problems(401, 403, 404, 409)
    @wire.named("end_{}_repost", "Carry a {} no longer", "The source stays as it is.")
    def view(item_id: str, agency: str) -> Response:
        end_item_repost(wire.content_type, current_actor(), item_id, agency)
        return Response(status=204)


def _add_social(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/social")
    @requires(Permission.CONTENT_READ)
    @blueprint.response(200, one(SocialSchema))
    @blueprint.problems(401, 403, 404)
    @wire.named(
        "read_{}_social_text", "Get the social text of a {}", "Of the edition that readers have, else the newest."
    )
    def view(item_id: str) -> Answer:
        made = social_text(wire.content_type, current_actor(), item_id)
        data = {"text": made.text, "length": len(made.text), "link": made.link, "edition": made.edition}
        return {"data": data, "meta": {}}, 200, {}
