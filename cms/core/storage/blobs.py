"""Files by their SHA-256: the interface of every storage, its errors, and where uploads wait until complete."""

from __future__ import annotations

import errno
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from obstore.exceptions import BaseError

from cms.core import clock
from cms.core.errors import Unavailable
from cms.core.logging import get_logger
from cms.core.metrics import LOST_FILES

# Holds the identity of a storage, in its root.
MARKER: Final = "simpul-storage"
FULL_DISK: Final = {errno.ENOSPC, errno.EDQUOT}
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Storage(Protocol):
    """Blobs by SHA-256 (64 lower-case hexadecimal digits; anything else is a `ValueError`).

    Every method raises `Unavailable("storage_full")` or `Unavailable("storage_unavailable")`.
    """

    incoming: Path
    """Folder for uploads that are not complete yet."""

    def identity(self) -> str | None:
        """The id that `mark` has written; None when the storage was never set up or its disk is not mounted."""

    def mark(self, identity: str) -> None:
        """Set the storage up: the only call that makes the root folder. Nothing is written to a storage without a mark."""

    def new_incoming(self) -> Path:
        """A fresh name for an upload."""

    def put(self, source: Path, digest: str) -> None:
        """Keep the complete file `source` durably and remove it; when the digest is stored already, its age starts again."""

    def open(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, at most `length`, in chunks. A missing blob is reported before the first chunk."""

    def internal_path(self, digest: str) -> str | None:
        """Where a proxy that serves this storage below some path finds the bytes, without a slash in front; may have a query.

        None: the proxy may not read them. Raises for missing bytes where that costs no request.
        """

    def exists(self, digest: str) -> bool:
        """True when the bytes are here."""

    def size(self, digest: str) -> int | None:
        """Number of bytes, None when they are not here."""

    def delete(self, digest: str) -> None:
        """Remove the bytes; absent ones are no error."""

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """The digests of blobs that were last put before `moment`."""

    def delete_if_before(self, digest: str, moment: datetime) -> bool:
        """Remove the bytes unless they were put again since `moment`; True when they are gone."""


def is_digest(text: str) -> bool:
    """True for a SHA-256 as 64 lower-case hexadecimal digits."""
    return _DIGEST.fullmatch(text) is not None


def checked_digest(digest: str) -> str:
    """The digest itself. Raises `ValueError` for any other text, so that none ever becomes a path (R-F1)."""
    if not is_digest(digest):
        raise ValueError("not a SHA-256")
    return digest


log = get_logger(__name__)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Report a full disk and all other errors of the storage as `Unavailable`."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL_DISK:
            raise Unavailable("storage_full", headers={"Retry-After": "60"}) from error
        raise Unavailable("storage_unavailable", headers={"Retry-After": "30"}) from error
    except BaseError as error:
        raise Unavailable("storage_unavailable", headers={"Retry-After": "30"}) from error


def file_lost(digest: str) -> Unavailable:
    """The storage answers but lacks these bytes: trying again does not help, so there is no `Retry-After`."""
    log.error("file_lost", sha256=digest)
    LOST_FILES.inc()
    return Unavailable("file_lost")


def new_incoming(folder: Path) -> Path:
    """A fresh name in the folder of incoming uploads, which is made when it is missing; the folder around it is not."""
    with storage_errors():
        folder.mkdir(exist_ok=True)
    return folder / f"{secrets.token_hex(16)}.part"


def delete_incoming_before(folder: Path, moment: datetime) -> int:
    """Remove uploads that broke off before `moment`; returns how many."""
    removed = 0
    with storage_errors():
        paths = list(folder.glob("*.part"))
    for path in paths:
        try:
            if changed_at(path) < moment:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
        except OSError as error:
            # A file that cannot be removed must not stop the others.
            log.error("incoming_not_removed", name=path.name, reason=str(error))  # noqa: TRY400 - the reason says it all
    return removed


def changed_at(path: Path) -> datetime:
    """When a local file was last written."""
    return clock.EPOCH + timedelta(seconds=path.stat().st_mtime)
