"""How far the log has come for each owner and each channel of a content type: what lists depend on, so that they need not follow the
whole city.

An item is on the channel of its owner, on the one that it was published on, and on those of the agencies that carry it. A line that
changes what readers have of it moves its owner and all of these channels, those that it leaves included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement

from cms.changes.log import Numbered, after_numbered
from cms.core.compiled import CompiledStatement, insert_for
from cms.core.db import UnitOfWork, table_of
from cms.publishing.models import ContentPosition

_positions = table_of(ContentPosition)


def _moving(dialect: Dialect) -> ClauseElement:
    moved = insert_for(dialect, _positions)
    keys = [_positions.c.type, _positions.c.scheme, _positions.c.agency]
    values = {"sequence": moved.excluded.sequence, "moved_at": moved.excluded.moved_at}
    return moved.on_conflict_do_update(index_elements=keys, set_=values)


_MOVE = CompiledStatement(_moving, _positions.c.keys())


@dataclass(slots=True)
class Moved:
    """What a unit of work moves (type, scheme, agency), with the newest line of each; written at its end, in one statement."""

    positions: dict[tuple[str, str, str], Numbered] = field(default_factory=dict)


def move_positions(unit: UnitOfWork, type: str, owner: str, channels: Iterable[str], numbered: Numbered) -> None:
    """Note that what readers have of this owner and on these channels is changed by this line. Call it in a numbered step."""
    moved = unit.part(Moved).positions
    if not moved:
        after_numbered(unit, lambda: _write(unit, moved))
    moved[type, "agency", owner] = numbered
    moved |= {(type, "channel", channel): numbered for channel in channels}


def _write(unit: UnitOfWork, moved: dict[tuple[str, str, str], Numbered]) -> None:
    connection = unit.session.connection()
    rows = [
        {
            "type": key[0],
            "scheme": key[1],
            "agency": key[2],
            "sequence": numbered.sequence,
            "moved_at": numbered.changed_at,
        }
        for key, numbered in sorted(moved.items())
    ]
    _MOVE.run(connection, rows)
