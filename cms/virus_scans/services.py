"""Forgets what is known of bytes. What the scanner says is written by `cms.documents`, which knows whose files they are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete

from cms.core.db import unit_of_work
from cms.core.dead_letters.failures import settle
from cms.virus_scans.models import VirusScan
from cms.virus_scans.queries import QUEUE


def forget_scans(digests: Collection[str]) -> None:
    """Remove what is known of bytes that no file has any more, also that they were put aside."""
    with unit_of_work() as unit:
        for sha256 in digests:
            settle(unit, QUEUE, sha256)
        unit.session.execute(delete(VirusScan).where(VirusScan.sha256.in_(digests)))
