"""SQL for sitemaps: the live items of an agency in parts, each with a fixed range of item numbers.

So a part keeps its address for ever and never has more than `NUMBERS_IN_PART` addresses, however many there are: the newest part
grows, and the others change only with what is in them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from cms.publishing.visibility import LIVE

NUMBERS_IN_PART: Final = 5_000
"""The protocol allows 50,000; a part is made from as many cards as it has addresses."""


@dataclass(frozen=True, slots=True)
class SitePart:
    """One part of the items of an agency. Moments are microseconds since 1970."""

    agency: str
    number: int
    changed_at: int
    news_at: int
    """The newest first publication of the type that is news; 0 without any."""


def parts_sql(types: Collection[str], agencies: Collection[str], news: str) -> tuple[str, dict[str, Any]]:
    """SQL and values: the parts of these agencies that have any live item, in order; `news` is the type that is news."""
    names, params = _named("type", types)
    owners, more = _named("agency", agencies)
    return (
        f"SELECT p.agency, p.item_number / {NUMBERS_IN_PART} AS part, max(p.changed_at),"  # noqa: S608 - ours
        " max(CASE WHEN p.type = :news THEN p.published_at ELSE 0 END)"
        f" FROM publications p WHERE p.type IN ({names}) AND p.agency IN ({owners}) AND {LIVE}"
        " GROUP BY p.agency, part ORDER BY p.agency, part"
    ), {**params, **more, "news": news}


def part_sql(types: Collection[str], agency: str, part: int) -> tuple[str, dict[str, Any]]:
    """SQL and values: the cards of one part, by the number of the item."""
    names, params = _named("type", types)
    first = part * NUMBERS_IN_PART
    return (
        f"SELECT p.card_json FROM publications p WHERE p.type IN ({names}) AND p.agency = :agency"  # noqa: S608 - ours
        f" AND p.item_number >= :first AND p.item_number < :behind AND {LIVE} ORDER BY p.item_number"
    ), {**params, "agency": agency, "first": first, "behind": first + NUMBERS_IN_PART}


def _named(name: str, values: Collection[str]) -> tuple[str, dict[str, Any]]:
    """An empty list matches nothing."""
    params = {f"{name}{index}": value for index, value in enumerate(sorted(values))}
    return ", ".join(f":{each}" for each in params) or "NULL", params
