"""Removes the bytes of what was erased, behind the transaction that took their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from cms.core import clock
from cms.core.db import db, rolled_back
from cms.core.dead_letters.services import take_back
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.documents.queries import named_digests
from cms.erasures.ledger import Entry, add_to_ledger, entry_of, ledger_path
from cms.erasures.models import Erasure
from cms.erasures.queries import find_unfinished, list_carried_out
from cms.erasures.services import erase_again, finish_erasure
from cms.file_texts.queries import QUEUE as TEXTS
from cms.file_texts.services import forget_texts
from cms.virus_scans.services import forget_scans

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


def keep_ledger() -> bool:
    """Write what was erased into the ledger of this node; a task of the worker. Never more to do."""
    with rolled_back():
        entries = [entry_of(erasure) for erasure in list_carried_out()]
    if entries:
        add_to_ledger(ledger_path(runtime().settings), entries)
    return False


def apply_ledger(actor: Actor, entries: Sequence[Entry], backup: str) -> int:
    """Erase again what a restored backup has brought back, rows and bytes, before anybody is served; returns how many erasures."""
    applied = sum(erase_again(actor, entry, backup) for entry in entries)
    digests = sorted({digest for entry in entries for digest in entry.erased.get("bytes", ())})
    with rolled_back():
        unnamed = sorted(set(digests) - named_digests(digests))
    if unnamed:
        forget_texts(unnamed)
    for digest in unnamed:
        runtime().storage.delete(digest)
    _forget_queued(unnamed)
    _empty_journal()
    return applied


def _forget_queued(digests: Sequence[str]) -> None:
    """Bytes that are gone wait no more to be scanned or read: else they would be put aside for ever."""
    if digests:
        forget_scans(digests)
    for digest in digests:
        take_back(TEXTS, digest)


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
    unnamed = [digest for digest in digests if digest not in named]
    for digest in unnamed:
        runtime().storage.delete_if_before(digest, erased_at)
    _forget_queued(unnamed)
