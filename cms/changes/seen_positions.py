"""The log positions that this node has seen, kept outside the database, to notice a database that was restored to an earlier
state.

The file `positions` in the instance folder has one line for each epoch that was seen, the newest last: epoch, highest sequence
and the hash of that line. A database behind it, or with other lines, was restored without a new epoch: positions would be given
twice. So the node is not ready and nothing is written, until the epoch is renewed. Reading goes on: the positions that the
database has are still valid.
"""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

from flask import current_app
from sqlalchemy.orm import Session

from cms.changes.heads import Heads, read_heads
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.core.reading import Reader

log = get_logger(__name__)

EXTENSION = "simpul_seen_positions"
FILE_NAME = "positions"
MOST_EPOCHS = 50
_HASH = "SELECT hash FROM changes WHERE sequence = :sequence"


class SeenPosition(NamedTuple):
    """The newest line that was seen of one epoch."""

    epoch: str
    sequence: int
    hash: str


class SeenPositions:
    """Compares the database with what this node has seen. One per process; the processes of a node share the file."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._path, self._reader = folder / FILE_NAME, reader
        self._has_looked = self._accepts = False
        self.trouble: str | None = None
        """The last result: a sentence about the fault, None when all is well."""

    def look(self) -> str | None:
        """Return what is wrong with the database, None when nothing is. Raises `Unavailable`."""
        seen = self._read()
        found = self._compared(seen, read_heads(self._reader)) if seen else None
        if found is not None and self.trouble is None:
            log.error("database_behind", detail=found)
        self._has_looked, self.trouble = True, found
        return found

    def keep(self) -> bool:
        """Check, and keep the newest position when all is well; a periodic task of every process. Always False."""
        if self.look() is not None:
            return False
        heads = read_heads(self._reader)
        newest = SeenPosition(heads.epoch, heads.sequence, self._hash_of(heads.sequence))
        try:
            self._write(newest)
        except OSError as error:
            log.warning("position_not_kept", reason=error.strerror)
        return False

    def accept(self) -> None:
        """Let this process write all the same: it is the command that begins another epoch."""
        self._accepts = True

    def before_write(self, _session: Session) -> None:
        """Let no write begin on a database that is behind. Raises `Unavailable("database_behind")`."""
        if self._accepts:
            return
        if (self.trouble is not None or not self._has_looked) and self.look() is not None:
            raise Unavailable("database_behind", headers={"Retry-After": "60"})

    def _compared(self, seen: Sequence[SeenPosition], heads: Heads) -> str | None:
        last = seen[-1]
        if last.epoch != heads.epoch:
            is_older = any(each.epoch == heads.epoch for each in seen)
            return (
                _sentence(f"is on epoch {heads.epoch}, and this node has seen {last.epoch} after it")
                if is_older
                else None
            )
        if heads.sequence < last.sequence:
            return _sentence(f"ends at line {heads.sequence}, and this node has seen line {last.sequence}")
        if last.sequence and self._hash_of(last.sequence) != last.hash:
            return _sentence(f"has another line {last.sequence} than this node has seen")
        return None

    def _hash_of(self, sequence: int) -> str:
        rows = self._reader.rows(self._reader.prepared(_HASH), {"sequence": sequence})
        return str(rows[0][0]) if rows else "-"

    def _read(self) -> list[SeenPosition]:
        try:
            return _parsed(self._path.read_text(encoding="ascii", errors="replace"))
        except OSError:
            return []

    def _write(self, newest: SeenPosition) -> None:
        """Write the file; another process of this node may have seen more, so the higher position stays."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+", encoding="ascii", errors="replace") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            seen = _parsed(file.read())
            if seen and seen[-1].epoch == newest.epoch:
                if seen[-1].sequence >= newest.sequence:
                    return
                seen.pop()
            _replace(file, [*seen, newest][-MOST_EPOCHS:])


def seen_positions() -> SeenPositions:
    """The seen positions of the current application's node."""
    found: SeenPositions = current_app.extensions[EXTENSION]
    return found


def _parsed(text: str) -> list[SeenPosition]:
    """The positions in the file; a malformed line was not written completely and is skipped."""
    found = []
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1].isascii() and parts[1].isdigit():
            found.append(SeenPosition(parts[0], int(parts[1]), parts[2]))
    return found


def _replace(file: IO[str], seen: Sequence[SeenPosition]) -> None:
    file.seek(0)
    file.truncate()
    file.write("".join(f"{each.epoch} {each.sequence} {each.hash}\n" for each in seen))


def _sentence(what: str) -> str:
    return f'The database {what}: it was taken back. Say so: python -m cms epoch renew --reason "..."'
