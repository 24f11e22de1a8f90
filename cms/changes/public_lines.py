"""The lines of the log that readers may learn of, as rows along its indexes, and as readers get them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from cms.changes.actions import REFERENCE_TYPES, Action, ContentVerb, is_public
from cms.changes.facts import EndingKind
from cms.core.clock import rfc3339
from cms.core.raw_columns import json_value, moment_value
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


def line_for_readers(epoch: str, line: PublicLine) -> dict[str, Any]:
    """A line as JSON: what changed, thin, never any content, and no reason for what vanished."""
    facts, verb = line.facts, line.action.partition(".")[2]
    makes = "digest" in facts and verb not in (ContentVerb.UNPUBLISHED, ContentVerb.ERASED)
    ending = facts.get("ending")
    return {
        "sequence": line.sequence,
        "recorded_at": rfc3339(moment_value(line.recorded_at)),
        "action": line.action,
        "type": line.type,
        "id": line.id,
        "agency": line.agency,
        "update": facts.get("update"),
        # Who vanished leaves no reason, here as in copies.
        "ending": None if ending == EndingKind.VANISH else ending,
        "cause": facts["cause"]["kind"] if facts.get("cause") else None,
        "digest": item_digest(epoch, line.id, line.sequence) if makes else None,
    }


def item_digest(epoch: str, item_id: str, publication_sequence: int, shown_as: str = "") -> str:
    """What tells one delivered state of an item from all others: a publication is written once, by one line of the log.

    `shown_as` is the agency with its note when the item is delivered as its repost.
    """
    text = f"{epoch}:{item_id}:{publication_sequence}:{shown_as}"
    return hashlib.sha256(text.encode()).hexdigest()


def _public_actions(types: Collection[str]) -> Sequence[str]:
    """What can happen to these parts of the reference data."""
    wanted = REFERENCE_TYPES.intersection(types)
    return sorted(action.value for action in Action if is_public(action) and action.value.split(".")[0] in wanted)
