"""Marks before and after each commit that moves the log, in a few bytes that the processes of a node share.

A process may remember positions of the log for a moment (`cms.serving.remembered_heads`) because every process of its node that moves
them, command line included, marks its commits here. The mark is 16 bytes of a small file that readers keep open (mapped into memory, a
file that somebody cuts short would kill its readers):

- eight random bytes, others at each step, so that two marks are never taken for each other;
- until when a commit is under way (microseconds of the machine's monotonic clock), 0 when none is.

Before it commits a writer writes the second number; after the commit it takes it back, unless another writer has begun meanwhile: that
one commits later, because writers of the log commit one after the other. While a commit is under way nothing is remembered. So a writer
that is killed between its commit and its second mark leaves readers that ask the database each time, until another one has written or
its own time is over. A writer that cannot mark waits until nobody remembers what was before (`SETTLED_SECONDS`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from cms.core import clock
from cms.core.logging import get_logger
from cms.core.postgres import SILENCE_SECONDS

log = get_logger(__name__)

EXTENSION: Final = "simpul_commit_marks"
FILE_NAME: Final = "commits"
REMEMBERED_SECONDS: Final = 0.05
"""How long a process may remember positions of the log, from before it has asked for them."""
SETTLED_SECONDS: Final = 1.2 * REMEMBERED_SECONDS
"""How long after a commit no process of any node remembers what was before. More than REMEMBERED_SECONDS: clocks do not run alike."""
_TOKEN_BYTES: Final = 8
_SIZE: Final = 16
_SETTLED: Final = bytes(_SIZE - _TOKEN_BYTES)
# A server that has not answered for so long is given up.
_LONGEST_MICROSECONDS: Final = round(1e6 * SILENCE_SECONDS)


class CommitMarks:
    """The marks of one node. One per process; safe to share between threads, and over a fork."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._inode = (0, 0)

    def current(self) -> bytes:
        """The mark as it is; empty when there is none to look at."""
        if self._file is None:
            return b""
        try:
            mark = os.pread(self._file, _SIZE, 0)
        except OSError:
            return b""
        return mark if len(mark) == _SIZE else b""

    def settled(self) -> bytes:
        """The mark when no commit is under way, else empty. Looks first whether the file is still the one that others write."""
        try:
            self._find()
        except OSError:
            self._file = None
        mark = self.current()
        return mark if mark and not _is_under_way(mark) else b""

    @contextmanager
    def around_commit(self) -> Iterator[None]:
        """Wrap a commit that moves the log. When it fails it may have taken place, so its mark stays."""
        until = (clock.spent() + _LONGEST_MICROSECONDS).to_bytes(_SIZE - _TOKEN_BYTES)
        is_marked = self._write(until)
        yield
        self._settle(until)
        if not is_marked:
            wait_until_settled()

    def _settle(self, own: bytes) -> None:
        with suppress(OSError):
            under_way = self._path.read_bytes()[_TOKEN_BYTES:_SIZE]
            self._write(_SETTLED if under_way == own else under_way)

    def _write(self, until: bytes) -> bool:
        """Write a mark; False when readers may not see it: it cannot be written, or the file is not the one that they look at."""
        try:
            is_known = self._path.exists()
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                os.pwrite(file, os.urandom(_TOKEN_BYTES) + until, 0)
                return is_known and self._inode in {(0, 0), _inode(os.fstat(file))}
            finally:
                os.close(file)
        except OSError as error:
            log.warning("commit_not_marked", reason=error.strerror)
            return False

    def _find(self) -> None:
        """Open the file that is at the path now, unless it is open already.

        One that was there before stays open: another thread may be reading it, and its number must not become another file's.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._make()
            found = self._path.stat()
        if self._file is None or self._inode != _inode(found):
            file = os.open(self._path, os.O_RDONLY)
            self._file, self._inode = file, _inode(os.fstat(file))

    def _make(self) -> None:
        """Make the file. It appears with a mark in it: a writer may mark a commit at the same moment, and that mark must stay."""
        draft = self._path.with_name(f"{self._path.name}-{os.getpid()}-{os.urandom(4).hex()}")
        try:
            draft.write_bytes(os.urandom(_TOKEN_BYTES) + _SETTLED)
            # Another process may have made it at the same moment.
            with suppress(FileExistsError):
                os.link(draft, self._path)
        finally:
            draft.unlink(missing_ok=True)


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def marks_beside(url: URL, folder: Path) -> Path:
    """Where the marks of a database are: beside the file of SQLite, so that whoever writes there marks it, else in the folder of the node."""
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}-{FILE_NAME}")
    return folder / FILE_NAME


def wait_until_settled() -> None:
    """Wait until no process of any node remembers what was before the last commit of this one."""
    time.sleep(SETTLED_SECONDS)


def _is_under_way(mark: bytes) -> bool:
    left = int.from_bytes(mark[_TOKEN_BYTES:]) - clock.spent()
    # More is left only of a commit before the machine was started anew.
    return 0 < left <= _LONGEST_MICROSECONDS
