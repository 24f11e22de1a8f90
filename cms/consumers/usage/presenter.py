"""Figures of consumers as the API writes them: by hour, or by day of the city."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cms.consumers.usage.models import ConsumerUsage
from cms.consumers.usage.queries import MOST_LINES, CopyState, SilentConsumer
from cms.core.traffic import Figures, quantile

SHARE = 0.95


def render_usage(rows: Sequence[ConsumerUsage], by: str, zone: ZoneInfo) -> dict[str, Any]:
    """The figures of each hour or day in which anything was asked, and of all of them together."""
    found: dict[datetime, Figures] = {}
    total = Figures()
    for row in rows:
        figures = Figures(row.requests, row.not_modified, row.errors, row.bytes, [*row.took])
        found.setdefault(row.hour if by == "hour" else _midnight(row.hour, zone), Figures()).add(figures)
        total.add(figures)
    return {
        "by": by,
        "rows": [{"start": start, **_figures(figures)} for start, figures in sorted(found.items())],
        "total": _figures(total),
    }


def render_copies(copies: Iterable[CopyState]) -> list[dict[str, Any]]:
    """How far copies are."""
    return [
        {
            "types": state.copy.types,
            "filters": state.copy.filters,
            "sequence": state.copy.reached,
            "epoch": state.copy.epoch,
            "asked_at": state.copy.asked_at,
            "behind": {
                "lines": state.lines,
                "is_more": state.lines >= MOST_LINES,
                "since": state.since,
                "begins_anew": not state.is_of_this_epoch,
            },
        }
        for state in copies
    ]


def render_silent(found: SilentConsumer, since: datetime) -> dict[str, Any]:
    """A consumer that has been silent, with whom to call."""
    consumer = found.consumer
    is_silent = found.last_asked_at is None or found.last_asked_at < since
    return {
        "id": consumer.id,
        "name": consumer.name,
        "kind": consumer.kind,
        "agency": consumer.agency,
        "contact": {"name": consumer.contact_name, "email": consumer.contact_email},
        "why": "silent" if is_silent else "behind",
        "last_asked_at": found.last_asked_at,
        "copies": render_copies(found.copies),
    }


def _midnight(hour: datetime, zone: ZoneInfo) -> datetime:
    local = hour.astimezone(zone)
    return (local - timedelta(hours=local.hour, minutes=local.minute)).astimezone(hour.tzinfo)


def _figures(figures: Figures) -> dict[str, Any]:
    seconds = quantile(figures.took, SHARE)
    return {
        "requests": figures.requests,
        "not_modified": figures.not_modified,
        "not_modified_share": round(figures.not_modified / figures.requests, 4) if figures.requests else None,
        "errors": figures.errors,
        "bytes": figures.bytes,
        "p95_ms": None if seconds is None else round(seconds * 1000, 2),
    }
