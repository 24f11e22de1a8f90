"""The moment of the next scheduled change for readers, stored in the log's head row and read along with it.

When the moment passes, the log does not move, so a cache must know until when an answer is valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from cms.changes.heads import log_head
from cms.changes.log import after_numbered
from cms.core.clock import NEVER, micros
from cms.core.db import UnitOfWork

# The conditions are those of two partial indexes, so that each minimum is one index read.
BEGINNINGS = (
    "SELECT {edge}(effective_from) AS moment FROM publications WHERE type = :type"
    " AND superseded_sequence IS NULL AND is_scheduled"
)
ENDS = (
    "SELECT {edge}(effective_until) AS moment FROM publications WHERE type = :type"
    " AND superseded_sequence IS NULL AND effective_until IS NOT NULL"
)
PASSED = (
    f"SELECT max(moment) FROM ({BEGINNINGS} AND effective_from <= :now UNION ALL {ENDS} AND effective_until <= :now) passed"  # noqa: S608 - ours
).format(edge="max")
"""The last scheduled moment that has come and was not carried out."""
COMING = (
    f"SELECT min(moment) FROM ({BEGINNINGS} AND effective_from > :now UNION ALL {ENDS} AND effective_until > :now) coming"  # noqa: S608 - ours
).format(edge="min")
"""The next scheduled moment."""
_EARLIEST = f"SELECT min(moment) FROM ({BEGINNINGS} UNION ALL {ENDS}) moments".format(edge="min")  # noqa: S608 - ours


@dataclass(slots=True)
class Asked:
    """The types for which a unit of work asks at its end."""

    types: set[str] = field(default_factory=set)


def store_next_due(unit: UnitOfWork, connection: Connection, type: str) -> None:
    """Compute again when the next scheduled change of this type is due.

    Call it in a numbered step, where the head row is locked. Several steps of one unit of work ask once, at its end.
    """
    asked = unit.part(Asked)
    if type not in asked.types:
        asked.types.add(type)
        after_numbered(unit, lambda: _find_due(connection, type))


def _find_due(connection: Connection, type: str) -> None:
    column = f"{log_head().topics[type]}_due_at"
    connection.execute(
        text(f"UPDATE change_head SET {column} = coalesce(({_EARLIEST}), :never) WHERE id = 1"),  # noqa: S608 - ours
        {"type": type, "never": micros(NEVER)},
    )
