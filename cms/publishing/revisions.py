"""How often what readers have of an item was written anew: its number of revisions, as calendars count them (RFC 5545, 3.8.7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cms.core.reading import Reader
from cms.publishing.visibility import WAS_SHOWN

_COUNTED: Final = (
    "SELECT i.id, COUNT(*) FROM published_items i JOIN publications p ON p.item_number = i.number"  # noqa: S608 - ours
    f" WHERE i.id IN ({{ids}}) AND {WAS_SHOWN} GROUP BY i.id"
)
_AT_ONCE: Final = 500
"""The most ids of one statement."""


def revisions(reader: Reader, item_ids: Sequence[str], now: int) -> dict[str, int]:
    """The number of each item: 0 for what was published once, one more for every publication, notice or new name since.

    It never goes back: superseded publications are kept, and a scheduled one counts from its moment on (`now`, microseconds since 1970).
    """
    found: dict[str, int] = {}
    for begin in range(0, len(item_ids), _AT_ONCE):
        params = {f"id{index}": item_id for index, item_id in enumerate(item_ids[begin : begin + _AT_ONCE])}
        sql = reader.prepared(_COUNTED.format(ids=", ".join(f":{name}" for name in params)))
        found |= {row[0]: int(row[1]) - 1 for row in reader.rows(sql, {**params, "now": now})}
    return found
