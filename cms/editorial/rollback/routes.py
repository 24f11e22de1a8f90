"""Undoing what somebody changed: /manage/v1/rollback."""

from __future__ import annotations

from typing import Any

from cms.core.clock import now
from cms.core.errors import invalid_field
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import Blueprint
from cms.core.http.fields import Moment, Pattern, Slug, Text
from cms.core.http.schemas import PageQuerySchema, StrictSchema, many, one
from cms.core.ids import ID_PATTERN
from cms.core.permissions import Permission
from cms.editorial.rollback.services import Order, roll_back
from cms.moderation import queries
from cms.moderation.presenter import present_rollback
from cms.moderation.schemas import LONGEST_REASON, RollbackSchema

blp = Blueprint("rollback", __name__, url_prefix="/manage/v1", description="Undoing what somebody changed.")
ROLLBACK = [{"name": "rollback_id", "in": "path", "description": "Id of the rollback."}]


class RollbackOrderSchema(StrictSchema):
    """What is to be undone."""

    actor = Text(
        max=36,
        required=True,
        validate=[Pattern(ID_PATTERN, "the id of a person")],
        metadata={"format": "uuid", "description": "Id of the person whose changes are undone."},
    )
    since = Moment(required=True, metadata={"description": "From when on.", "example": "2026-11-24T01:00:00Z"})
    agency = Slug(max=63, allow_none=True, load_default=None, metadata={"description": "Only there; null: everywhere."})
    reason = Text(
        min=5, max=LONGEST_REASON, required=True, metadata={"description": "Why.", "example": "Akun editor dibajak."}
    )


class RollbackPageQuerySchema(PageQuerySchema):
    """The list of rollbacks takes no filters."""


@blp.route("/rollback", methods=["POST"])
@requires(Permission.GUARD_ROLLBACK)
@blp.arguments(RollbackOrderSchema)
@blp.response(200, one(RollbackSchema))
@blp.problems(400, 401, 403, 413, 415, 422, 503)
def start(values: dict[str, Any]) -> Answer:
    """Undo what somebody changed.

    Everything that a person published, took back, planned, edited or put away since `since`. Readers get again what they had;
    what was published for the first time disappears (404). Old content comes back as new editions. Items that a colleague
    has set right meanwhile stay. Names and descriptions of agencies and categories and the link lists are put right as well. More than
    300 things, or a `since` of more than 30 days ago, wait until another person sends the same order (`is_waiting`). The same call again goes on where an interrupted one stopped. It suspends nobody: do that
    first.
    """
    if values["since"] > now():
        raise invalid_field("/since", "not_after", other="now")
    order = Order(values["actor"], values["since"], values["agency"], values["reason"])
    return whole_answer(present_rollback(roll_back(current_actor(), order)))


@blp.route("/rollback")
@requires(Permission.GUARD_READ)
@blp.arguments(RollbackPageQuerySchema, location="query")
@blp.response(200, many(RollbackSchema))
@blp.problems(400, 401, 403)
def index(query: dict[str, Any]) -> Answer:
    """List rollbacks.

    The newest first.
    """
    page = PageRequest(query)
    rows = queries.list_rollbacks(after=page.after[0] if page.after else None, limit=page.fetch)
    return page.answer(rows, present_rollback, lambda rollback: [rollback.id])


@blp.route("/rollback/<rollback_id>", parameters=ROLLBACK)
@requires(Permission.GUARD_READ)
@blp.response(200, one(RollbackSchema))
@blp.problems(401, 403, 404)
def read(rollback_id: str) -> Answer:
    """Read a rollback.

    While it runs, `done` grows.
    """
    return whole_answer(present_rollback(queries.get_rollback(rollback_id)))
