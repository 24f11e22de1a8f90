"""Which course of history a database is on: its epoch. A restored database begins another one."""

from __future__ import annotations

import secrets

from sqlalchemy import select, update

from cms.changes.models import Installation
from cms.core import clock
from cms.core.db import UnitOfWork

# No letters that people mistake for others. Eight of them: no two epochs of one installation are alike by chance.
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 8


def new_epoch() -> str:
    """An epoch that no database has had before."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def begin_epoch(unit: UnitOfWork, why: str) -> str:
    """Begin another epoch and return it: from now on positions, tags and cursors of the one before mean nothing."""
    epoch = new_epoch()
    values = {"epoch": epoch, "began_at": clock.now(), "why": why}
    unit.session.execute(update(Installation).where(Installation.id == 1).values(**values))
    return epoch


def current_epoch(unit: UnitOfWork) -> str:
    """The epoch of this database."""
    return unit.session.scalars(select(Installation.epoch)).one()
