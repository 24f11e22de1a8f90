"""`.../lease`: who is editing an item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from cms.core.access import current_actor, requires
from cms.core.answers import Answer
from cms.core.api import Blueprint
from cms.core.permissions import Permission
from cms.core.schemas import one
from cms.editorial.history.schemas import LeaseSchema, TakeLeaseSchema
from cms.editorial.leases.leases import find_lease, present_lease, release_lease, take_lease
from cms.editorial.models import EditLease
from cms.editorial.queries import get_item

if TYPE_CHECKING:
    from cms.editorial.routes import Wire

NOBODY = {"holder": None, "since": None, "until": None}
TAKING = """A courtesy to colleagues for seven minutes; call it again to renew. Writes are decided by `If-Match`, never by the lease.

Somebody else's lease answers 409 `lease_held`, which says who and until when; `take_over` takes it all the same and is told to
the log."""


def add_lease(blueprint: Blueprint, wire: Wire) -> None:
    """Take, renew, read and release the edit lease of an item."""
    _add_take(blueprint, wire)
    _add_read(blueprint, wire)
    _add_release(blueprint, wire)


def _add_take(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/lease", methods=["POST"])
    @requires(Permission.CONTENT_EDIT)
    @blueprint.arguments(TakeLeaseSchema)
    @blueprint.response(200, one(LeaseSchema))
    @blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422)
    @wire.named("take_{}_lease", "Say that you are editing a {}", TAKING)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        return _shown(take_lease(wire.content_type, current_actor(), item_id, **body))


def _add_read(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/lease")
    @requires(Permission.CONTENT_READ)
    @blueprint.response(200, one(LeaseSchema))
    @blueprint.problems(401, 403, 404)
    @wire.named("get_{}_lease", "See who is editing a {}", "Also shown as `lease` wherever the item is shown in full.")
    def view(item_id: str) -> Answer:
        return _shown(find_lease(get_item(wire.content_type, item_id, current_actor()).id))


def _add_release(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/lease", methods=["DELETE"])
    @requires(Permission.CONTENT_EDIT)
    @blueprint.response(204)
    @blueprint.problems(401, 403, 404, 409)
    @wire.named(
        "release_{}_lease", "Say that you are done editing a {}", "Without a lease of your own nothing happens."
    )
    def view(item_id: str) -> Response:
        release_lease(wire.content_type, current_actor(), item_id)
        return Response(status=204)


def _shown(lease: EditLease | None) -> Answer:
    return {"data": NOBODY if lease is None else present_lease(lease), "meta": {}}, 200, {}
