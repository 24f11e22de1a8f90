"""An image of 6 MB that anybody may fetch, in a folder and in a bucket, and those who ask for it and take nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.core.storages import ACCESS_KEY, SECRET_KEY, incoming_file, marked, new_bucket, s3_server
from tests.documents.uploads import digest
from tests.factories import add_image
from tests.media.library import published
from tests.people import People
from tests.waiting.conftest import Serve, storage_at

IMAGE_BYTES = 6 * 2**20
KEYS = {"STORAGE_ACCESS_KEY": ACCESS_KEY, "STORAGE_SECRET_KEY": SECRET_KEY}


@pytest.fixture(params=["local", "s3"])
def storage_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Where the server under test has its files."""
    if request.param == "local":
        yield {"STORAGE_URL": f"file://{tmp_path / 'files'}"}
        return
    with s3_server() as endpoint:
        yield {"STORAGE_URL": new_bucket(endpoint), **KEYS}


@pytest.fixture
def large_image(app: Flask, people: People, serve: Serve, storage_settings: Mapping[str, str], tmp_path: Path) -> str:
    """The address of an image of 6 MB that anybody may fetch."""
    return stored_image(app, people, storage_settings["STORAGE_URL"], tmp_path)


def stored_image(app: Flask, people: People, storage_url: str, folder: Path) -> str:
    """The address of an image in this storage that a published post has."""
    content = bytes(range(256)) * (IMAGE_BYTES // 256)
    storage = marked(storage_at(storage_url, folder))
    storage.put(incoming_file(folder / "incoming", content), digest(content))
    image = add_image(app, sha256=digest(content), bytes=len(content))
    published(people.person(Role.AGENCY_EDITOR, "dpu"), cover=image)
    return f"/v1/media/{image}/{digest(content)[:16]}/original"


@contextmanager
def silent_receivers(count: int, port: int, path: str) -> Iterator[list[socket.socket]]:
    """So many that ask for it and read nothing."""
    with ExitStack() as opened:
        receivers = []
        for _ in range(count):
            receiver = opened.enter_context(socket.socket())
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            receiver.connect(("127.0.0.1", port))
            receiver.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            receivers.append(receiver)
        yield receivers
