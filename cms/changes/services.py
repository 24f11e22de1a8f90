"""Operators accept the clock and begin epochs; checkpoints are made and their key replaced; the newest known moment is noted."""

from __future__ import annotations

from collections.abc import Callable

from cms.changes.actions import Action
from cms.changes.checkpoints import Signed, keep_checkpoint, signed_end
from cms.changes.facts import Cause, CauseKind
from cms.changes.installation import begin_epoch, lift_versions
from cms.changes.key_succession import succession_row
from cms.changes.log import Position, record, when_numbered
from cms.changes.models import Change
from cms.changes.signing import SigningKey
from cms.changes.stored_lines import nothing
from cms.changes.trust import accepting_clock, keep_moment
from cms.core.db import unit_of_work
from cms.core.permissions import Actor

# The log has one clock.
RESOURCE = "clock"


def accept_clock(actor: Actor) -> Change:
    """Write the line that makes this moment the newest known one, however far the clock is from the one before.

    Only for the command line: a user who may start it could set the clock as well.
    """
    with accepting_clock(), unit_of_work() as unit:
        return record(unit, Action.CLOCK_ACCEPTED, RESOURCE, actor)


def renew_epoch(actor: Actor, why: str, backup: str | None = None) -> Position:
    """Begin another epoch, because the database was restored to an earlier state; returns the position of the line about it.

    Every row that people edit gets a version that was never given before, so that copies that editors still have open are stale.
    """
    with accepting_clock(), unit_of_work() as unit:
        epoch = begin_epoch(unit, why)
        action = Action.INSTALLATION_RENEWED if backup is None else Action.INSTALLATION_RESTORED
        change = record(unit, action, epoch, actor, fields=["epoch"], cause=Cause(CauseKind.RESTORE, backup))
        lift_versions(unit)
    return Position(epoch, change.sequence)


def replace_checkpoint_key(actor: Actor, old: SigningKey, new: SigningKey) -> Change:
    """Write the line, signed by both keys beside the log, from which on `new` replaces `old` for signing checkpoints."""
    with unit_of_work() as unit:
        change = record(unit, Action.CHECKPOINT_KEY_REPLACED, new.key_id, actor)
        when_numbered(unit, change, lambda numbered: unit.add(succession_row(old, new, numbered.sequence)))
    return change


def make_checkpoint(progress: Callable[[int], None] = nothing) -> Signed:
    """Follow the chain, sign its end, and keep the checkpoint in the database; an existing one is returned.

    A write without a line in the log: a line about it would make the log grow by itself. Raises `NoSigningKeyError` (also when
    its key was replaced), and `LogDamagedError` when the log is not whole.
    """
    made = signed_end(progress)
    with unit_of_work() as unit:
        keep_checkpoint(unit, made)
    return made


def note_moment() -> bool:
    """Note this moment as the newest known one, at most once an hour; a task of each process. Never more to do.

    A write without a line in the log: nothing has happened but time. A clock that cannot be right is refused, as for every write.
    """
    with unit_of_work() as unit:
        keep_moment(unit)
    return False
