"""Where the bytes of files lie, under their SHA-256: a local folder or an S3 bucket, behind one interface.

Content is never changed under a digest, so the same bytes are stored once for all uploads. A file is complete and
on the disk before a row names it (M-13). An upload is written to `incoming`, then given over with `put`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from cms.core import clock
from cms.core.bulkhead import Bulkhead
from cms.core.errors import Unavailable
from cms.core.storage.blobs import (
    MARKER,
    Storage,
    changed_at,
    checked_digest,
    file_lost,
    is_digest,
    new_incoming,
    storage_errors,
)
from cms.core.storage.s3 import S3Keys, S3Storage
from cms.core.storage.shared_files import is_shared, share
from config import ConfigurationError

__all__ = ["LocalStorage", "S3Storage", "Storage", "storage_from_url"]

CHUNK_BYTES: Final = 256 * 1024
S3_PARAMETERS: Final = {"region", "endpoint"}


def storage_from_url(
    url: str,
    *,
    incoming: Path | None = None,
    access_key: str = "",
    secret_key: str = "",
    bulkhead: Bulkhead | None = None,
    for_proxy: bool = False,
) -> LocalStorage | S3Storage:
    """The storage that STORAGE_URL names: `file:///folder` or `s3://bucket/prefix?region=..&endpoint=..`.

    `incoming` is where uploads to S3 wait. Without keys S3 looks for them as all AWS programs do. Requests to S3 are made in places
    of `bulkhead`, where one is given. `for_proxy`: a proxy under another account reads the folder. Raises `ConfigurationError`.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return LocalStorage(Path(unquote(parts.path)), for_proxy=for_proxy)
    query = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.hostname or set(query) - S3_PARAMETERS:
        raise ConfigurationError(
            "STORAGE_URL must be file:///folder or s3://bucket/prefix?region=..&endpoint=.. (absolute folder, no other parameters)"
        )
    if incoming is None:
        raise ConfigurationError("uploads to S3 need a local folder to wait in")
    keys = S3Keys(access_key, secret_key) if access_key else None
    return S3Storage(parts.hostname, parts.path.strip("/"), query, incoming, keys, bulkhead)


class LocalStorage:
    """A folder on a local disk: `ab/cd/<sha256>`. With `for_proxy` the group of the folder may read the files."""

    def __init__(self, folder: Path, *, for_proxy: bool = False) -> None:
        self.folder, self._for_proxy = folder, for_proxy
        self.incoming = folder / "incoming"

    def identity(self) -> str | None:
        """The content of the marker file."""
        with storage_errors():
            try:
                return (self.folder / MARKER).read_text(encoding="ascii")
            except (FileNotFoundError, NotADirectoryError):
                return None

    def mark(self, identity: str) -> None:
        """Make the folder and the marker file in it."""
        with storage_errors():
            self.incoming.mkdir(parents=True, exist_ok=True)
            marker = new_incoming(self.incoming)
            marker.write_text(identity, encoding="ascii")
            _flush(marker)
            marker.rename(self.folder / MARKER)
            _flush(self.folder)

    def new_incoming(self) -> Path:
        """In the folder `incoming`."""
        self._check_mark()
        return new_incoming(self.incoming)

    def _check_mark(self) -> None:
        """Check the marker: an empty mount point looks like an empty storage, and files written there would be hidden by the
        disk.
        """
        if not (self.folder / MARKER).is_file():
            raise Unavailable("storage_unavailable", headers={"Retry-After": "30"})

    def put(self, source: Path, digest: str) -> None:
        """Flush to the disk, then rename: there is never half a file under a digest."""
        target = self._path(digest)
        self._check_mark()
        with storage_errors():
            self._share(source)
            _flush(source)
            self._make_folders(target.parent)
            if target.exists():
                # The file exists: the sweeper must treat it as new from now on, and another upload's bytes stay untouched.
                with suppress(FileNotFoundError):
                    self._share(target)
                    moment = clock.machine_now().timestamp()
                    os.utime(target, (moment, moment))
                    source.unlink()
                    return
            source.rename(target)
            _flush(target.parent)

    def open(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Open now, read later."""
        path = self._path(digest)
        with storage_errors():
            try:
                return _Chunks(path, start, length)
            except FileNotFoundError:
                self._check_mark()
                raise file_lost(digest) from None

    def internal_path(self, digest: str) -> str | None:
        """Below the folder; None for a file that was stored before the folder was shared."""
        path = self._path(digest)
        with storage_errors():
            try:
                return path.relative_to(self.folder).as_posix() if is_shared(path, self.folder) else None
            except FileNotFoundError:
                self._check_mark()
                raise file_lost(digest) from None

    def exists(self, digest: str) -> bool:
        """True when the bytes are here. Raises `Unavailable` when the folder itself cannot be used."""
        path = self._path(digest)
        self._check_mark()
        with storage_errors():
            return path.is_file()

    def size(self, digest: str) -> int | None:
        """Number of bytes, None when they are not here."""
        with storage_errors():
            try:
                return self._path(digest).stat().st_size
            except FileNotFoundError:
                return None

    def delete(self, digest: str) -> None:
        """Remove the bytes."""
        with storage_errors():
            self._path(digest).unlink(missing_ok=True)

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """Walk through the whole folder."""
        with storage_errors():
            for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
                with suppress(FileNotFoundError):
                    if is_digest(path.name) and changed_at(path) < moment:
                        yield path.name

    def delete_if_before(self, digest: str, moment: datetime) -> bool:
        """Move the file aside before checking its age: an upload of the same bytes meanwhile stores its own copy."""
        path = self._path(digest)
        aside = self.new_incoming()
        with storage_errors():
            try:
                path.rename(aside)
            except FileNotFoundError:
                return True
            if changed_at(aside) >= moment:
                aside.rename(path)
                return False
            aside.unlink()
            return True

    def _path(self, digest: str) -> Path:
        checked_digest(digest)
        return self.folder / digest[:2] / digest[2:4] / digest

    def _make_folders(self, folder: Path) -> None:
        """Make the two levels of folders; a new one is durable only once its parent is flushed."""
        is_new = not folder.is_dir()
        for level in (folder.parent, folder):
            level.mkdir(exist_ok=True)
            self._share(level)
        if not is_new:
            return
        for parent in (folder.parent, self.folder):
            _flush(parent)

    def _share(self, path: Path) -> None:
        if self._for_proxy:
            share(path, self.folder)


class _Chunks:
    """Part of an open file. Web servers call `close()` when they stop early; an unread one need not be closed."""

    def __init__(self, path: Path, start: int, length: int | None) -> None:
        self._descriptor: int | None = None
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._position, self._left = start, length

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        wanted = CHUNK_BYTES if self._left is None else min(CHUNK_BYTES, self._left)
        chunk = b"" if self._descriptor is None else os.pread(self._descriptor, wanted, self._position)
        if not chunk:
            self.close()
            raise StopIteration
        self._position += len(chunk)
        self._left = None if self._left is None else self._left - len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    __del__ = close


def _flush(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
