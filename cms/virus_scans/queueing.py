"""Queues bytes to be scanned, inside the unit of work that stores their file."""

from __future__ import annotations

from sqlalchemy import Dialect, select
from sqlalchemy.dialects import postgresql, sqlite

from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.errors import invalid_field
from cms.core.runtime import runtime
from cms.virus_scans.models import ScanState, VirusScan


def expect_scan(unit: UnitOfWork, sha256: str) -> None:
    """Queue new bytes; nothing without a scanner. Raises `Invalid` for bytes that are known to be infected.

    The row is locked until the file is stored: a result that comes meanwhile is told of this file too.
    """
    if not runtime().settings.clamd_url:
        return
    unit.session.execute(
        waiting_rows(unit).values(sha256=sha256, state=ScanState.WAITING.value, received_at=clock.now())
    )
    known = unit.session.execute(
        select(VirusScan.state, VirusScan.finding).where(VirusScan.sha256 == sha256).with_for_update()
    ).one()
    if known.state == ScanState.INFECTED.value:
        raise invalid_field("/file", "infected_file", found=known.finding)


def waiting_rows(unit: UnitOfWork) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves rows alone that are there."""
    dialect: Dialect = unit.session.get_bind().dialect
    made = postgresql.insert(VirusScan) if dialect.name == "postgresql" else sqlite.insert(VirusScan)
    return made.on_conflict_do_nothing()
