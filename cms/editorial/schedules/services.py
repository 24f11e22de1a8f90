"""Planning when readers get an item and when they have it no longer.

A plan pins the newest edition: it is checked like a publication, presented and written at once, and only waits for its
moment. Taking it back before that moment leaves nothing of it; after it the item is published, whether or not the worker has
come by, and an attempt to take the plan back is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, rolled_back, session, unit_of_work
from cms.core.dead_letters.queries import not_resting
from cms.core.dead_letters.tasks import all_or_each
from cms.core.errors import Conflict, InputError, Invalid
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected
from cms.editorial.content_types import ContentType, registered_types
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.items.policies import RULES, Operation
from cms.editorial.items.queries import get_edition
from cms.editorial.items.services import Edited
from cms.editorial.moderating import PublicWords, public_words
from cms.editorial.notes import END_OF_PERIOD, in_language
from cms.editorial.preparing import foresee_publications
from cms.editorial.publishing import Update, check_complete, present_update
from cms.editorial.saving import load_for
from cms.editorial.schedules.due import carry_out_due
from cms.moderation.breaker import check_publishing
from cms.publishing.planning import cancel, plan, plan_end

FARTHEST = timedelta(days=3_660)
MAJOR = Update()
QUEUE = "schedule"
BATCH = 50
"""Items that the worker carries out in one transaction: few, so that it never keeps editors waiting."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When readers get the newest edition and until when; either may be missing. `timezone` is the zone people think in."""

    publish_at: datetime | None
    unpublish_at: datetime | None
    timezone: str
    explanation: str | None = None
    update: Update = MAJOR


def schedule_item(
    content_type: ContentType, actor: Actor, item_id: str, expected: Expected, schedule: Schedule
) -> Edited:
    """Plan the publication of the newest edition, its end, or both; a plan that was made before is replaced.

    Without `publish_at` only the end of what readers have is planned. Raises `Invalid` for moments that make no sense and
    for an edition that is not complete, `Conflict` (`nothing_to_publish`, `not_published`, `approval_needed`, ...).
    """
    _check_moments(schedule)
    words = public_words({"/explanation": schedule.explanation, "/change_note": schedule.update.note})
    with foreseen(lambda: foresee_publications(item_id)), unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.SCHEDULE, item_id, expected)
        edition = _plan_item(unit, content_type, actor, item, schedule, words)
    return Edited(item, edition)


def unschedule_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Take back what is planned. When this has answered, it does not happen. Raises `Conflict` when it has happened."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.UNSCHEDULE, item_id, expected)
        drop_plan(unit, content_type, actor, item)
        edition = get_edition(item)
    return Edited(item, edition)


def drop_plan(
    unit: UnitOfWork, content_type: ContentType, actor: Actor, item: Item, *, reason: str | None = None
) -> None:
    """Take back what is planned for a locked item and record it, with the `reason` if it was no single decision."""
    change = record(
        unit, content_type.action("unscheduled"), item.id, actor, agency=item.agency, edition=item.edition,
        fields=sorted({"schedule", reason or "schedule"}),
    )  # fmt: skip
    cancel(unit, item.id, item.type, change)
    item.forget_plan()
    item.touch()


def _plan_item(
    unit: UnitOfWork, content_type: ContentType, actor: Actor, item: Item, schedule: Schedule, words: PublicWords
) -> Edition:
    """Write the plan of an item that `load_for` gave, in place of one that it has."""
    counted = check_publishing(unit, actor, item.agency)
    words.check(actor)
    if schedule.publish_at is None:
        edition = get_edition(item)
        if item.published_edition is None:
            raise Conflict("not_published")
    else:
        if State(item.state) not in (*RULES[Operation.PUBLISH].states, State.SCHEDULED):
            raise Conflict("nothing_to_publish")
        edition = check_complete(content_type, item, schedule.update)
    change = record(
        unit, content_type.action("scheduled"), item.id, actor, agency=item.agency, edition=item.edition,
        fields=["schedule"], counts_as=counted,
        update=None if schedule.publish_at is None else schedule.update.kind,
    )  # fmt: skip
    if item.publish_at is not None or item.unpublish_at is not None:
        cancel(unit, item.id, item.type, change)
        item.forget_plan()
    told = schedule.explanation or in_language(END_OF_PERIOD, edition.content["language"])
    if schedule.publish_at is None:
        plan_end(unit, item.id, item.type, change, schedule.unpublish_at, told)
    else:
        presented = present_update(content_type, item, edition, schedule.update, schedule.publish_at)
        plan(unit, presented, change, schedule.publish_at, schedule.unpublish_at, told)
    item.plan(
        actor, begins=schedule.publish_at, ends=schedule.unpublish_at, timezone=schedule.timezone,
        note=schedule.update.note, explanation=told if schedule.unpublish_at else None,
    )  # fmt: skip
    item.touch()
    return edition


def carry_out_schedules() -> bool:
    """Carry out what is due, for the worker; True when more may wait. Several workers may do it: each takes other items."""
    with rolled_back():
        ids = session.scalars(select(Item.id).where(*_due()).order_by(Item.id).limit(BATCH)).all()
    if ids:
        all_or_each(QUEUE, ids, _carry_out)
    return len(ids) == BATCH


def _carry_out(ids: Iterable[str]) -> None:
    with unit_of_work() as unit:
        due = select(Item).where(Item.id.in_(ids), *_due()).order_by(Item.id)
        for item in unit.session.scalars(due.with_for_update(of=Item, skip_locked=True)).all():
            if carry_out_due(unit, registered_types()[item.type], item):
                item.touch()


def _due() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    moment = clock.now()
    return or_(Item.publish_at <= moment, Item.unpublish_at <= moment), not_resting(QUEUE, Item.id)


def has_due() -> bool:
    """One small look whether there is anything to carry out, before anything is locked."""
    with rolled_back():
        return session.scalar(select(Item.id).where(*_due()).limit(1)) is not None


def _check_moments(schedule: Schedule) -> None:
    moment, errors = clock.now(), []
    if schedule.publish_at is None and schedule.unpublish_at is None:
        errors.append(InputError("pointer", "/publish_at", "needed_one_of", {"other": "unpublish_at"}))
    for name, planned in (("publish_at", schedule.publish_at), ("unpublish_at", schedule.unpublish_at)):
        if planned is not None and planned <= moment:
            errors.append(InputError("pointer", f"/{name}", "in_the_past"))
        elif planned is not None and planned > moment + FARTHEST:
            errors.append(InputError("pointer", f"/{name}", "too_far_ahead", {"years": FARTHEST.days // 366}))
    if schedule.publish_at and schedule.unpublish_at and schedule.unpublish_at <= schedule.publish_at:
        errors.append(InputError("pointer", "/unpublish_at", "not_before", {"other": "publish_at"}))
    if errors:
        raise Invalid(errors=errors)
