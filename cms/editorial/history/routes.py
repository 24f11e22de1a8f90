"""`.../editions` and `.../diff`: the history of an item."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.operations import always
from cms.core.http.schemas import PageQuerySchema, many, one
from cms.core.permissions import Permission
from cms.editorial.history.presenter import render_edition_row
from cms.editorial.history.queries import compare, get_past_edition, list_editions, published_editions
from cms.editorial.history.schemas import DiffQuerySchema, DiffSchema, EditionRowSchema, edition_schema
from cms.editorial.items.queries import get_item
from cms.editorial.resource import Operations, Resource

operations = Operations()


@operations.route(
    "/<item_id>/editions",
    requires(Permission.CONTENT_READ),
    query=PageQuerySchema,
    answer=always(many(EditionRowSchema)),
    problems=(400, 401, 403, 404),
)
def list_item_editions(resource: Resource, query: dict[str, Any], item_id: str) -> Answer:
    """List the editions of a {type}

    Newest first, without texts; discarded ones included. Autosaves of one sitting are one edition.
    """
    page = PageRequest(query)
    item = get_item(resource.content_type, item_id, current_actor())
    rows = list_editions(item, page.fetch, page.after[0] if page.after else None)
    shown = published_editions(resource.content_type, item, [row.number for row in rows])
    return page.answer(rows, lambda row: render_edition_row(item, row, row.number in shown), lambda row: [row.number])


@operations.route(
    "/<item_id>/editions/<int:edition>",
    requires(Permission.CONTENT_READ),
    answer=lambda resource: one(edition_schema(resource.content_type.name, resource.update)),
    problems=(401, 403, 404),
)
def read_item_edition(resource: Resource, item_id: str, edition: int) -> Answer:
    """Read an edition of a {type}

    Its full content as it was saved, and the body as HTML.
    """
    item = get_item(resource.content_type, item_id, current_actor())
    saved = get_past_edition(item, edition)
    facts = render_edition_row(item, saved, bool(published_editions(resource.content_type, item, [edition])))
    shown = {**facts, "content": saved.content, "body_html": saved.body_html}
    return whole_answer(shown)


@operations.route(
    "/<item_id>/diff",
    requires(Permission.CONTENT_READ),
    query=DiffQuerySchema,
    answer=always(one(DiffSchema)),
    problems=(400, 401, 403, 404),
)
def diff_item(resource: Resource, query: dict[str, Any], item_id: str) -> Answer:
    """Compare two editions of a {type}

    By field, and in `title`, `summary` and `body` by word; very long texts that have nothing in common by line.

    The pieces are data, never markup: escape them before they are shown.
    """
    item = get_item(resource.content_type, item_id, current_actor())
    found = compare(item, query.get("from"), query.get("to"))
    return whole_answer({"from": found.older, "to": found.newer, "fields": found.fields})
