"""Databases and buckets that fall silent: connections stay open, no answer comes. Who asks for them is told; nobody else waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from flask import Flask
from sqlalchemy import make_url

from cms.core.postgres import SILENCE_SECONDS
from cms.core.storage.s3 import READ_SECONDS
from cms.health.kept_checks import KEPT_SECONDS, LONGEST_SECONDS
from tests.core.storages import ACCESS_KEY, SECRET_KEY, new_bucket, s3_server
from tests.people import People
from tests.waiting.conftest import WEB_THREADS, Serve
from tests.waiting.crowds import ask, assert_healthy, crowd
from tests.waiting.proxies import SilentProxy, silent_proxy
from tests.waiting.receivers import IMAGE_BYTES, stored_image

TO_COME_BACK_SECONDS = 90


@pytest.fixture
def database_proxy(database_url: str) -> Iterator[SilentProxy]:
    """Stands between the server and PostgreSQL."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        pytest.skip("SQLite is no other system: nothing lies between it and the server that could fall silent")
    folder = str(url.query["host"])
    with silent_proxy(f"{folder}/.s.PGSQL.5432") as proxy:
        yield proxy


def through(proxy: SilentProxy, database_url: str) -> str:
    """The URL of the same database behind the proxy."""
    url = make_url(database_url).set(host="127.0.0.1", port=proxy.port, query={})
    return url.render_as_string(hide_password=False)


def test_a_database_that_falls_silent_stops_nobody_but_those_who_ask_it(
    database_proxy: SilentProxy, database_url: str, serve: Serve
) -> None:
    with serve(DATABASE_URL=through(database_proxy, database_url)) as port:
        assert ask(port, "/v1/posts").status == 200
        database_proxy.freeze()
        with crowd(4 * WEB_THREADS, port, "/v1/posts?limit=1") as readers:
            assert_healthy(port)
            answers = [reader.result() for reader in readers]
        assert {(answer.status, answer.code) for answer in answers} == {(503, "database_unavailable")}
        assert max(answer.seconds for answer in answers) < 3 * SILENCE_SECONDS
        assert sorted(answer.seconds for answer in answers)[len(answers) // 2] < SILENCE_SECONDS / 2
        database_proxy.thaw()
        assert_comes_back(port, "/v1/posts")


@pytest.fixture
def bucket_proxy() -> Iterator[tuple[SilentProxy, str]]:
    """Stands between the server and S3; with the STORAGE_URL of a bucket behind it."""
    with s3_server() as endpoint:
        own = urlsplit(endpoint)
        with silent_proxy((str(own.hostname), int(own.port or 0))) as proxy:
            url = urlsplit(new_bucket(endpoint))
            query = dict(parse_qsl(url.query)) | {"endpoint": f"http://127.0.0.1:{proxy.port}"}
            yield proxy, urlunsplit(url._replace(query=urlencode(query)))


def test_a_bucket_that_falls_silent_is_told_within_seconds_and_stops_nobody(
    bucket_proxy: tuple[SilentProxy, str], serve: Serve
) -> None:
    proxy, storage_url = bucket_proxy
    with serve(STORAGE_URL=storage_url, STORAGE_ACCESS_KEY=ACCESS_KEY, STORAGE_SECRET_KEY=SECRET_KEY) as port:
        assert_comes_back(port, "/readyz")
        proxy.freeze()
        time.sleep(KEPT_SECONDS)
        # The first of them begins the check, the others are given the last result or wait with it.
        with crowd(WEB_THREADS, port, "/readyz") as asked:
            assert_healthy(port)
            assert ask(port, "/v1/posts").status == 200
            answers = [each.result() for each in asked]
        assert all(answer.seconds < 3 * LONGEST_SECONDS + 4 for answer in answers)
        late = ask(port, "/readyz")
        assert (late.status, late.code) == (503, "not_ready")
        proxy.thaw()
        assert_comes_back(port, "/readyz")


def test_downloads_from_a_bucket_that_falls_silent_end_within_seconds_and_stop_nobody(
    app: Flask, people: People, bucket_proxy: tuple[SilentProxy, str], serve: Serve, tmp_path: Path
) -> None:
    proxy, storage_url = bucket_proxy
    image = stored_image(app, people, storage_url, tmp_path)
    with serve(STORAGE_URL=storage_url, STORAGE_ACCESS_KEY=ACCESS_KEY, STORAGE_SECRET_KEY=SECRET_KEY) as port:
        assert len(ask(port, image).body) == IMAGE_BYTES
        proxy.freeze()
        with crowd(4 * WEB_THREADS, port, image) as downloads:
            assert_healthy(port)
            assert ask(port, "/v1/posts").status == 200
            answers = [download.result() for download in downloads]
        assert {answer.status for answer in answers} == {503}
        # One request and its repetition, with some time to spare on a busy machine.
        assert max(answer.seconds for answer in answers) < 4 * READ_SECONDS
        proxy.thaw()
        assert_comes_back(port, image)


def assert_comes_back(port: int, path: str) -> None:
    """The address answers 200 again after a while."""
    ends_at = time.monotonic() + TO_COME_BACK_SECONDS
    while ask(port, path).status != 200:
        assert time.monotonic() < ends_at, f"{path} does not come back"
        time.sleep(0.5)
