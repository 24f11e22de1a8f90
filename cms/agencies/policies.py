"""Rules about agencies that need nothing but the rows: whether one is in office, and that chains of them come to an end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cms.agencies.models import Agency


def is_in_office(agency: Agency, day: date) -> bool:
    """True when the agency exists on this day; `valid_from` and `valid_to` are its first and last day."""
    return (agency.valid_from is None or agency.valid_from <= day) and (
        agency.valid_to is None or day <= agency.valid_to
    )


def ends_in_itself(slug: str, links: Mapping[str, str | None]) -> bool:
    """True when following `links` (agency to parent, or agency to successor) from `slug` comes back to it."""
    seen: set[str] = set()
    following = links.get(slug)
    while following is not None and following not in seen:
        if following == slug:
            return True
        seen.add(following)
        following = links.get(following)
    return False
