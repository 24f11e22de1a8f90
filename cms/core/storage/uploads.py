"""Receives uploads: files are complete on disk, measured and hashed before anything is decided about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cms.core.errors import TooLarge
from cms.core.runtime import runtime
from cms.core.storage.blobs import storage_errors

BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A complete file in the folder of incoming uploads."""

    path: Path
    bytes: int
    sha256: str


@contextmanager
def incoming_file(chunks: Iterable[bytes], limit: int) -> Iterator[IncomingFile]:
    """Write a file while hashing it; it is removed at the end unless it was stored.

    Raises `TooLarge` as soon as it is larger than `limit` bytes, `Unavailable`.
    """
    with incoming_path() as path:
        size, digest = _written(chunks, path, limit)
        yield IncomingFile(path, size, digest)


@contextmanager
def incoming_path() -> Iterator[Path]:
    """A fresh name in the folder of incoming uploads; a file left there at the end is removed."""
    path = runtime().storage.new_incoming()
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def measured(path: Path) -> IncomingFile:
    """Size and digest of a file that is there already."""
    digest, size = hashlib.sha256(), 0
    with storage_errors(), path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return IncomingFile(path, size, digest.hexdigest())


def _written(chunks: Iterable[bytes], path: Path, limit: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with storage_errors():
        file = path.open("xb")
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(limit=limit)
            digest.update(chunk)
            with storage_errors():
                file.write(chunk)
    finally:
        # Closing writes the rest of the buffer (all of a small file): a full disk raises here.
        with storage_errors():
            file.close()
    return size, digest.hexdigest()
