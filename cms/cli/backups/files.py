"""The files of a backup: `files/ab/cd/<sha256>`, as a local storage keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection, text

from cms.core.errors import Unavailable
from cms.core.storage.blobs import Storage
from cms.core.storage.local import LocalStorage

FOLDER = "files"
_TABLES = ("document_files", "publication_files", "images", "renditions")
_NAMED = " UNION ".join(f"SELECT sha256 FROM {table}" for table in _TABLES)  # noqa: S608 - names of our own


def named_files(connection: Connection) -> list[str]:
    """The digests of all files that the database names."""
    return sorted(connection.execute(text(_NAMED)).scalars())


def bytes_of(storage: Storage, digests: Iterable[str]) -> int:
    """The bytes that the files need."""
    return sum(storage.size(digest) or 0 for digest in digests)


def copy_files(storage: Storage, digests: Sequence[str], folder: Path, tell: Callable[[], None]) -> Iterator[str]:
    """Copy the files into the backup; returns the digests of those that are missing or damaged."""
    target = LocalStorage(folder / FOLDER)
    target.mark("backup")
    for digest in digests:
        tell()
        if not _copy(storage, target, digest):
            yield digest


def restore_files(folder: Path, digests: Sequence[str], storage: Storage) -> Iterator[str]:
    """Copy the files of the backup that the storage lacks or has damaged; returns the digests of those that the backup lacks."""
    source = LocalStorage(folder / FOLDER)
    for digest in digests:
        if _digest_of(storage, digest) == digest:
            continue
        # The file under this name is damaged, and would be taken for the right one.
        storage.delete(digest)
        if not _copy(source, storage, digest):
            yield digest


def damaged_files(folder: Path, digests: Sequence[str]) -> Iterator[str]:
    """The digests of files that are missing or damaged in the backup; reads every byte and changes nothing."""
    source = LocalStorage(folder / FOLDER)
    for digest in digests:
        found = hashlib.sha256()
        try:
            for part in _parts(source, digest):
                found.update(part)
        except _UnreadableError:
            yield digest
            continue
        if found.hexdigest() != digest:
            yield digest


def missing_files(digests: Sequence[str], storage: Storage) -> Iterator[str]:
    """The digests of files that the storage lacks."""
    return (digest for digest in digests if storage.size(digest) is None)


def _digest_of(storage: Storage, digest: str) -> str | None:
    """The digest of the bytes stored under this name; None when there are none."""
    if storage.size(digest) is None:
        return None
    found = hashlib.sha256()
    for part in storage.open(digest):
        found.update(part)
    return found.hexdigest()


def _copy(source: Storage, target: Storage, digest: str) -> bool:
    """Copy one file; False when the source lacks its bytes. A source that does not answer, or a full target, ends the command."""
    incoming = target.new_incoming()
    try:
        if _written(_parts(source, digest), incoming) != digest:
            return False
        target.put(incoming, digest)
    except _UnreadableError:
        return False
    finally:
        incoming.unlink(missing_ok=True)
    return True


def _written(parts: Iterable[bytes], target: Path) -> str:
    """Write the bytes; returns their digest."""
    found = hashlib.sha256()
    with _written_to(target), target.open("wb") as file:
        for part in parts:
            found.update(part)
            file.write(part)
    return found.hexdigest()


@contextmanager
def _written_to(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{target.parent} cannot be written: {error.strerror}.") from None


class _UnreadableError(Exception):
    """The bytes of one file are missing, or the disk does not give them."""


def _parts(source: Storage, digest: str) -> Iterator[bytes]:
    try:
        yield from source.open(digest)
    except OSError as error:
        raise _UnreadableError from error
    except Unavailable as error:
        # An error of the whole storage says nothing about this file.
        if error.code == "file_lost" or isinstance(error.__cause__, OSError):
            raise _UnreadableError from error
        raise
