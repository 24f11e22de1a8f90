"""`.../revisions` and `.../diff`: the history of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms.core.access import current_actor, requires
from cms.core.answers import Answer, PageRequest
from cms.core.api import Blueprint
from cms.core.clock import rfc3339
from cms.core.permissions import Permission
from cms.core.schemas import PageQuerySchema, many, one
from cms.editorial.history.queries import compare, get_edition, list_revisions, published_editions
from cms.editorial.history.schemas import DiffQuerySchema, DiffSchema, RevisionRowSchema, revision_schema
from cms.editorial.models import Item, Revision
from cms.editorial.queries import get_item

if TYPE_CHECKING:
    from cms.editorial.routes import Wire

LISTED = "Newest first, without texts; discarded ones included. Autosaves of one sitting are one edition."
COMPARED = """By field, and in `title`, `summary` and `body` by word; very long texts that have nothing in common by line.

The pieces are data, never markup: escape them before they are shown."""


def add_revisions(blueprint: Blueprint, wire: Wire) -> None:
    """List, read and compare the editions of an item."""
    _add_list(blueprint, wire)
    _add_read(blueprint, wire)
    _add_diff(blueprint, wire)


def _add_list(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/revisions")
    @requires(Permission.CONTENT_READ)
    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, many(RevisionRowSchema))
    @blueprint.problems(400, 401, 403, 404)
    @wire.named("list_{}_revisions", "List the editions of a {}", LISTED)
    def view(query: dict[str, Any], item_id: str) -> Answer:
        page = PageRequest(query)
        item = get_item(wire.content_type, item_id, current_actor())
        rows = list_revisions(item, page.fetch, page.after[0] if page.after else None)
        shown = published_editions(wire.content_type, item, [row.edition for row in rows])
        return page.answer(rows, lambda row: _facts(item, row, row.edition in shown), lambda row: [row.edition])


def _add_read(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/revisions/<int:edition>")
    @requires(Permission.CONTENT_READ)
    @blueprint.response(200, one(revision_schema(wire.content_type.name, wire.update)))
    @blueprint.problems(401, 403, 404)
    @wire.named("get_{}_revision", "Read an edition of a {}", "Its full content as it was saved, and the body as HTML.")
    def view(item_id: str, edition: int) -> Answer:
        item = get_item(wire.content_type, item_id, current_actor())
        revision = get_edition(item, edition)
        facts = _facts(item, revision, bool(published_editions(wire.content_type, item, [edition])))
        shown = {**facts, "content": revision.content, "body_html": revision.body_html}
        return {"data": shown, "meta": {}}, 200, {}


def _add_diff(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/diff")
    @requires(Permission.CONTENT_READ)
    @blueprint.arguments(DiffQuerySchema, location="query")
    @blueprint.response(200, one(DiffSchema))
    @blueprint.problems(400, 401, 403, 404)
    @wire.named("diff_{}", "Compare two editions of a {}", COMPARED)
    def view(query: dict[str, Any], item_id: str) -> Answer:
        item = get_item(wire.content_type, item_id, current_actor())
        found = compare(item, query.get("from"), query.get("to"))
        return {"data": {"from": found.older, "to": found.newer, "fields": found.fields}, "meta": {}}, 200, {}


def _facts(item: Item, revision: Revision, was_published: bool) -> dict[str, Any]:
    """What is known of an edition beside its content."""
    return {
        "edition": revision.edition,
        "author": {"id": revision.author_id, "name": revision.author_label},
        "created_at": rfc3339(revision.created_at),
        "saved_at": rfc3339(revision.saved_at or revision.created_at),
        "is_autosave": revision.is_autosave,
        "is_published": revision.edition == item.published_edition,
        "was_published": was_published,
        "is_discarded": revision.discarded_at is not None,
        "changed_fields": revision.changed_fields,
        "restored_from": revision.restored_from,
    }
