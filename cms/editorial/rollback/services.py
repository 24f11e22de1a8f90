"""The steps of a rollback: start or confirm an order, undo each thing in its own transaction, finish the order."""

from __future__ import annotations

from sqlalchemy import select

from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, because
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import DomainError, NotFound
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.prepared import foreseen
from cms.editorial.content_types import registered_types
from cms.editorial.edit import Edit
from cms.editorial.items.queries import get_item
from cms.editorial.rollback.models import Rollback
from cms.editorial.rollback.orders import Order, reaches_far
from cms.editorial.rollback.queries import IMAGE, find_touched, get_rollback, lock_orders, lock_rollback
from cms.editorial.rollback.revert import WorkUndone, foresee_undoing, undo
from cms.editorial.rollback.revert_images import undo_image_work
from cms.editorial.rollback.revert_reference import KINDS, undo_reference_work
from cms.editorial.schedules.catching_up import catch_up
from cms.media.queries import get_image
from cms.moderation.alarms import raise_alarm
from cms.moderation.breaker import mark_rollback


def start_rollback(actor: Actor, order: Order) -> str:
    """The id of the unfinished rollback of this order, or of a new one; a second person who gives the same order confirms it."""
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_ROLLBACK, Target())
        lock_orders(unit, order.target_id)
        same = select(Rollback.id).where(
            Rollback.target_id == order.target_id, Rollback.since == order.since, Rollback.finished_at.is_(None),
            Rollback.agency.is_(None) if order.agency is None else Rollback.agency == order.agency,
        )  # fmt: skip
        known = unit.session.scalar(same.order_by(Rollback.id.desc()).limit(1))
        if known is not None:
            # The same order continues an interrupted one, and from another person it confirms it.
            _confirm(unit, actor, lock_rollback(unit, known))
            return known
        # Fixed now: the reach decides about a second person, whatever is undone meanwhile.
        size = len(find_touched(order))
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


def confirm_rollback(actor: Actor, rollback_id: str, *, reason: str) -> Rollback:
    """Confirm an order as a second person, on the command line; giving the same order again then continues it.

    Raises `NotFound`, `Forbidden`.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        get_rollback(rollback_id)
        rollback = lock_rollback(unit, rollback_id)
        _confirm(unit, actor, rollback, reason)
    return rollback


def _confirm(unit: UnitOfWork, actor: Actor, rollback: Rollback, reason: str | None = None) -> None:
    """Confirm the order, unless the actor gave it or is its target."""
    if not rollback.is_waiting or (actor.id is not None and actor.id in {rollback.started_by_id, rollback.target_id}):
        return
    rollback.confirmed_by_id, rollback.confirmed_by_label, rollback.confirmed_at = actor.id, actor.label, clock.now()
    record(unit, Action.ROLLBACK_CONFIRMED, rollback.id, actor, agency=rollback.agency)
    raise_alarm(unit, "rollback_confirmed", rollback_id=rollback.id, actor=actor.label, reason=reason)


def undo_item(actor: Actor, rollback_id: str, item_type: str, item_id: str) -> str:
    """Undo the target's changes of one item.

    Returns the outcome (`cms.editorial.rollback.revert.OUTCOMES`) or an error code.
    """
    try:
        with foreseen(lambda: _foresee(actor, rollback_id, item_type, item_id)), unit_of_work() as unit:
            authorize(actor, Permission.MODERATION_ROLLBACK, Target())
            mark_rollback(unit)
            because(unit, Cause(CauseKind.ROLLBACK, rollback_id))
            rollback, outcome = _undo_one(unit, actor, rollback_id, item_type, item_id)
            rollback.done = {**rollback.done, outcome: rollback.done.get(outcome, 0) + 1}
    except NotFound:
        # Purged meanwhile: nothing is left to undo.
        return "unchanged"
    except DomainError as error:
        _note_failure(rollback_id, item_type, item_id, error.code)
        return error.code
    return outcome


def _undo_one(unit: UnitOfWork, actor: Actor, rollback_id: str, item_type: str, item_id: str) -> tuple[Rollback, str]:
    """Undo the work on one thing; the rollback, locked after the thing, and the outcome."""
    if item_type in KINDS:
        rollback = lock_rollback(unit, rollback_id)
        return rollback, undo_reference_work(unit, actor, item_type, item_id, _target(rollback))
    if item_type == IMAGE:
        image = get_image(item_id, lock=True, is_deleted_too=True)
        rollback = lock_rollback(unit, rollback_id)
        return rollback, undo_image_work(unit, actor, image, _target(rollback))
    item = get_item(registered_types()[item_type], item_id, actor, lock=True)
    # A schedule that has come due in between took effect before it is undone.
    catch_up(unit, item)
    rollback = lock_rollback(unit, rollback_id)
    return rollback, undo(Edit(unit, actor, item), _target(rollback))


def _target(rollback: Rollback) -> WorkUndone:
    return WorkUndone(rollback.target_id, rollback.since)


def _foresee(actor: Actor, rollback_id: str, item_type: str, item_id: str) -> None:
    content_type = registered_types().get(item_type)
    if content_type is not None:
        rollback = get_rollback(rollback_id)
        foresee_undoing(
            content_type, get_item(content_type, item_id, actor), WorkUndone(rollback.target_id, rollback.since)
        )


def finish_rollback(actor: Actor, rollback_id: str) -> None:
    """Note that nothing is left to undo, and alarm once, unless the order found everything undone already."""
    with unit_of_work() as unit:
        rollback = lock_rollback(unit, rollback_id)
        if rollback.finished_at is not None:
            return
        rollback.finished_at = clock.now()
        record(unit, Action.ROLLBACK_FINISHED, rollback.id, actor, agency=rollback.agency)
        if rollback.has_effect:
            raise_alarm(
                unit, "rolled_back", rollback_id=rollback.id, target_id=rollback.target_id, done=rollback.done,
                failed=len(rollback.failed),
            )  # fmt: skip


def _note_failure(rollback_id: str, item_type: str, item_id: str, code: str) -> None:
    with unit_of_work() as unit:
        rollback = lock_rollback(unit, rollback_id)
        rollback.failed = [*rollback.failed, {"type": item_type, "id": item_id, "code": code}]
