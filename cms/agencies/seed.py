"""The agencies and areas of Balikpapan, as the project brings them along (seed/*.csv).

The files list parents before children, so that rows can be inserted in their order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from cms.agencies.models import Agency, Area
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.core.seed_files import read_rows, words

SEED = Path(__file__).resolve().parent / "seed"


def add_missing_agencies(unit: UnitOfWork, actor: Actor) -> int:
    """Add the agencies that are not there yet; returns how many those were."""
    present = set(unit.session.scalars(select(Agency.slug)))
    rows = [row for row in read_rows(SEED / "agencies.csv") if row["slug"] not in present]
    for row in rows:
        agency = _agency(row)
        unit.add(agency)
        record(unit, Action.AGENCY_CREATED, agency.slug, actor, agency=agency.slug)
    return len(rows)


def add_missing_areas(unit: UnitOfWork, actor: Actor) -> int:
    """Add the areas that are not there yet; returns how many those were."""
    present = set(unit.session.scalars(select(Area.code)))
    rows: list[dict[str, Any]] = [row for row in read_rows(SEED / "areas.csv") if row["code"] not in present]
    for row in rows:
        unit.add(Area(**{**row, "aliases": words(row["aliases"])}))
        record(unit, Action.AREA_CREATED, row["code"], actor)
    return len(rows)


def _agency(row: dict[str, Any]) -> Agency:
    now = clock.now()
    return Agency(
        **{**row, "abbreviations": words(row["abbreviations"])},
        aliases=[],
        contact={},
        version=1,
        created_at=now,
        updated_at=now,
    )
