"""Schedules the publication and the end of an item.

A schedule pins the newest edition: it is checked like a publication, rendered and written at once, and only waits for its
moment. Cancelled before that moment, it leaves no trace. After that moment the item is published, even before the worker
has carried it out, and the schedule can no longer be cancelled.
"""

from __future__ import annotations

from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edited
from cms.editorial.editing import editing
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_edition
from cms.editorial.moderating import public_words
from cms.editorial.preparing import foresee_publications
from cms.editorial.schedules.schedule import Schedule, check_moments, drop_schedule, write_schedule


def schedule_item(
    content_type: ContentType, actor: Actor, item_id: str, expected: Expected, schedule: Schedule
) -> Edited:
    """Schedule the publication of the newest edition, its end, or both; an earlier schedule is replaced.

    Without `publish_at` only the end of the live edition is scheduled. Raises `Invalid` for senseless moments and for an
    incomplete edition, `Conflict` (`nothing_to_publish`, `not_published`, `approval_needed`, ...).
    """
    check_moments(schedule)
    words = public_words({"/explanation": schedule.explanation, "/change_note": schedule.update.note})
    with (
        foreseen(lambda: foresee_publications(item_id)),
        editing(content_type, actor, item_id, Operation.SCHEDULE, expected) as edit,
    ):
        item = edit.item
        edition = write_schedule(edit, schedule, words)
    return Edited(item, edition)


def unschedule_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Cancel the schedule. Raises `Conflict` when it has already taken effect."""
    with editing(content_type, actor, item_id, Operation.UNSCHEDULE, expected) as edit:
        item = edit.item
        drop_schedule(edit)
        edition = get_edition(item)
    return Edited(item, edition)
