"""Undoing everything that somebody changed since a moment (R-C8): one order, one item per transaction.

An order that was interrupted goes on when it is given again: what is undone already is found unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, because
from cms.changes.log import record
from cms.changes.models import Change
from cms.changes.reference_versions import find_keys_by
from cms.core import clock
from cms.core.db import UnitOfWork, rolled_back, session, unit_of_work
from cms.core.errors import DomainError, NotFound
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, authorize
from cms.core.permissions import Target as About
from cms.core.prepared import foreseen
from cms.editorial.content_types import registered_types
from cms.editorial.items.queries import get_item
from cms.editorial.rollback.revert import Target, foresee_undoing, undo
from cms.editorial.rollback.revert_images import undo_image_work
from cms.editorial.rollback.revert_reference import KINDS, undo_reference_work
from cms.editorial.schedules.services import carry_out_schedules
from cms.media.queries import get_image
from cms.moderation.alarms import raise_alarm, tell
from cms.moderation.breaker import mark_rollback
from cms.moderation.models import Rollback
from cms.moderation.queries import get_rollback

IMAGE: Final = "media"
"""How the log calls images."""
FIRST: Final = (IMAGE, *KINDS)
MOST_ITEMS_ALONE: Final = 300
LONGEST_ALONE: Final = timedelta(days=30)
"""A rollback of more items, or from longer ago, needs a second person."""
MOST_ITEMS: Final = 5_000
"""Items of one call; the answer says when there are more, and the same call goes on."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be undone: the work of this person since then, in one agency or in all."""

    target_id: str
    since: datetime
    agency: str | None
    reason: str


def roll_back(actor: Actor, order: Order) -> Rollback:
    """Carry out an order, or go on with the same one that was interrupted. Returns it with what was done.

    One that reaches far (`needs_second_person`) does nothing until somebody else has given the same order, or confirmed it.
    Raises `Forbidden`. What cannot be undone is listed in `failed` and stops nothing.
    """
    rollback_id = start_rollback(actor, order)
    with rolled_back():
        known = get_rollback(rollback_id)
        if known.is_waiting:
            return known
    while carry_out_schedules():
        # What plans have published by now must stand in the log, to be found and undone like any publication.
        pass
    with rolled_back():
        waiting = _items(order)
    for item_type, item_id in waiting[:MOST_ITEMS]:
        undo_item(actor, rollback_id, item_type, item_id)
    if len(waiting) <= MOST_ITEMS:
        finish_rollback(actor, rollback_id)
    with rolled_back():
        done = get_rollback(rollback_id)
        tell("rolled_back", rollback_id=rollback_id, target_id=order.target_id, done=done.done)
    return done


def start_rollback(actor: Actor, order: Order) -> str:
    """The id of the unfinished rollback of this order, or of a new one; somebody else who gives the same order confirms it."""
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_ROLLBACK, About())
        same = select(Rollback.id).where(
            Rollback.target_id == order.target_id, Rollback.since == order.since, Rollback.finished_at.is_(None),
            Rollback.agency.is_(None) if order.agency is None else Rollback.agency == order.agency,
        )  # fmt: skip
        known = unit.session.scalar(same.order_by(Rollback.id.desc()).limit(1))
        if known is not None:
            _confirm(unit, actor, _locked(unit, known))
            return known
        size = len(_items(order))
        rollback = Rollback(
            id=new_id(), target_id=order.target_id, since=order.since, agency=order.agency, reason=order.reason,
            started_by_id=actor.id, started_by_label=actor.label, started_at=clock.now(), done={}, failed=[],
            items=size, needs_second_person=reaches_far(size, order.since),
        )  # fmt: skip
        unit.add(rollback)
        if rollback.needs_second_person:
            raise_alarm(unit, "rollback_waits", rollback_id=rollback.id, target_id=order.target_id, items=size)
        record(unit, Action.ROLLBACK_STARTED, rollback.id, actor, agency=order.agency)
    return rollback.id


def reaches_far(items: int, since: datetime) -> bool:
    """True for an order that one person alone must not carry out: undoing the honest work of years is an attack too."""
    return items > MOST_ITEMS_ALONE or since < clock.now() - LONGEST_ALONE


