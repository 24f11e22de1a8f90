"""`.../erase` of an item, and the orders: /manage/v1/erasures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cms.core.errors import Conflict, NotFound, invalid_field
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import WRITE_PROBLEMS, Blueprint
from cms.core.http.operations import always
from cms.core.http.schemas import EmptySchema, many, one
from cms.core.permissions import Permission
from cms.editorial.content_types import registered_types
from cms.editorial.items.queries import get_item
from cms.editorial.resource import Operations, Resource
from cms.erasures import queries, services
from cms.erasures.extent import Extent, extent_of
from cms.erasures.models import Erasure, ErasureState
from cms.erasures.presenter import render_erasure
from cms.erasures.schemas import ErasureQuerySchema, ErasureRequestSchema, ErasureSchema

operations = Operations()
blp = Blueprint("erasures", __name__, url_prefix="/manage/v1", description="Lawful removal of what was published.")
ERASURE = [{"name": "erasure_id", "in": "path", "description": "Id of the order."}]


@operations.route(
    "/<item_id>/erase",
    requires(Permission.CONTENT_ERASE),
    "POST",
    body=ErasureRequestSchema,
    answer=always(one(ErasureSchema)),
    status=201,
    problems=WRITE_PROBLEMS,
)
def erase_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Order the erasure of a {type}

    Text, files and pictures of the whole {type}, or of `parts` of it, are to go from everywhere. Nothing goes before another person
    confirms the order within seven days. `goes` names what would; with `dry_run=true` nothing is ordered. 409
    `not_published`: what was never published is purged from the trash instead.
    """
    if body["parts"] == {}:
        raise invalid_field("/parts/editions", "needed_one_of", other="files")
    wanted = services.ErasureRequest(**body)
    ordered = services.request_erasure(current_actor(), resource.content_type, item_id, wanted)
    return whole_answer(render_erasure(ordered.erasure, ordered.extent), 201)


@blp.route("/erasures")
@requires(Permission.CONTENT_READ)
@blp.arguments(ErasureQuerySchema, location="query")
@blp.response(200, many(ErasureSchema))
@blp.problems(400, 401, 403)
def list_erasures(query: dict[str, Any]) -> Answer:
    """List orders to erase.

    Of the agencies whose content the caller may read; the newest first.
    """
    page, state = PageRequest(query), query.get("state")
    after = page.after[0] if page.after else None
    wanted = None if state is None else ErasureState(state)
    rows = queries.list_erasures(current_actor(), wanted, after=after, limit=page.fetch)
    return page.answer(rows, render_erasure, lambda erasure: [erasure.id])


@blp.route("/erasures/<erasure_id>", parameters=ERASURE)
@requires(Permission.CONTENT_READ)
@blp.response(200, one(ErasureSchema))
@blp.problems(401, 403, 404)
def read_erasure(erasure_id: str) -> Answer:
    """Read an order to erase.

    While it waits `goes` names what would go as things are now; null when its parts are in use again.
    """
    erasure = queries.get_erasure(current_actor(), erasure_id)
    return whole_answer(render_erasure(erasure, _extent_now(erasure)))


@blp.route("/erasures/<erasure_id>/confirm", methods=["POST"], parameters=ERASURE)
@requires(Permission.CONTENT_ERASE_CONFIRM)
@blp.arguments(EmptySchema)
@blp.response(200, one(ErasureSchema))
@blp.problems(*WRITE_PROBLEMS)
def confirm_erasure(_body: dict[str, Any], erasure_id: str) -> Answer:
    """Confirm an order to erase.

    By another person than who ordered it. Texts go with this answer, the bytes of files within minutes. It cannot be undone.
    """
    ordered = services.confirm_erasure(current_actor(), erasure_id)
    return whole_answer(render_erasure(ordered.erasure, ordered.extent))


@blp.route("/erasures/<erasure_id>/cancel", methods=["POST"], parameters=ERASURE)
@requires(Permission.CONTENT_ERASE)
@blp.arguments(EmptySchema)
@blp.response(200, one(ErasureSchema))
@blp.problems(*WRITE_PROBLEMS)
def cancel_erasure(_body: dict[str, Any], erasure_id: str) -> Answer:
    """Cancel an order to erase.

    While it waits for the second person.
    """
    return whole_answer(render_erasure(services.cancel_erasure(current_actor(), erasure_id).erasure))


def erasure_blueprint(resources: Iterable[Resource]) -> Blueprint:
    """`.../erase` of all content types."""
    blueprint = Blueprint(
        "erase", __name__, url_prefix="/manage/v1", description="Lawful removal of what was published."
    )
    for resource in resources:
        operations.mount(blueprint, resource, f"/{resource.content_type.plural}")
    return blueprint


def _extent_now(erasure: Erasure) -> Extent | None:
    if not erasure.is_open:
        return None
    try:
        return extent_of(get_item(registered_types()[erasure.type], erasure.item_id, current_actor()), erasure.parts)
    except (Conflict, NotFound):
        return None
