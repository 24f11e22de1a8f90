"""Checks, writes and drops the schedule of an item, inside a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cms.core import clock
from cms.core.errors import Conflict, InputError, Invalid
from cms.editorial.edit import Edit
from cms.editorial.items.models import Edition, State
from cms.editorial.items.policies import OPERATION_RULES, Operation
from cms.editorial.items.queries import get_edition
from cms.editorial.moderating import PublicWords
from cms.editorial.notes import END_OF_PERIOD, in_language
from cms.editorial.publishing import Update, check_complete, render_update
from cms.moderation.breaker import check_publishing
from cms.publishing.schedules import cancel_schedule, schedule_end, schedule_publication

FARTHEST = timedelta(days=3_660)
MAJOR = Update()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When readers get the newest edition and until when; either may be missing. `timezone` is the users' time zone."""

    publish_at: datetime | None
    unpublish_at: datetime | None
    timezone: str
    explanation: str | None = None
    update: Update = MAJOR


def drop_schedule(edit: Edit, *, reason: str | None = None) -> None:
    """Cancel the schedule of a locked item and record it, with the `reason` if it is part of a larger operation."""
    item = edit.item
    change = edit.record("unscheduled", sorted({"schedule", reason or "schedule"}))
    cancel_schedule(edit.unit, item.id, item.type, change)
    item.forget_schedule()
    item.touch()


def write_schedule(edit: Edit, schedule: Schedule, words: PublicWords) -> Edition:
    """Write the schedule of the item; it replaces an earlier one."""
    unit, actor, item = edit.unit, edit.actor, edit.item
    counted = check_publishing(unit, actor, item.agency)
    words.check(actor)
    if schedule.publish_at is None:
        edition = get_edition(item)
        if item.published_edition is None:
            raise Conflict("not_published")
    else:
        if State(item.state) not in (*OPERATION_RULES[Operation.PUBLISH].states, State.SCHEDULED):
            raise Conflict("nothing_to_publish")
        edition, images = check_complete(item, schedule.update)
    kind = None if schedule.publish_at is None else schedule.update.kind
    change = edit.record("scheduled", ["schedule"], counts_as=counted, update=kind)
    if item.publish_at is not None or item.unpublish_at is not None:
        # The earlier schedule leaves no line of its own: the new line says what is scheduled now.
        cancel_schedule(unit, item.id, item.type, change)
        item.forget_schedule()
    told = schedule.explanation or in_language(END_OF_PERIOD, edition.content["language"])
    if schedule.publish_at is None:
        schedule_end(unit, item.id, item.type, change, schedule.unpublish_at, told)
    else:
        rendered = render_update(item, edition, images, schedule.update, schedule.publish_at)
        schedule_publication(unit, rendered, change, schedule.publish_at, schedule.unpublish_at, told)
    item.schedule(
        actor, begins=schedule.publish_at, ends=schedule.unpublish_at, timezone=schedule.timezone,
        note=schedule.update.note, explanation=told if schedule.unpublish_at else None,
    )  # fmt: skip
    item.touch()
    return edition


def check_moments(schedule: Schedule) -> None:
    """Raise `Invalid` for moments that make no sense: none at all, past ones, one too far ahead, an end before the beginning."""
    moment, errors = clock.now(), []
    if schedule.publish_at is None and schedule.unpublish_at is None:
        errors.append(InputError("pointer", "/publish_at", "needed_one_of", {"other": "unpublish_at"}))
    for name, at in (("publish_at", schedule.publish_at), ("unpublish_at", schedule.unpublish_at)):
        if at is not None and at <= moment:
            errors.append(InputError("pointer", f"/{name}", "in_the_past"))
        elif at is not None and at > moment + FARTHEST:
            errors.append(InputError("pointer", f"/{name}", "too_far_ahead", {"years": FARTHEST.days // 366}))
    if schedule.publish_at and schedule.unpublish_at and schedule.unpublish_at <= schedule.publish_at:
        errors.append(InputError("pointer", "/unpublish_at", "not_before", {"other": "publish_at"}))
    if errors:
        raise Invalid(errors=errors)
