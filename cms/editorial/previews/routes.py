"""`.../previews`: preview links of an item; and `/preview/...`, where they lead.

What a link shows is on the service plane, under an address of its own: nothing below `/v1` knows these links, so no kept
answer of the delivery plane and no cache in front of it can ever hold a draft (R-D5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, current_app
from marshmallow import Schema

from cms.core.access import Plane, current_actor, public, requires
from cms.core.answers import Answer, PageRequest
from cms.core.api import Blueprint
from cms.core.clock import rfc3339
from cms.core.permissions import Permission
from cms.core.schemas import PageQuerySchema, many, one
from cms.editorial.history.schemas import MadePreviewSchema, PreviewCreateSchema, PreviewSchema, previewed_schema
from cms.editorial.models import Preview
from cms.editorial.previews.previews import (
    create_preview,
    get_preview,
    is_in_force,
    list_previews,
    revoke_preview,
    token_of,
    use_preview,
)
from cms.editorial.queries import get_item

if TYPE_CHECKING:
    from cms.editorial.routes import Wire

previews = Blueprint("previews", __name__, url_prefix="/preview")
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}
MAKING = """`data.url` is the link: it is shown this once. It opens this one item and nothing else, and ends when it expires, is revoked
or used up, when the item goes to the trash, and when you lose the right to edit the item, are suspended or change your password."""
SHOWING = """The item as `/v1` would deliver it, with null where the draft has nothing yet. Counted, never cached. 404: not a link of this
server; 410: the link has ended."""


def add_previews(blueprint: Blueprint, wire: Wire) -> None:
    """Make, list, read and revoke the preview links of an item."""
    for add in (_add_creation, _add_list, _add_read, _add_revocation):
        add(blueprint, wire)


def add_preview(wire: Wire, presented: type[Schema]) -> None:
    """Where the links of a content type lead; `presented` is its delivered form."""

    @previews.route(f"/{wire.content_type.plural}/<token>")
    @public(Plane.SERVICE)
    @previews.response(200, previewed_schema(wire.content_type.name, presented))
    @previews.problems(404, 410)
    @wire.named("show_{}_preview", "Read a {} through a preview link", SHOWING)
    def view(token: str) -> Answer:
        shown = use_preview(wire.content_type, token)
        facts = _facts(shown.preview)
        meta = {"edition": shown.presented.edition, "state": shown.item.state}
        meta |= {name: facts[name] for name in ("expires_at", "uses_left")}
        return {"data": shown.presented.full, "meta": meta}, 200, HEADERS


def _add_creation(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/previews", methods=["POST"])
    @requires(Permission.CONTENT_EDIT)
    @blueprint.arguments(PreviewCreateSchema)
    @blueprint.response(201, one(MadePreviewSchema))
    @blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422)
    @wire.named("create_{}_preview", "Make a preview link of a {}", MAKING)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        values = {"edition": body.get("edition"), "expires_in": body["expires_in"], "most_uses": body.get("uses")}
        preview = create_preview(wire.content_type, current_actor(), item_id, **values)
        host = current_app.config["PUBLIC_URL"]
        url = f"{host}/preview/{wire.content_type.plural}/{token_of(preview)}"
        headers = {"Location": f"{host}{wire.path}/{item_id}/previews/{preview.id}"}
        return {"data": {**_facts(preview), "url": url}, "meta": {}}, 201, headers


def _add_list(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/previews")
    @requires(Permission.CONTENT_READ)
    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, many(PreviewSchema))
    @blueprint.problems(400, 401, 403, 404)
    @wire.named(
        "list_{}_previews", "List the preview links of a {}", "Newest first, ended ones included; never the address."
    )
    def view(query: dict[str, Any], item_id: str) -> Answer:
        page = PageRequest(query)
        item = get_item(wire.content_type, item_id, current_actor())
        rows = list_previews(item, page.fetch, page.after[0] if page.after else None)
        return page.answer(rows, _facts, lambda preview: [preview.id])


def _add_read(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/previews/<preview_id>")
    @requires(Permission.CONTENT_READ)
    @blueprint.response(200, one(PreviewSchema))
    @blueprint.problems(401, 403, 404)
    @wire.named("get_{}_preview", "Read what is known of a preview link of a {}", "Also how often it was opened.")
    def view(item_id: str, preview_id: str) -> Answer:
        item = get_item(wire.content_type, item_id, current_actor())
        return {"data": _facts(get_preview(item, preview_id)), "meta": {}}, 200, {}


def _add_revocation(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/previews/<preview_id>", methods=["DELETE"])
    @requires(Permission.CONTENT_EDIT)
    @blueprint.response(204)
    @blueprint.problems(401, 403, 404)
    @wire.named("revoke_{}_preview", "Revoke a preview link of a {}", "It shows nothing from the next request on.")
    def view(item_id: str, preview_id: str) -> Response:
        revoke_preview(wire.content_type, current_actor(), item_id, preview_id)
        return Response(status=204)


def _facts(preview: Preview) -> dict[str, Any]:
    """A link as colleagues get it."""
    return {
        "id": preview.id,
        "edition": preview.edition,
        "created_by": {"id": preview.created_by_id, "name": preview.created_by_label},
        "created_at": rfc3339(preview.created_at),
        "expires_at": rfc3339(preview.expires_at),
        "is_active": is_in_force(preview),
        "uses": preview.uses,
        "uses_left": None if preview.most_uses is None else preview.most_uses - preview.uses,
        "last_used_at": rfc3339(preview.last_used_at) if preview.last_used_at else None,
        "revoked_at": rfc3339(preview.revoked_at) if preview.revoked_at else None,
    }
