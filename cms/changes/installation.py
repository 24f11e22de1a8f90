"""The epoch of a database, which names its course of history. A restored database begins a new one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Table, case, select, update

from cms.changes.actions import Action
from cms.changes.log import Position
from cms.changes.models import Change, Installation
from cms.core import clock
from cms.core.db import Base, UnitOfWork, rolled_back, session

# No letters that people mistake for others. Eight of them: no two epochs of one installation are alike by chance.
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 8
_FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_ENOUGH = 1_000_000


def new_epoch() -> str:
    """An epoch that no database has had before."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def begin_epoch(unit: UnitOfWork, why: str) -> str:
    """Begin another epoch and return it: from now on positions, tags and cursors of the one before are invalid."""
    epoch = new_epoch()
    values = {"epoch": epoch, "began_at": clock.now(), "why": why}
    unit.session.execute(update(Installation).where(Installation.id == 1).values(**values))
    return epoch


def lift_versions(unit: UnitOfWork) -> None:
    """Give every versioned row a version above any that it ever had, also in the lost time.

    The seconds since 2020: a version grows by one with each write, and no row is written every second for as long as a backup is
    old. It does not add up over several restores.
    """
    base = int((clock.now() - _FIRST_DAY).total_seconds())
    for table in versioned_tables():
        lifted = case((table.c.version >= base, table.c.version + _ENOUGH), else_=base)
        unit.session.execute(update(table).values(version=lifted))


def versioned_tables() -> list[Table]:
    """Tables whose rows people edit with `If-Match`."""
    tables = Base.metadata.sorted_tables
    return [table for table in tables if "version" in table.c and not table.c.version.primary_key]


def current_epoch(unit: UnitOfWork) -> str:
    """The epoch of this database."""
    return unit.session.scalars(select(Installation.epoch)).one()


def read_restores() -> list[Position]:
    """The restores in the log: the line of each, and the epoch that begins with it; oldest first."""
    actions = [Action.INSTALLATION_RESTORED.value, Action.INSTALLATION_RENEWED.value]
    statement = select(Change.resource_id, Change.sequence).where(Change.action.in_(actions)).order_by(Change.sequence)
    with rolled_back():
        return [Position(*row) for row in session.execute(statement)]


def undone_by(place: Position, restores: Sequence[Position]) -> int | None:
    """The line of the restore that undid this place of the log; None when it was not undone."""
    began = next((each.sequence for each in restores if each.epoch == place.epoch), 0)
    return next((each.sequence for each in restores if began < each.sequence <= place.sequence), None)
