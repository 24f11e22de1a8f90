"""`.../comments`: comments of colleagues on an item."""

from __future__ import annotations

from typing import Any

from flask import current_app

from cms.core.clock import from_micros, micros
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import WRITE_PROBLEMS
from cms.core.http.operations import always
from cms.core.http.schemas import EmptySchema, many, one
from cms.core.permissions import Permission
from cms.editorial.comments.presenter import render_comment
from cms.editorial.comments.queries import list_comments
from cms.editorial.comments.schemas import CommentCreateSchema, CommentQuerySchema, CommentSchema
from cms.editorial.comments.services import add_comment, reopen_comment, resolve_comment
from cms.editorial.items.queries import get_item
from cms.editorial.resource import Operations, Resource

operations = Operations()


@operations.route(
    "/<item_id>/comments",
    requires(Permission.CONTENT_READ),
    query=CommentQuerySchema,
    answer=always(many(CommentSchema)),
    problems=(400, 401, 403, 404),
)
def list_item_comments(resource: Resource, query: dict[str, Any], item_id: str) -> Answer:
    """List the comments on a {type}

    Of all editions, oldest first.
    """
    page = PageRequest(query)
    after = (from_micros(page.after[0]), page.after[1]) if page.after else None
    item = get_item(resource.content_type, item_id, current_actor())
    rows = list_comments(item, page.fetch, after, is_open=query.get("open"))
    return page.answer(rows, render_comment, lambda row: (micros(row.created_at), row.id))


@operations.route(
    "/<item_id>/comments",
    requires(Permission.CONTENT_COMMENT),
    "POST",
    body=CommentCreateSchema,
    answer=always(one(CommentSchema)),
    status=201,
    problems=WRITE_PROBLEMS,
)
def comment_on_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Comment on a {type}

    At a field (`pointer`) or on the whole, by default on the newest edition. The comment stays with that edition and changes
    neither the item's version nor its ETag.
    """
    comment = add_comment(resource.content_type, current_actor(), item_id, **body)
    location = f"{current_app.config['PUBLIC_URL']}{resource.path}/{item_id}/comments"
    return whole_answer(render_comment(comment), 201, {"Location": location})


@operations.route(
    "/<item_id>/comments/<comment_id>/resolve",
    requires(Permission.CONTENT_COMMENT),
    "POST",
    body=EmptySchema,
    answer=always(one(CommentSchema)),
    problems=WRITE_PROBLEMS,
)
def resolve_item_comment(resource: Resource, _body: dict[str, Any], item_id: str, comment_id: str) -> Answer:
    """Settle a comment on a {type}"""
    comment = resolve_comment(resource.content_type, current_actor(), item_id, comment_id)
    return whole_answer(render_comment(comment))


@operations.route(
    "/<item_id>/comments/<comment_id>/reopen",
    requires(Permission.CONTENT_COMMENT),
    "POST",
    body=EmptySchema,
    answer=always(one(CommentSchema)),
    problems=WRITE_PROBLEMS,
)
def reopen_item_comment(resource: Resource, _body: dict[str, Any], item_id: str, comment_id: str) -> Answer:
    """Open a settled comment on a {type} again"""
    comment = reopen_comment(resource.content_type, current_actor(), item_id, comment_id)
    return whole_answer(render_comment(comment))
