"""Writers behind a lock that somebody else holds: they are told to come back, readers and health checks go on."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.factories import post_content
from tests.people import People, email_of
from tests.waiting.conftest import WEB_THREADS, Serve
from tests.waiting.crowds import Answered, ask, assert_healthy, crowd
from tests.waiting.locks import locked_for_writers, signed_in
from tests.waiting.receivers import silent_receivers, stored_image

POSTS = "/manage/v1/posts"
WRITERS, WRITES = 8, 25


@pytest.fixture
def email(people: People) -> str:
    return email_of(people.person(Role.AUTHOR, "dpu").actor)


def test_a_held_lock_stops_neither_readers_nor_health_checks(app: Flask, email: str, serve: Serve) -> None:
    with serve() as port:
        headers = signed_in(port, email)
        with locked_for_writers(app):
            new = {"method": "POST", "body": post_content(), "headers": headers}
            with crowd(4 * WEB_THREADS, port, POSTS, **new) as writers:
                assert_healthy(port)
                assert ask(port, "/v1/posts").status == 200
                refused = [writer.result() for writer in writers]
        assert {answer.status for answer in refused} == {503}
        # Some were told before their bodies were read.
        assert {answer.code for answer in refused} <= {"busy", "unavailable"}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        # Those who had no place were told at once, not after the time-outs of the database.
        assert sorted(answer.seconds for answer in refused)[len(refused) // 2] < 5
        assert ask(port, POSTS, **new).status == 201


def test_with_everything_taken_at_once_health_checks_and_lists_go_on(
    app: Flask, people: People, email: str, serve: Serve, tmp_path: Path
) -> None:
    """Senders that stop, receivers that take nothing, and writers behind a lock, all of them more than there are threads."""
    storage_url = f"file://{tmp_path / 'files'}"
    image = stored_image(app, people, storage_url, tmp_path)
    half = b"POST /manage/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    with serve(STORAGE_URL=storage_url) as port, ExitStack() as opened:
        new = {"method": "POST", "body": post_content(), "headers": signed_in(port, email)}
        opened.enter_context(locked_for_writers(app))
        writers = opened.enter_context(crowd(WEB_THREADS, port, POSTS, **new))
        opened.enter_context(silent_receivers(WEB_THREADS, port, image))
        for _ in range(WEB_THREADS):
            opened.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(half)
        assert_healthy(port)
        assert ask(port, "/v1/posts").status == 200
        assert {writer.result().status for writer in writers} == {503}


def test_eight_writers_at_full_speed_are_never_told_to_come_back(email: str, serve: Serve) -> None:
    with serve() as port:
        headers = signed_in(port, email)

        def write(_number: int) -> list[Answered]:
            return [ask(port, POSTS, "POST", post_content(), headers) for _ in range(WRITES)]

        statuses: set[int] = set()
        # While this machine does something else for a quarter of a second, all writers wait; so it is measured again.
        for _ in range(3):
            with ThreadPoolExecutor(WRITERS) as threads:
                statuses = {answer.status for written in threads.map(write, range(WRITERS)) for answer in written}
            if statuses == {201}:
                break
    assert statuses == {201}
