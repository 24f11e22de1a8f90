"""Removes the bytes of what was erased, behind the transaction that took their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from cms.core import clock
from cms.core.db import db, rolled_back
from cms.core.runtime import runtime
from cms.documents.queries import named_digests
from cms.erasures.models import Erasure
from cms.erasures.queries import find_unfinished
from cms.erasures.services import finish_erasure

SETTLING: Final = timedelta(minutes=1)
"""An upload stores its bytes before its row: of the same bytes, begun before the erasure, the row is there by then."""


def remove_erased_bytes(is_held: Callable[[], bool] = lambda: False) -> bool:
    """Remove the bytes of confirmed erasures that nothing else names; returns whether one was finished.

    A task of the worker: cut off at any point it begins again, and twice at once does no harm. It waits while `is_held`: a running backup
    needs the files that its copy of the database names. Raises `Unavailable`.
    """
    with rolled_back():
        found = find_unfinished(clock.now() - SETTLING)
    if not found or is_held():
        return False
    for erasure in found:
        _remove(erasure)
        finish_erasure(erasure.id)
    _empty_journal()
    return True


def _empty_journal() -> None:
    """Write the journal of SQLite into its file, where erased pages were overwritten; while somebody reads, later ones do."""
    if runtime().settings.uses_sqlite:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove(erasure: Erasure) -> None:
    digests: list[str] = (erasure.erased or {}).get("bytes", [])
    with rolled_back():
        named = named_digests(digests)
    # Bytes that came again after the erasure are newer. Files have the time of this machine.
    erased_at = (erasure.decided_at or clock.now()) - (clock.now() - clock.machine_now())
    for digest in digests:
        if digest not in named:
            runtime().storage.delete_if_before(digest, erased_at)
