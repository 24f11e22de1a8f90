"""From when on other filters find the items of agencies that were merged."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from cms.agencies.models import Agency
from cms.agencies.policies import has_ended
from cms.agencies.queries import city_today
from cms.core.db import session
from cms.core.runtime import runtime


def found_anew() -> dict[str, datetime]:
    """The agencies that were merged, by slug, with the newest midnight since which another agency's filters find their items.

    Of an agency that was merged into one that was merged later, that is the later midnight.
    """
    today, zone = city_today(), ZoneInfo(runtime().settings.city_timezone)
    agencies = {agency.slug: agency for agency in session.scalars(select(Agency).order_by(Agency.slug))}
    found = {slug: _last_days(agencies, slug, today) for slug in agencies}
    return {slug: _midnight_after(max(days), zone) for slug, days in found.items() if days}


def _last_days(agencies: dict[str, Agency], slug: str, today: date) -> list[date]:
    """The last days of the agency and of its successors, as far as they have ended; none unless it was merged."""
    days: list[date] = []
    seen: set[str] = set()
    agency: Agency | None = agencies[slug]
    while agency is not None and agency.successor is not None and agency.slug not in seen:
        if agency.valid_to is None or not has_ended(agency, today):
            break
        seen.add(agency.slug)
        days.append(agency.valid_to)
        agency = agencies.get(agency.successor)
    return days


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)
