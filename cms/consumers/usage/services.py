"""Writes what consumers have asked for, once a minute, and removes what is old.

No line of the log: this is bookkeeping, not an action of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from cms.consumers.usage.copies import Copies, Copy
from cms.consumers.usage.models import ConsumerCopy, ConsumerUsage
from cms.core import clock
from cms.core.compiled import insert_for
from cms.core.db import UnitOfWork, table_of, unit_of_work
from cms.core.traffic import HOUR, NOTHING_TOOK, Figures, Traffic, UsageKey

KEEP_COPIES = timedelta(days=90)
"""A copy that has not asked for so long is none any more: its filters were changed, or it was given up."""


def write_usage(traffic: Traffic) -> int:
    """Write what this process has counted about consumers since the last time; returns the number of rows.

    What cannot be written is kept for the next time. Raises `Unavailable`.
    """
    usage = traffic.take_usage()
    if not usage:
        return 0
    try:
        with unit_of_work() as unit:
            # Sorted: two processes that write the same rows lock them in the same order.
            for key in sorted(usage):
                _add(unit, key, usage[key])
    except BaseException:
        traffic.give_back(usage)
        raise
    return len(usage)


def write_copies(copies: Copies) -> int:
    """Write how far the copies are that this process has answered since the last time; returns how many. Raises `Unavailable`."""
    found = copies.take_new()
    if not found:
        return 0
    try:
        with unit_of_work() as unit:
            for copy in sorted(found, key=lambda each: (each.consumer_id, each.name)):
                _keep(unit, copy)
    except BaseException:
        copies.give_back(found)
        raise
    return len(found)


def purge_usage(days: int) -> int:
    """Remove figures older than so many days, and copies that nobody keeps any more; returns the number of rows."""
    now = clock.now()
    with unit_of_work() as unit:
        removed = 0
        for condition, model in (
            (ConsumerUsage.hour < now - timedelta(days=days), ConsumerUsage),
            (ConsumerCopy.asked_at < now - KEEP_COPIES, ConsumerCopy),
        ):
            statement = delete(model).where(condition).execution_options(synchronize_session=False)
            removed += unit.session.execute(statement).rowcount  # type: ignore[attr-defined]
    return removed


def _add(unit: UnitOfWork, key: UsageKey, figures: Figures) -> None:
    """Add to the row of a consumer and an hour, which is made when it is missing."""
    consumer_id, number = key
    hour = clock.from_micros(number * HOUR)
    nothing = {"requests": 0, "not_modified": 0, "errors": 0, "bytes": 0, "took": [*NOTHING_TOOK]}
    _insert_missing(unit, ConsumerUsage, {"consumer_id": consumer_id, "hour": hour, **nothing})
    row = unit.session.scalars(
        select(ConsumerUsage)
        .where(ConsumerUsage.consumer_id == consumer_id, ConsumerUsage.hour == hour)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row.requests += figures.requests
    row.not_modified += figures.not_modified
    row.errors += figures.errors
    row.bytes += figures.bytes
    row.took = [before + new for before, new in zip(row.took, figures.took, strict=True)]


def _keep(unit: UnitOfWork, copy: Copy) -> None:
    asked_at = clock.from_micros(copy.asked_at)
    values = {"epoch": copy.epoch, "reached": copy.reached, "asked_at": asked_at}
    name = {"consumer_id": copy.consumer_id, "name": copy.name}
    _insert_missing(unit, ConsumerCopy, {**name, "types": copy.types, "filters": copy.filters, **values})
    row = unit.session.get_one(
        ConsumerCopy, (copy.consumer_id, copy.name), with_for_update=True, populate_existing=True
    )
    if row.asked_at <= asked_at:
        row.epoch, row.reached, row.asked_at = copy.epoch, copy.reached, asked_at


def _insert_missing(unit: UnitOfWork, model: Any, values: Mapping[str, Any]) -> None:
    statement = insert_for(unit.session.get_bind().dialect, table_of(model)).values(values)
    unit.session.execute(statement.on_conflict_do_nothing())
