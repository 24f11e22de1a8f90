"""Sends files to the virus scanner, one at a time; removes bytes that no row names, of uploads that broke off and of deleted documents, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Final

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.dead_letters.services import set_aside
from cms.core.dead_letters.tasks import putting_aside
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.core.runtime import runtime
from cms.core.storage.blobs import delete_incoming_before
from cms.core.transactions import check_writing
from cms.documents.personal_data import look_through
from cms.documents.queries import named_digests
from cms.documents.services import MOST_QUEUED, expect_unscanned, keep_personal_data, keep_scan
from cms.file_texts.queries import QUEUE as TEXTS
from cms.file_texts.queries import find_texts, list_pages, next_not_looked_through
from cms.file_texts.services import forget_texts
from cms.virus_scans.clamd import Clamd, ScanError
from cms.virus_scans.queries import QUEUE as SCANS
from cms.virus_scans.queries import find_scans, next_waiting
from cms.virus_scans.services import forget_scans

log = get_logger(__name__)

# An upload stores its bytes first and its row soon after, never this much later.
SPARED: Final = timedelta(hours=24)
BATCH: Final = 500
QUEUE: Final = "orphaned_files"


def sweep_orphans(is_held: Callable[[], bool] = lambda: False) -> int:
    """Remove files that are older than 24 hours and that no row names; returns how many.

    It stops while `is_held`: a running backup may hold rows that are deleted by now, and needs their files. The row is the
    truth (M-13). Running it twice at once is harmless. Raises `Unavailable`, also when the clock cannot be right.
    """
    with rolled_back():
        check_writing(session())
    # Files have the time of this machine, not of the database's clock.
    storage, moment = runtime().storage, clock.machine_now() - SPARED
    removed = delete_incoming_before(storage.incoming, moment)
    old = iter(list(storage.stored_before(moment)))
    while batch := list(islice(old, BATCH)):
        unnamed = list(_unnamed(batch))
        if texts := find_texts(unnamed):
            forget_texts(texts)
        if scans := find_scans(unnamed):
            forget_scans(scans)
        # Asked after the rows were read: a backup that begins later names none of these files.
        if is_held():
            break
        for digest in unnamed:
            try:
                removed += storage.delete_if_before(digest, moment)
            except Unavailable as error:
                # One file that cannot be removed must not stop the sweep; a storage that is unreachable does.
                _note_failure(digest, error)
    return removed


def scan_waiting() -> bool:
    """Send the file that has waited longest to the virus scanner; True when more may be waiting.

    A task of the worker, on a thread of its own: no request ever waits for it. A file about which there is no answer while the scanner is there is put aside
    and tried again later; it stays held. Raises `Unavailable` when the scanner does not answer at all.
    """
    sha256 = next_waiting()
    if sha256 is None:
        return False
    clamd = Clamd(runtime().settings.clamd_url)
    with putting_aside(SCANS, sha256):
        try:
            finding = clamd.scan(runtime().storage.open(sha256))
        except ScanError as error:
            if clamd.answers():
                raise
            log.warning("virus_scanner_is_silent", error=str(error))
            raise Unavailable from error
        keep_scan(sha256, finding)
    return True


def queue_unscanned() -> bool:
    """Queue files that nobody has queued, where there is a scanner; True when there may be more."""
    return bool(runtime().settings.clamd_url) and expect_unscanned() == MOST_QUEUED


def _note_failure(digest: str, error: Unavailable) -> None:
    """Put the file aside if the storage itself works. Raises the error if it does not."""
    if runtime().storage.identity() is None:
        raise error
    set_aside(QUEUE, digest, error)


def _unnamed(digests: list[str]) -> Iterator[str]:
    """The digests that no document, image, rendition or publication has, current or superseded."""
    with rolled_back():
        named = named_digests(digests)
    return (digest for digest in digests if digest not in named)


def look_through_next() -> bool:
    """Look for personal data in the next file that was read; True when more may wait. A task of the worker, behind the reading."""
    text = next_not_looked_through()
    if text is None:
        return False
    with putting_aside(TEXTS, text.sha256):
        with rolled_back():
            pages = list_pages(text.sha256)
            found = look_through(text, pages)
        keep_personal_data(text, found)
    return True
