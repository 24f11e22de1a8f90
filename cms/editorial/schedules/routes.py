"""`.../schedule` of an item: when readers get it, and until when."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer
from cms.core.http.conditional import expected_version
from cms.core.http.openapi_parts import IF_MATCH_OR_ANY
from cms.core.permissions import Permission
from cms.editorial.publishing import Update
from cms.editorial.resource import Operations, Resource, item_schema
from cms.editorial.schedules import services as scheduling
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.schemas import ScheduleSchema

operations = Operations()


def schedule_of(body: dict[str, Any]) -> Schedule:
    """The schedule in a body of `ScheduleSchema`."""
    update = Update.said(body["change_note"], body["update"])
    return Schedule(body["publish_at"], body["unpublish_at"], body["timezone"], body["explanation"], update)


@operations.route(
    "/<item_id>/schedule", requires(Permission.CONTENT_SCHEDULE), "POST", body=ScheduleSchema, answer=item_schema
)
def schedule_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Schedule when a {type} is published

    The newest edition is checked and pinned as for `publish`, and readers get it on the second. Until then it cannot be edited;
    `DELETE schedule` cancels that, another `POST` replaces it. With `unpublish_at` alone the live edition gets an end.
    """
    kind, schedule = resource.content_type, schedule_of(body)
    return resource.shown(scheduling.schedule_item(kind, current_actor(), item_id, expected_version(), schedule))


@operations.route(
    "/<item_id>/schedule",
    requires(Permission.CONTENT_SCHEDULE),
    "DELETE",
    answer=item_schema,
    parameters=(IF_MATCH_OR_ANY,),
    problems=(401, 403, 404, 409, 412, 428),
)
def unschedule_item(resource: Resource, item_id: str) -> Answer:
    """Cancel the schedule of a {type}

    After a 200 the schedule does not take effect. 409 when it has already.
    """
    kind = resource.content_type
    return resource.shown(scheduling.unschedule_item(kind, current_actor(), item_id, expected_version(or_any=True)))
