"""Files in a bucket of S3, or of a server that speaks its protocol."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store

from cms.core import clock
from cms.core.bulkhead import Bulkhead, Kind
from cms.core.errors import Unavailable
from cms.core.storage.blobs import MARKER, checked_digest, file_lost, is_digest, new_incoming, storage_errors

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

# One request per part: none lasts so long that a slow reader lets it time out.
PART_BYTES: Final = 1024 * 1024
SIGNED_FOR: Final = timedelta(minutes=5)
CHUNK_BYTES: Final = 256 * 1024
CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS = 2, 5, 60
# Far younger than the files that the orphan sweeper checks.
JUST_NOW: Final = timedelta(minutes=10)


class S3Keys(NamedTuple):
    """The keys that sign requests."""

    access_key: str
    secret_key: str


class S3Storage:
    """A bucket of S3 or a server that speaks its protocol: `<prefix>/ab/cd/<sha256>`.

    Nothing breaks a request off before its time-out, so each is made in a place of the bulkhead. Reads end within seconds: readers
    wait for them.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str,
        options: dict[str, str],
        incoming: Path,
        keys: S3Keys | None = None,
        bulkhead: Bulkhead | None = None,
    ) -> None:
        self.incoming = incoming
        self._prefix = f"{prefix}/" if prefix else ""
        self._bulkhead = bulkhead or Bulkhead(sys.maxsize)
        self._store = _store(bucket, options, keys, WRITE_SECONDS, most_retries=2)
        self._readable = _store(bucket, options, keys, READ_SECONDS, most_retries=1)

    @contextmanager
    def _request(self) -> Iterator[None]:
        with self._bulkhead.place(Kind.STORAGE), storage_errors():
            yield

    def identity(self) -> str | None:
        """The content of the marker object."""
        with self._request():
            try:
                return bytes(obstore.get(self._readable, self._prefix + MARKER).bytes()).decode("ascii")
            except FileNotFoundError:
                return None

    def mark(self, identity: str) -> None:
        """Write the marker object."""
        with self._request():
            self.incoming.mkdir(parents=True, exist_ok=True)
            obstore.put(self._store, self._prefix + MARKER, identity.encode("ascii"))

    def new_incoming(self) -> Path:
        """In the local folder where uploads wait."""
        return new_incoming(self.incoming)

    def put(self, source: Path, digest: str) -> None:
        """Upload in parts with checksums; the server shows all of it or nothing.

        Known bytes are sent again, so their age starts again.
        """
        key, size = self._key(digest), source.stat().st_size
        try:
            with self._request():
                obstore.put(self._store, key, source, chunk_size=5 * 1024 * 1024, max_concurrency=2)
        except Unavailable:
            # Servers may refuse one of two uploads to the same key; the other one has brought the same bytes.
            if not self._was_just_stored(key, size):
                raise
        source.unlink()

    def _was_just_stored(self, key: str, size: int) -> bool:
        with self._request():
            try:
                found = obstore.head(self._readable, key)
            except FileNotFoundError:
                return False
        return found["size"] == size and clock.machine_now() - found["last_modified"] < JUST_NOW

    def open(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Ask for the first part now and for each further one when it is wanted."""
        size = self.size(digest)
        if size is None:
            raise file_lost(digest)
        end = size if length is None else min(size, start + length)
        return self._parts(self._key(digest), start, end)

    def internal_path(self, digest: str) -> str:
        """Bucket and key with a signature that holds for SIGNED_FOR: the proxy needs no keys. No request is sent."""
        with storage_errors():
            signed = urlsplit(obstore.sign(self._readable, "GET", self._key(digest), SIGNED_FOR))
        return f"{signed.path.lstrip('/')}?{signed.query}"

    def exists(self, digest: str) -> bool:
        """True when the bytes are here."""
        return self.size(digest) is not None

    def size(self, digest: str) -> int | None:
        """Number of bytes, None when they are not here."""
        with self._request():
            try:
                return obstore.head(self._readable, self._key(digest))["size"]
            except FileNotFoundError:
                return None

    def delete(self, digest: str) -> None:
        """Remove the bytes."""
        with self._request(), suppress(FileNotFoundError):
            obstore.delete(self._store, self._key(digest))

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """List the whole prefix, a thousand at a time."""
        with storage_errors():
            for page in obstore.list(self._store, self._prefix or None, chunk_size=1_000):
                for found in page:
                    name = found["path"].rpartition("/")[2]
                    if is_digest(name) and found["last_modified"] < moment:
                        yield name

    def delete_if_before(self, digest: str, moment: datetime) -> bool:
        """Check the age again just before deleting; S3 has no way to do both at once."""
        with self._request():
            try:
                if obstore.head(self._readable, self._key(digest))["last_modified"] >= moment:
                    return False
            except FileNotFoundError:
                return True
        self.delete(digest)
        return True

    def _key(self, digest: str) -> str:
        checked_digest(digest)
        return f"{self._prefix}{digest[:2]}/{digest[2:4]}/{digest}"

    def _parts(self, key: str, start: int, end: int) -> Iterator[bytes]:
        for position in range(start, end, PART_BYTES):
            with self._request():
                part = obstore.get_range(self._readable, key, start=position, end=min(position + PART_BYTES, end))
            # Small chunks, because the web server buffers some for each receiver.
            content = bytes(part)
            yield from (content[begin : begin + CHUNK_BYTES] for begin in range(0, len(content), CHUNK_BYTES))


def _store(bucket: str, options: dict[str, str], keys: S3Keys | None, seconds: int, most_retries: int) -> S3Store:
    """A client whose requests end after `seconds`; no retry begins after them."""
    config: S3Config = {"region": options.get("region", "us-east-1"), "checksum_algorithm": "SHA256"}
    client: ClientConfig = {
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "timeout": timedelta(seconds=seconds),
    }
    if keys is not None:
        config["access_key_id"], config["secret_access_key"] = keys
    if "endpoint" in options:
        config["endpoint"] = options["endpoint"]
        client["allow_http"] = options["endpoint"].startswith("http://")
    retries: RetryConfig = {"max_retries": most_retries, "retry_timeout": timedelta(seconds=min(seconds, 20))}
    return S3Store(bucket, config=config, client_options=client, retry_config=retries)
