"""When the next planned change of what readers have is due: kept in the log's head row, read along with it.

The moment itself moves no position of the log, so whoever keeps an answer must know how long it holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from cms.changes.heads import log_head
from cms.changes.log import after_numbered
from cms.core.clock import NEVER, micros
from cms.core.db import UnitOfWork

# The conditions are those of two partial indexes, so that each minimum is one look.
BEGINNINGS = (
    "SELECT {edge}(effective_from) AS moment FROM publications WHERE type = :type"
    " AND superseded_sequence IS NULL AND is_planned"
)
ENDS = (
    "SELECT {edge}(effective_until) AS moment FROM publications WHERE type = :type"
    " AND superseded_sequence IS NULL AND effective_until IS NOT NULL"
)
PASSED = (
    f"SELECT max(moment) FROM ({BEGINNINGS} AND effective_from <= :now UNION ALL {ENDS} AND effective_until <= :now) passed"  # noqa: S608 - ours
).format(edge="max")
"""The last planned moment that has come and was not carried out."""
COMING = (
    f"SELECT min(moment) FROM ({BEGINNINGS} AND effective_from > :now UNION ALL {ENDS} AND effective_until > :now) coming"  # noqa: S608 - ours
).format(edge="min")
"""The next planned moment."""
_EARLIEST = f"SELECT min(moment) FROM ({BEGINNINGS} UNION ALL {ENDS}) moments".format(edge="min")  # noqa: S608 - ours


@dataclass(slots=True)
class Asked:
    """For which types a unit of work asks at its end."""

    types: set[str] = field(default_factory=set)


def due_again(unit: UnitOfWork, connection: Connection, type: str) -> None:
    """Find out anew when the next planned change of this type is due.

    To be called in a numbered step, where the head row is locked. Several steps of one unit of work ask once, at its end.
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
