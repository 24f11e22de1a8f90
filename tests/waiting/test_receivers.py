"""Receivers that take nothing: they hold some threads for a while, never the last one, and TCP ends them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from cms.cli.listening import SILENT_SECONDS
from cms.core.permissions import Role
from cms.core.storage import storage_from_url
from cms.core.streams import LARGEST_BLOCK
from tests.core.storages import ACCESS_KEY, SECRET_KEY, incoming_file, new_bucket, s3_server
from tests.documents.uploads import digest
from tests.factories import add_image
from tests.media.library import published
from tests.people import PASSWORD, People, email_of
from tests.waiting.conftest import WEB_THREADS, Serve
from tests.waiting.crowds import ask, assert_healthy

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
    content = bytes(range(256)) * (IMAGE_BYTES // 256)
    storage = storage_from_url(
        storage_settings["STORAGE_URL"], incoming=tmp_path / "incoming", access_key=ACCESS_KEY, secret_key=SECRET_KEY
    )
    storage.put(incoming_file(tmp_path / "incoming", content), digest(content))
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


def test_silent_receivers_keep_nobody_from_health_lists_and_signing_in(
    large_image: str, people: People, serve: Serve, storage_settings: Mapping[str, str]
) -> None:
    email = email_of(people.person(Role.AUTHOR, "dpu").actor)
    with serve(**storage_settings) as port:
        whole = ask(port, large_image)
        assert (whole.status, len(whole.body)) == (200, IMAGE_BYTES)
        with silent_receivers(4 * WEB_THREADS, port, large_image):
            assert_healthy(port)
            assert ask(port, "/v1/posts").status == 200
            signed_in = ask(port, "/manage/v1/auth/login", "POST", {"email": email, "password": PASSWORD})
            assert signed_in.status == 200
            # One more is told to come back; what fits into one block needs no thread that waits.
            refused = ask(port, large_image)
            assert (refused.status, refused.code, refused.headers["Retry-After"]) == (503, "unavailable", "5")
            small = ask(port, large_image, headers={"Range": f"bytes=0-{LARGEST_BLOCK - 1}"})
            assert (small.status, len(small.body)) == (206, LARGEST_BLOCK)


def test_a_silent_receiver_is_ended(large_image: str, serve: Serve, storage_settings: Mapping[str, str]) -> None:
    with serve(**storage_settings) as port, silent_receivers(2 * WEB_THREADS, port, large_image):
        ends_at = time.monotonic() + 2 * SILENT_SECONDS
        while ask(port, large_image).status != 200:
            assert time.monotonic() < ends_at, "the receivers hold their places for ever"
            time.sleep(1)
