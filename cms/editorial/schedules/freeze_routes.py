"""`POST /manage/v1/freeze` and the plans that a freeze finds. Reading and lifting freezes: `cms.moderation.routes`."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.core.errors import invalid_field
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, whole_answer
from cms.core.http.api import Blueprint
from cms.core.http.fields import Choice
from cms.core.http.schemas import PersonSchema, StrictSchema, one
from cms.core.permissions import Permission
from cms.editorial.content_types import type_names
from cms.editorial.schedules.frozen import plans_in, plans_of_freeze, present_plans, take_back_plans
from cms.moderation.presenter import present_freeze
from cms.moderation.schemas import FREEZE_SCOPE, FreezeSchema, FreezeSetSchema
from cms.moderation.services import freeze_person, freeze_publishing

MOMENT: dict[str, Any] = {"format": "date-time"}
blp = Blueprint("freezes", __name__, url_prefix="/manage/v1")


class PlanSchema(StrictSchema):
    """What is planned for an item. No content: administrators freeze too."""

    type = Choice(type_names)
    id = fields.String(metadata={"format": "uuid"})
    agency = fields.String(metadata={"description": "Slug of the owner.", "example": "dpu"})
    publish_at = fields.String(allow_none=True, metadata={**MOMENT, "description": "When readers would get it."})
    unpublish_at = fields.String(allow_none=True, metadata={**MOMENT, "description": "When they would lose it."})
    by = fields.Nested(PersonSchema, metadata={"description": "Who planned it."})


class PlansSchema(StrictSchema):
    """Plans, what comes first in front."""

    total = fields.Integer(metadata={"description": "How many there are.", "example": 1})
    items = fields.List(fields.Nested(PlanSchema), metadata={"description": "The first hundred of them."})


class NewFreezeSchema(FreezeSchema):
    """A freeze, and what comes about in its scope all the same."""

    plans = fields.Nested(
        PlansSchema,
        metadata={"description": "What was planned there before: it comes about unless it is taken back."},
    )


@blp.route("/freeze", methods=["POST"])
@requires(Permission.GUARD_WRITE)
@blp.arguments(FreezeSetSchema)
@blp.response(201, one(NewFreezeSchema))
@blp.problems(400, 401, 403, 409, 413, 415, 422)
def freeze(values: dict[str, Any]) -> Answer:
    """Freeze publishing.

    Nothing is published, unpublished or scheduled in the agency, or in the whole city; with `person`, that person changes
    nothing at all (403 `person_frozen`), whatever the agency. Readers go on reading, drafts can be
    written. What was planned before comes about all the same: `plans` names it, and `DELETE /manage/v1/freeze/{scope}/plans`
    takes it back.
    """
    person, agency, reason = values["person"], values["agency"], values["reason"]
    if person and agency:
        raise invalid_field("/agency", "not_with", other="person")
    made = (
        freeze_person(current_actor(), person, reason) if person else freeze_publishing(current_actor(), agency, reason)
    )
    shown = {**present_freeze(made), "plans": present_plans(plans_in(made.scope))}
    return whole_answer(shown, 201)


@blp.route("/freeze/<scope>/plans", parameters=FREEZE_SCOPE)
@requires(Permission.GUARD_READ)
@blp.response(200, one(PlansSchema))
@blp.problems(401, 403, 404)
def read_plans(scope: str) -> Answer:
    """Read what is planned where publishing is frozen.

    It comes about unless it is taken back.
    """
    return whole_answer(present_plans(plans_of_freeze(scope)))


@blp.route("/freeze/<scope>/plans", methods=["DELETE"], parameters=FREEZE_SCOPE)
@requires(Permission.GUARD_WRITE)
@blp.response(200, one(PlansSchema))
@blp.problems(401, 403, 404)
def take_back(scope: str) -> Answer:
    """Take back all that is planned where publishing is frozen.

    Beginnings and ends, whoever planned them; the answer says what that was. When it has answered 200, none of it happens. It
    goes in small transactions: after an interruption the same call does the rest.
    """
    return whole_answer(present_plans(take_back_plans(current_actor(), scope)))
