"""`.../schedule` and `.../unpublish` of an item: when readers get it, and how it goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms.core.access import current_actor, requires
from cms.core.answers import Answer
from cms.core.api import Blueprint
from cms.core.conditional import expected_version
from cms.core.permissions import Permission
from cms.core.schemas import one
from cms.editorial.publishing import Update
from cms.editorial.schedules.scheduling import Schedule, schedule_item, unschedule_item
from cms.editorial.schedules.schemas import ScheduleSchema, UnpublishSchema
from cms.editorial.unpublishing import unpublish_item
from cms.publishing.models import Standing

if TYPE_CHECKING:
    from cms.editorial.routes import Wire

CHANGE_PROBLEMS = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
STANDINGS = {
    "gone": Standing.GONE,
    "redirect": Standing.REDIRECTED,
    "withdrawn": Standing.WITHDRAWN,
    "vanish": Standing.VANISHED,
}
SCHEDULE = """The newest edition is checked and pinned as for `publish`, and readers get it on the second. Until then it cannot be edited;
`DELETE schedule` takes the plan back, another `POST` replaces it. With `unpublish_at` alone the end of what readers have is planned."""
UNSCHEDULE = "When this has answered 200, it does not happen. 409 when it has happened already."
UNPUBLISH = "A newer draft stays as it is; what was planned for the item is dropped."


def add_times(blueprint: Blueprint, wire: Wire) -> None:
    """Schedule, unschedule, unpublish."""
    _add_schedule(blueprint, wire)
    _add_unschedule(blueprint, wire)
    _add_unpublish(blueprint, wire)


def planned(body: dict[str, Any]) -> Schedule:
    """What a body of `ScheduleSchema` asks for."""
    update = Update(body["change_note"], is_major=body["update"] == "major")
    return Schedule(body["publish_at"], body["unpublish_at"], body["timezone"], body["explanation"], update)


def _add_schedule(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/schedule", methods=["POST"])
    @requires(Permission.CONTENT_SCHEDULE)
    @blueprint.arguments(ScheduleSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("schedule_{}", "Plan when a {} is published", SCHEDULE)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        return wire.shown(schedule_item(wire.content_type, current_actor(), item_id, expected_version(), planned(body)))


def _add_unschedule(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/schedule", methods=["DELETE"])
    @requires(Permission.CONTENT_SCHEDULE)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(401, 403, 404, 409, 412, 428)
    @wire.named("unschedule_{}", "Take back what is planned for a {}", UNSCHEDULE)
    def view(item_id: str) -> Answer:
        return wire.shown(unschedule_item(wire.content_type, current_actor(), item_id, expected_version()))


def _add_unpublish(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/unpublish", methods=["POST"])
    @requires(Permission.CONTENT_UNPUBLISH)
    @blueprint.arguments(UnpublishSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("unpublish_{}", "Take a {} back from readers", UNPUBLISH)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        standing, told = STANDINGS[body["kind"]], {"explanation": body.get("explanation"), "to": body.get("to")}
        edited = unpublish_item(
            wire.content_type, current_actor(), item_id, expected_version(), standing=standing, **told
        )
        return wire.shown(edited)
