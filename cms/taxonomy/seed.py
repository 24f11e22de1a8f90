"""The categories and the legal lists of public information that the project brings along (seed/*.csv).

The files list parents before children, so that rows can be inserted in their order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.core.seed_files import day, read_rows
from cms.taxonomy.models import Category, InformationKind

SEED = Path(__file__).resolve().parent / "seed"


def add_missing_categories(unit: UnitOfWork, actor: Actor) -> int:
    """Add the categories that are not there yet; returns how many those were."""
    present = set(unit.session.scalars(select(Category.slug)))
    rows: list[dict[str, Any]] = [row for row in read_rows(SEED / "categories.csv") if row["slug"] not in present]
    now = clock.now()
    for row in rows:
        unit.add(Category(**row, is_retired=False, version=1, created_at=now, updated_at=now))
        record(unit, Action.CATEGORY_CREATED, row["slug"], actor)
    return len(rows)


def add_missing_information_kinds(unit: UnitOfWork, actor: Actor) -> int:
    """Add the kinds of information that are not there yet; returns how many those were."""
    present = set(unit.session.scalars(select(InformationKind.code)))
    rows = [row for row in read_rows(SEED / "information_kinds.csv") if row["code"] not in present]
    for row in rows:
        kind = _information_kind(row)
        unit.add(kind)
        record(unit, Action.INFORMATION_KIND_CREATED, kind.code, actor)
    return len(rows)


def _information_kind(row: dict[str, Any]) -> InformationKind:
    months = row["cadence_months"]
    dates = {"valid_from": day(row["valid_from"]), "valid_to": day(row["valid_to"])}
    return InformationKind(**{**row, **dates, "cadence_months": int(months) if months else None})
