"""The trail: /manage/v1/changes and /manage/v1/checkpoints."""

from __future__ import annotations

from typing import Any

from cms.audit import queries
from cms.audit.presenter import render_change, render_checkpoint
from cms.audit.queries import ChangeFilter
from cms.audit.schemas import OLDEST_FIRST, ChangeQuerySchema, ChangeSchema, CheckpointSchema
from cms.core.http.access import requires
from cms.core.http.answers import Answer, PageRequest
from cms.core.http.api import Blueprint
from cms.core.http.schemas import PageQuerySchema, many
from cms.core.permissions import Permission

blp = Blueprint("trail", __name__, url_prefix="/manage/v1", description="Who did what, and the proof of it.")
NOT_FILTERS = {"limit", "cursor", "sort"}


@blp.route("/changes")
@requires(Permission.TRAIL_READ)
@blp.arguments(ChangeQuerySchema, location="query")
@blp.response(200, many(ChangeSchema))
@blp.problems(400, 401, 403)
def list_changes(query: dict[str, Any]) -> Answer:
    """Read the change log.

    Newest line first, or with `sort=sequence` oldest first. All filters that are given must hold.
    """
    page = PageRequest(query)
    wanted = ChangeFilter(**{name: value for name, value in query.items() if name not in NOT_FILTERS})
    after = page.after[0] if page.after else None
    rows = queries.list_changes(wanted, oldest_first=query["sort"] == OLDEST_FIRST, after=after, limit=page.fetch)
    return page.answer(rows, render_change, lambda change: [change.sequence])


@blp.route("/checkpoints")
@requires(Permission.TRAIL_READ)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, many(CheckpointSchema))
@blp.problems(400, 401, 403)
def list_checkpoints(query: dict[str, Any]) -> Answer:
    """List signed checkpoints of the change log.

    Newest first. Keep them outside of this server: `cms audit verify --checkpoint FILE` takes a saved answer.
    """
    page = PageRequest(query)
    after = (page.after[0], page.after[1]) if page.after else None
    rows = queries.list_checkpoints(after=after, limit=page.fetch)
    return page.answer(rows, render_checkpoint, lambda checkpoint: [checkpoint.sequence, checkpoint.key_id])
