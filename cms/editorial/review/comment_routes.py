"""`.../comments`: what colleagues say about an item."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import current_app

from cms.core.access import current_actor, requires
from cms.core.answers import Answer, PageRequest
from cms.core.api import Blueprint
from cms.core.clock import from_micros, micros
from cms.core.permissions import Permission
from cms.core.schemas import many, one
from cms.editorial.models import ReviewComment
from cms.editorial.queries import get_item
from cms.editorial.review.comments import add_comment, list_comments, present_comment, reopen_comment, resolve_comment
from cms.editorial.review.schemas import CommentCreateSchema, CommentQuerySchema, CommentSchema, EmptySchema

if TYPE_CHECKING:
    from cms.editorial.routes import Wire

COMMENT = """At a field (`pointer`) or about the whole, by default about the newest edition. It stays with that edition and changes
neither the item's version nor its ETag."""


def add_comments(blueprint: Blueprint, wire: Wire) -> None:
    """List, make, resolve and reopen comments."""
    _add_list(blueprint, wire)
    _add_creation(blueprint, wire)
    _add_step(blueprint, wire, "resolve", resolve_comment, "Say that a comment on a {} is settled")
    _add_step(blueprint, wire, "reopen", reopen_comment, "Open a settled comment on a {} again")


def _add_list(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/comments")
    @requires(Permission.CONTENT_READ)
    @blueprint.arguments(CommentQuerySchema, location="query")
    @blueprint.response(200, many(CommentSchema))
    @blueprint.problems(400, 401, 403, 404)
    @wire.named("list_{}_comments", "List the comments on a {}", "Of all editions, oldest first.")
    def view(query: dict[str, Any], item_id: str) -> Answer:
        page = PageRequest(query)
        after = (from_micros(page.after[0]), page.after[1]) if page.after else None
        item = get_item(wire.content_type, item_id, current_actor())
        rows = list_comments(item, page.fetch, after, is_open=query.get("open"))
        return page.answer(rows, present_comment, lambda row: (micros(row.created_at), row.id))


def _add_creation(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/comments", methods=["POST"])
    @requires(Permission.CONTENT_COMMENT)
    @blueprint.arguments(CommentCreateSchema)
    @blueprint.response(201, one(CommentSchema))
    @blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422)
    @wire.named("comment_on_{}", "Comment on a {}", COMMENT)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        comment = add_comment(wire.content_type, current_actor(), item_id, **body)
        location = f"{current_app.config['PUBLIC_URL']}{wire.path}/{item_id}/comments"
        return {"data": present_comment(comment), "meta": {}}, 201, {"Location": location}


def _add_step(blueprint: Blueprint, wire: Wire, verb: str, act: Callable[..., ReviewComment], summary: str) -> None:
    @blueprint.route(f"/<item_id>/comments/<comment_id>/{verb}", methods=["POST"])
    @requires(Permission.CONTENT_COMMENT)
    @blueprint.arguments(EmptySchema)
    @blueprint.response(200, one(CommentSchema))
    @blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422)
    @wire.named(f"{verb}_{{}}_comment", summary)
    def view(_body: dict[str, Any], item_id: str, comment_id: str) -> Answer:
        comment = act(wire.content_type, current_actor(), item_id, comment_id)
        return {"data": present_comment(comment), "meta": {}}, 200, {}
