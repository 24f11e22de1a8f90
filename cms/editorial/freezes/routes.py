"""/manage/v1/freeze: freezes, the schedules in their scope, and lifting freezes."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.errors import invalid_field
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, whole_answer
from cms.core.http.api import Blueprint
from cms.core.http.schemas import one
from cms.core.permissions import Permission
from cms.editorial.freezes import queries, services, tasks
from cms.editorial.freezes.presenter import render_freeze, render_scheduled_items
from cms.editorial.freezes.queries import scheduled_items_in, scheduled_items_of_freeze
from cms.editorial.freezes.schemas import (
    FREEZE_SCOPE,
    FreezeSetSchema,
    FreezesSchema,
    NewFreezeSchema,
    ScheduledItemsSchema,
)
from cms.editorial.freezes.services import freeze_person, freeze_publishing

blp = Blueprint("freezes", __name__, url_prefix="/manage/v1")


@blp.route("/freeze", methods=["POST"])
@requires(Permission.MODERATION_WRITE)
@blp.arguments(FreezeSetSchema)
@blp.response(201, one(NewFreezeSchema))
@blp.problems(400, 401, 403, 409, 413, 415, 422)
@blp.doc(tags=["moderation"])
def set_freeze(values: dict[str, Any]) -> Answer:
    """Freeze publishing.

    Nothing is published, unpublished or scheduled in the agency, or in the whole city; with `person`, that person changes
    nothing at all (403 `person_frozen`), in any agency. Readers keep what they have, and drafts can
    be written. Earlier schedules still take effect: `schedules` lists them, and `DELETE /manage/v1/freeze/{scope}/schedules` takes them
    back.
    """
    person, agency, reason = values["person"], values["agency"], values["reason"]
    if person and agency:
        raise invalid_field("/agency", "not_with", other="person")
    made = (
        freeze_person(current_actor(), person, reason) if person else freeze_publishing(current_actor(), agency, reason)
    )
    shown = {**render_freeze(made), "schedules": render_scheduled_items(scheduled_items_in(made.scope))}
    return whole_answer(shown, 201)


@blp.route("/freeze/<scope>/schedules", parameters=FREEZE_SCOPE)
@requires(Permission.MODERATION_READ)
@blp.response(200, one(ScheduledItemsSchema))
@blp.problems(401, 403, 404)
@blp.doc(tags=["moderation"])
def read_schedules_of_freeze(scope: str) -> Answer:
    """Read the schedules in the scope of a freeze.

    They take effect unless they are taken back.
    """
    return whole_answer(render_scheduled_items(scheduled_items_of_freeze(scope)))


@blp.route("/freeze/<scope>/schedules", methods=["DELETE"], parameters=FREEZE_SCOPE)
@requires(Permission.MODERATION_WRITE)
@blp.response(200, one(ScheduledItemsSchema))
@blp.problems(401, 403, 404)
@blp.doc(tags=["moderation"])
def cancel_schedules(scope: str) -> Answer:
    """Cancel all schedules in the scope of a freeze.

    Beginnings and ends, of every author; the answer lists them. After a 200 none of them takes effect. It works in small
    transactions: after an interruption the same call does the rest.
    """
    return whole_answer(render_scheduled_items(tasks.cancel_schedules(current_actor(), scope)))


@blp.route("/freeze")
@requires(Permission.MODERATION_READ)
@blp.response(200, one(FreezesSchema))
@blp.problems(400, 401, 403)
@blp.doc(tags=["moderation"])
def read_freezes() -> Answer:
    """Read what is frozen.

    All freezes; an empty list means that publishing is frozen nowhere.
    """
    return whole_answer({"freezes": [render_freeze(freeze) for freeze in queries.list_freezes()]})


@blp.route("/freeze/<scope>", methods=["DELETE"], parameters=FREEZE_SCOPE)
@requires(Permission.MODERATION_WRITE)
@blp.response(204)
@blp.problems(401, 403, 404)
@blp.doc(tags=["moderation"])
def lift_freeze(scope: str) -> Response:
    """Lift a freeze.

    The freeze of the city and that of an agency are lifted separately.
    """
    services.lift_freeze(current_actor(), scope)
    return Response(status=204)
