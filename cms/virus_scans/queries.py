"""Reads of what is known about viruses in files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Label, func, select

from cms.core.db import rolled_back, session
from cms.core.dead_letters.queries import not_resting
from cms.core.runtime import runtime
from cms.virus_scans.models import ScanState, VirusScan

QUEUE: Final = "virus_scans"


def find_scans(digests: Collection[str]) -> dict[str, VirusScan]:
    """What is known of these bytes, by digest, in one statement."""
    found = session.scalars(select(VirusScan).where(VirusScan.sha256.in_(digests))) if digests else ()
    return {scan.sha256: scan for scan in found}


def next_waiting() -> str | None:
    """The digest of the bytes that have waited longest."""
    waiting = (VirusScan.state == ScanState.WAITING.value, not_resting(QUEUE, VirusScan.sha256))
    with rolled_back():
        return session.scalar(
            select(VirusScan.sha256).where(*waiting).order_by(VirusScan.received_at, VirusScan.sha256).limit(1)
        )


def is_released(state: str | None) -> bool:
    """True when bytes may be sent: never infected ones, and where there is a scanner only clean ones."""
    if state == ScanState.INFECTED.value:
        return False
    return state == ScanState.CLEAN.value or not runtime().settings.clamd_url


def scan_figures() -> Sequence[Label[Any]]:
    """Figures for `/metrics` and `doctor`, as columns of one statement: how many files wait, and since when the first of them has."""
    waiting = VirusScan.state == ScanState.WAITING.value
    return [
        select(func.count()).select_from(VirusScan).where(waiting).scalar_subquery().label("scans_waiting"),
        select(func.min(VirusScan.received_at)).where(waiting).scalar_subquery().label("first_scan"),
    ]
