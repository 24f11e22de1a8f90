"""Undoing a person's changes: /manage/v1/rollback."""

from __future__ import annotations

from typing import Any

from cms.core.clock import now
from cms.core.errors import invalid_field
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import Blueprint
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.editorial.rollback import queries
from cms.editorial.rollback.orders import Order
from cms.editorial.rollback.presenter import render_rollback
from cms.editorial.rollback.schemas import RollbackOrderSchema, RollbackPageQuerySchema, RollbackSchema
from cms.editorial.rollback.tasks import roll_back

blp = Blueprint("rollback", __name__, url_prefix="/manage/v1", description="Undoing a person's changes.")
ROLLBACK = [{"name": "rollback_id", "in": "path", "description": "Id of the rollback."}]


@blp.route("/rollback", methods=["POST"])
@requires(Permission.MODERATION_ROLLBACK)
@blp.arguments(RollbackOrderSchema)
@blp.response(200, one(RollbackSchema))
@blp.problems(400, 401, 403, 413, 415, 422, 503)
def start_rollback(values: dict[str, Any]) -> Answer:
    """Undo a person's changes.

    Everything that the person published, took back, scheduled, edited or put away since `since`. Readers get back what they had;
    items published for the first time disappear (404). Old content comes back as new editions. Items that a colleague has
    corrected meanwhile stay. Names and descriptions of agencies and categories, and the link lists, are restored as well. An
    order for more than 300 things, or a `since` of more than 30 days ago, waits until another person sends the same order
    (`is_waiting`). The same call again continues an interrupted one. It does not suspend the person: do that first.
    """
    if values["since"] > now():
        raise invalid_field("/since", "not_after", other="now")
    order = Order(values["actor"], values["since"], values["agency"], values["reason"])
    return whole_answer(render_rollback(roll_back(current_actor(), order)))


@blp.route("/rollback")
@requires(Permission.MODERATION_READ)
@blp.arguments(RollbackPageQuerySchema, location="query")
@blp.response(200, many(RollbackSchema))
@blp.problems(400, 401, 403)
def list_rollbacks(query: dict[str, Any]) -> Answer:
    """List rollbacks.

    The newest first.
    """
    page = PageRequest(query)
    rows = queries.list_rollbacks(after=page.after[0] if page.after else None, limit=page.fetch)
    return page.answer(rows, render_rollback, lambda rollback: [rollback.id])


@blp.route("/rollback/<rollback_id>", parameters=ROLLBACK)
@requires(Permission.MODERATION_READ)
@blp.response(200, one(RollbackSchema))
@blp.problems(401, 403, 404)
def read_rollback(rollback_id: str) -> Answer:
    """Read a rollback.

    While it runs, `done` grows.
    """
    return whole_answer(render_rollback(queries.get_rollback(rollback_id)))
