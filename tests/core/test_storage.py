"""The bytes of files on a local folder and on S3 behave alike (M-13)."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cms.core import clock
from cms.core.errors import Unavailable
from cms.core.storage.blobs import delete_incoming_before, new_incoming, storage_errors
from cms.core.storage.local import LocalStorage, Storage, storage_from_url
from config import ConfigurationError
from tests.core.storages import ACCESS_KEY, SECRET_KEY, incoming_file, marked, new_bucket, s3_server

CONTENT = bytes(range(256)) * 40_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
DAY = timedelta(hours=24)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return marked(storage_from_url(f"file://{tmp_path}/files"))
    url = new_bucket(request.getfixturevalue("endpoint"))
    return marked(storage_from_url(url, incoming=tmp_path / "in", access_key=ACCESS_KEY, secret_key=SECRET_KEY))


def kept(storage: Storage, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    storage.put(incoming_file(storage.incoming, content), digest)
    return digest


def test_what_was_put_comes_back_whole_and_in_ranges(storage: Storage) -> None:
    assert kept(storage, CONTENT) == DIGEST
    assert storage.exists(DIGEST)
    assert storage.size(DIGEST) == len(CONTENT)
    assert b"".join(storage.open(DIGEST)) == CONTENT
    assert b"".join(storage.open(DIGEST, 5, 10)) == CONTENT[5:15]
    assert b"".join(storage.open(DIGEST, len(CONTENT) - 3)) == CONTENT[-3:]
    assert b"".join(storage.open(DIGEST, 1, 3_000_000)) == CONTENT[1:3_000_001]
    assert b"".join(storage.open(DIGEST, len(CONTENT) - 3, 100)) == CONTENT[-3:]


def test_the_upload_is_gone_once_it_is_stored_and_the_same_bytes_are_stored_once(storage: Storage) -> None:
    for _ in range(3):
        kept(storage, b"same")
    assert list(storage.incoming.glob("*")) == []
    assert list(storage.stored_before(datetime(2100, 1, 1, tzinfo=UTC))) == [hashlib.sha256(b"same").hexdigest()]


def test_what_is_not_there_is_absent_or_lost_before_the_first_chunk(storage: Storage) -> None:
    absent = "0" * 64
    assert not storage.exists(absent)
    assert storage.size(absent) is None
    storage.delete(absent)
    assert storage.delete_if_before(absent, clock.now())
    with pytest.raises(Unavailable, match="file_lost"):
        storage.open(absent)


def test_deleted_bytes_are_gone(storage: Storage) -> None:
    digest = kept(storage, b"x")
    storage.delete(digest)
    assert not storage.exists(digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "/" + "0" * 63])
def test_only_a_digest_ever_becomes_a_path(storage: Storage, name: str) -> None:
    for use in (storage.exists, storage.size, storage.delete, storage.open):
        with pytest.raises(ValueError, match="SHA-256"):
            use(name)


def test_only_what_is_old_is_swept(storage: Storage) -> None:
    digest = kept(storage, b"young")
    assert not storage.delete_if_before(digest, clock.now() - DAY)
    assert storage.exists(digest)
    assert list(storage.stored_before(clock.now() - DAY)) == []
    assert storage.delete_if_before(digest, clock.now() + DAY)
    assert not storage.exists(digest)


def test_old_bytes_that_are_uploaded_again_count_as_new(tmp_path: Path) -> None:
    storage = marked(LocalStorage(tmp_path))
    digest = kept(storage, b"old")
    path = tmp_path / digest[:2] / digest[2:4] / digest
    os.utime(path, (1_000_000_000, 1_000_000_000))
    inode = path.stat().st_ino
    assert list(storage.stored_before(clock.now() - DAY)) == [digest]
    kept(storage, b"old")
    assert path.stat().st_ino == inode, "the stored bytes were replaced"
    assert not storage.delete_if_before(digest, clock.now() - DAY)


def test_concurrent_uploads_of_the_same_bytes_all_succeed(storage: Storage) -> None:
    failures: list[Exception] = []

    def upload() -> None:
        try:
            kept(storage, CONTENT[:3_000_000])
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            failures.append(error)

    threads = [threading.Thread(target=upload) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert b"".join(storage.open(hashlib.sha256(CONTENT[:3_000_000]).hexdigest())) == CONTENT[:3_000_000]


def test_bytes_lie_under_their_digest_and_reading_may_stop_early(tmp_path: Path) -> None:
    storage = marked(LocalStorage(tmp_path))
    kept(storage, CONTENT)
    assert (tmp_path / DIGEST[:2] / DIGEST[2:4] / DIGEST).read_bytes() == CONTENT
    chunks = storage.open(DIGEST)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert list(chunks) == []


def test_uploads_that_broke_off_are_removed_when_they_are_old(tmp_path: Path) -> None:
    old, young = new_incoming(tmp_path / "in"), new_incoming(tmp_path / "in")
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    assert delete_incoming_before(tmp_path / "in", clock.now() - DAY) == 1
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "storage_full"), (errno.EDQUOT, "storage_full"), (errno.EIO, "storage_unavailable")],
)
def test_a_full_disk_is_told_apart_from_a_broken_one(number: int, code: str) -> None:
    with pytest.raises(Unavailable, match=code) as caught, storage_errors():
        raise OSError(number, "no")
    assert "Retry-After" in caught.value.headers


def test_a_storage_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable, match="storage_unavailable"):
        LocalStorage(tmp_path / "file").exists("0" * 64)
    s3 = storage_from_url("s3://x/y?endpoint=http://127.0.0.1:9", incoming=tmp_path, access_key="a", secret_key="b")
    with pytest.raises(Unavailable, match="storage_unavailable"):
        s3.exists("0" * 64)


@pytest.mark.parametrize(
    "url",
    ["", "files", "file://relative/x", "http://x/y", "s3:///x", "s3://bucket?endpoind=x", "s3://bucket/x?acl=public"],
)
def test_a_storage_url_that_cannot_be_meant_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="STORAGE_URL"):
        storage_from_url(url, incoming=tmp_path)
