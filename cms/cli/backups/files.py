"""The files of a backup: `files/ab/cd/<sha256>`, as a local storage keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from cms.core.blobs import Storage
from cms.core.errors import DomainError
from cms.core.storage import LocalStorage

FOLDER = "files"
_TABLES = ("document_files", "publication_files", "images", "renditions")
_NAMED = " UNION ".join(f"SELECT sha256 FROM {table}" for table in _TABLES)  # noqa: S608 - names of our own


def named_files(connection: Connection) -> list[str]:
    """The digests of all files that the database names."""
    return sorted(connection.execute(text(_NAMED)).scalars())


def bytes_of(storage: Storage, digests: Iterable[str]) -> int:
    """How much room they need."""
    return sum(storage.size(digest) or 0 for digest in digests)


def copy_files(storage: Storage, digests: Sequence[str], folder: Path, tell: Callable[[], None]) -> Iterator[str]:
    """Copy the files into the backup; gives the digests of those that are missing or are not what they are called."""
    target = LocalStorage(folder / FOLDER)
    target.mark("backup")
    for digest in digests:
        tell()
        if not _copy(storage, target, digest):
            yield digest


def restore_files(folder: Path, digests: Sequence[str], storage: Storage) -> Iterator[str]:
    """Copy the files of the backup into the storage, those that it has not whole; gives the digests of those that the backup lacks."""
    source = LocalStorage(folder / FOLDER)
    for digest in digests:
        if _digest_of(storage, digest) == digest:
            continue
        # What lies there under this name is something else, and would be taken for what was there before.
        storage.delete(digest)
        if not _copy(source, storage, digest):
            yield digest


def _digest_of(storage: Storage, digest: str) -> str | None:
    """The digest of the bytes that lie there under this name; None when there are none."""
    if storage.size(digest) is None:
        return None
    found = hashlib.sha256()
    for part in storage.open(digest):
        found.update(part)
    return found.hexdigest()


def _copy(source: Storage, target: Storage, digest: str) -> bool:
    incoming = target.new_incoming()
    found = hashlib.sha256()
    try:
        with incoming.open("wb") as file:
            for part in source.open(digest):
                found.update(part)
                file.write(part)
    except (OSError, ValueError, DomainError):
        incoming.unlink(missing_ok=True)
        return False
    if found.hexdigest() != digest:
        incoming.unlink()
        return False
    target.put(incoming, digest)
    return True