def confirm_rollback(actor: Actor, rollback_id: str, *, reason: str) -> Rollback:
    """Confirm an order as its second person without giving it, on the command line; the same order then goes on.

    Raises `NotFound`, `Forbidden`.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, About())
        get_rollback(rollback_id)
        rollback = _locked(unit, rollback_id)
        _confirm(unit, actor, rollback, reason)
    return rollback


def _confirm(unit: UnitOfWork, actor: Actor, rollback: Rollback, reason: str | None = None) -> None:
    """Neither who gave the order nor whose work it is confirms it."""
    if not rollback.is_waiting or (actor.id is not None and actor.id in {rollback.started_by_id, rollback.target_id}):
        return
    rollback.confirmed_by_id, rollback.confirmed_by_label, rollback.confirmed_at = actor.id, actor.label, clock.now()
    record(unit, Action.ROLLBACK_CONFIRMED, rollback.id, actor, agency=rollback.agency)
    raise_alarm(unit, "rollback_confirmed", rollback_id=rollback.id, actor=actor.label, reason=reason)


def undo_item(actor: Actor, rollback_id: str, item_type: str, item_id: str) -> str:
    """Undo what the target of this rollback did to one item; returns what was done (`cms.editorial.rollback.revert.OUTCOMES`) or the code of what went wrong."""
    try:
        with foreseen(lambda: _foresee(actor, rollback_id, item_type, item_id)), unit_of_work() as unit:
            authorize(actor, Permission.GUARD_ROLLBACK, About())
            mark_rollback(unit)
            because(unit, Cause(CauseKind.ROLLBACK, rollback_id))
            if item_type in KINDS:
                rollback = _locked(unit, rollback_id)
                target = Target(rollback.target_id, rollback.since)
                outcome = undo_reference_work(unit, actor, item_type, item_id, target)
            elif item_type == IMAGE:
                image = get_image(item_id, lock=True, is_deleted_too=True)
                rollback = _locked(unit, rollback_id)
                outcome = undo_image_work(unit, actor, image, Target(rollback.target_id, rollback.since))
            else:
                content_type = registered_types()[item_type]
                item = get_item(content_type, item_id, actor, lock=True)
                rollback = _locked(unit, rollback_id)
                outcome = undo(unit, content_type, actor, item, Target(rollback.target_id, rollback.since))
            rollback.done = {**rollback.done, outcome: rollback.done.get(outcome, 0) + 1}
    except NotFound:
        return "unchanged"
    except DomainError as error:
        _note_failure(rollback_id, item_type, item_id, error.code)
        return error.code
    return outcome


def _foresee(actor: Actor, rollback_id: str, item_type: str, item_id: str) -> None:
    content_type = registered_types().get(item_type)
    if content_type is not None:
        rollback = get_rollback(rollback_id)
        foresee_undoing(
            content_type, get_item(content_type, item_id, actor), Target(rollback.target_id, rollback.since)
        )


def finish_rollback(actor: Actor, rollback_id: str) -> None:
    """Note that nothing is left to undo."""
    with unit_of_work() as unit:
        rollback = _locked(unit, rollback_id)
        if rollback.finished_at is None:
            rollback.finished_at = clock.now()
            record(unit, Action.ROLLBACK_FINISHED, rollback.id, actor, agency=rollback.agency)


def _items(order: Order) -> Sequence[tuple[str, str]]:
    """Type and id of everything that the target has touched; reference data and images first, because items show them."""
    statement = (
        select(Change.resource_type, Change.resource_id)
        .where(
            Change.actor_id == order.target_id,
            Change.recorded_at >= order.since,
            Change.resource_type.in_([IMAGE, *KINDS, *sorted(registered_types())]),
        )
        .distinct()
        .order_by(Change.resource_id)
    )
    if order.agency is not None:
        statement = statement.where(Change.agency == order.agency)
    found = [(row.resource_type, row.resource_id) for row in session.execute(statement)]
    return sorted((named for each in found for named in _named(order, *each)), key=lambda named: named[0] not in FIRST)


def _named(order: Order, kind: str, resource_id: str) -> list[tuple[str, str]]:
    """What a line of the log names; it has only the end of a long domain."""
    if kind != "link_domain":
        return [(kind, resource_id)]
    keys = find_keys_by(kind, order.target_id, order.since)
    return [(kind, key) for key in sorted(keys) if key.endswith(resource_id)]


def _locked(unit: UnitOfWork, rollback_id: str) -> Rollback:
    statement = select(Rollback).where(Rollback.id == rollback_id).with_for_update()
    return unit.session.scalars(statement.execution_options(populate_existing=True)).one()


def _note_failure(rollback_id: str, item_type: str, item_id: str, code: str) -> None:
    with unit_of_work() as unit:
        rollback = _locked(unit, rollback_id)
        rollback.failed = [*rollback.failed, {"type": item_type, "id": item_id, "code": code}]
