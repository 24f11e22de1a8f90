"""The lines of the log that readers may learn of, as rows along its indexes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from cms.changes.actions import REFERENCE_TYPES, Action, is_public
from cms.core.raw_columns import json_value
from cms.core.reading import Reader

_REFERENCE: Final = (
    "SELECT c.resource_type, c.resource_id, max(c.sequence) AS newest FROM changes c WHERE c.action IN ({actions})"
    " AND c.sequence > :after AND c.sequence <= :until GROUP BY c.resource_type, c.resource_id ORDER BY newest"
)
_LINES: Final = (
    "SELECT c.sequence, c.recorded_at, c.action, c.resource_type, c.resource_id, c.agency, c.facts FROM changes c"
    " WHERE c.is_public AND c.sequence > :after AND c.sequence <= :until ORDER BY c.sequence LIMIT :count"
)


class ReferenceLine(NamedTuple):
    """The newest line of something of the reference data."""

    type: str
    id: str
    sequence: int


class PublicLine(NamedTuple):
    """One line, with what of its facts readers may know."""

    sequence: int
    recorded_at: Any
    action: str
    type: str
    id: str
    agency: str | None
    facts: dict[str, Any]


def reference_lines(reader: Reader, types: Collection[str], after: int, until: int) -> list[ReferenceLine]:
    """The newest line of each agency, area and so on that has one after `after` and not after `until`, in their order."""
    actions = {f"action{index}": name for index, name in enumerate(_public_actions(types))}
    if not actions or after >= until:
        return []
    sql = reader.prepared(_REFERENCE.format(actions=", ".join(f":{name}" for name in actions)))
    return [ReferenceLine(*row) for row in reader.rows(sql, {**actions, "after": after, "until": until})]


def public_lines(reader: Reader, after: int, until: int, most: int) -> list[PublicLine]:
    """The lines after `after` and not after `until`, oldest first."""
    rows = reader.rows(reader.prepared(_LINES), {"after": after, "until": until, "count": most})
    return [PublicLine(*row)._replace(facts=json_value(row[6])) for row in rows]


def _public_actions(types: Collection[str]) -> Sequence[str]:
    """What can happen to these parts of the reference data."""
    wanted = REFERENCE_TYPES.intersection(types)
    return sorted(action.value for action in Action if is_public(action) and action.value.split(".")[0] in wanted)
