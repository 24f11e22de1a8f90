"""Senders that go away or stop before their body is complete: nothing of it is carried out, and they hold no place for long."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPResponse
from itertools import product
from typing import Any

import pytest
from flask import Flask

from cms.cli.slow_senders import CROWDED_SECONDS, LOOK_SECONDS
from cms.core.bulkhead import PATIENCE_SECONDS
from cms.core.permissions import Role
from tests.factories import post_content
from tests.people import PASSWORD, People, email_of
from tests.waiting.conftest import WEB_THREADS, Serve
from tests.waiting.crowds import ask, assert_healthy, crowd
from tests.waiting.locks import locked_for_writers, signed_in

LOGIN, POSTS, FILES = "/manage/v1/auth/login", "/manage/v1/posts", "/manage/v1/media"
SHORT_SECONDS = 3
LATE_SECONDS = 60
"""Far more than it takes to notice, far less than for ever."""
FORM = b'--x\r\nContent-Disposition: form-data; name="agency"\r\n\r\ndpu\r\n--x--\r\n'


@pytest.fixture
def email(people: People) -> str:
    return email_of(people.person(Role.AUTHOR, "dpu").actor)


def head(path: str, headers: dict[str, str]) -> bytes:
    given = {"Host": "localhost", "Content-Type": "application/json", **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def answered(connection: socket.socket) -> tuple[int, Any]:
    """Status and problem; the connection ends after it."""
    answer = HTTPResponse(connection)
    answer.begin()
    content = json.loads(answer.read())
    return answer.status, content


@contextmanager
def sending(port: int, *parts: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=LATE_SECONDS) as connection:
        connection.sendall(b"".join(parts))
        yield connection


def drafts(port: int, headers: dict[str, str]) -> int:
    return len(ask(port, POSTS, headers=headers).json["data"])


def test_a_body_that_was_cut_off_is_not_carried_out(email: str, serve: Serve) -> None:
    body = json.dumps(post_content()).encode()
    announced = {"Content-Length": str(len(body) + 500)}
    form = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(len(FORM) + 500)}
    with serve() as port:
        headers = signed_in(port, email)
        before = drafts(port, headers)
        for language, title in {"en": "The body was cut off", "id": "Isi permintaan terpotong"}.items():
            sent = head(POSTS, {**headers, **announced, "Accept-Language": language})
            with sending(port, sent, body) as connection:
                connection.shutdown(socket.SHUT_WR)
                status, problem = answered(connection)
                assert (status, problem["code"], problem["title"]) == (400, "body_cut_off", title)
        with sending(
            port, head(POSTS, {**headers, **announced, "Idempotency-Key": "cut-off-once"}), body
        ) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert answered(connection)[1]["code"] == "body_cut_off"
        with sending(port, head(FILES, {**headers, **form}), FORM) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert answered(connection)[1]["code"] == "body_cut_off"
        with sending(port, head(POSTS, {**headers, **announced}), body):
            pass
        # Whatever the last one was answered, it has been answered when as many others were.
        for _ in range(2 * WEB_THREADS):
            assert drafts(port, headers) == before
        assert ask(port, POSTS, "POST", post_content(), headers).status == 201
        assert drafts(port, headers) == before + 1


def test_a_body_whose_end_nobody_can_tell_is_refused(email: str, serve: Serve) -> None:
    body = json.dumps(post_content()).encode()
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    with serve() as port:
        chunked = {**signed_in(port, email), "Transfer-Encoding": "chunked"}
        for path, ending in product([LOGIN, POSTS, FILES, "/v1/posts", "/healthz"], [b"0\r\n\r\n", b"", b"ZZ\r\n"]):
            with sending(port, head(path, chunked), chunk, ending) as connection:
                status, problem = answered(connection)
                assert (status, problem["code"]) == (411, "length_required"), (path, ending)


def test_senders_that_send_nothing_are_ended_and_their_places_are_free(email: str, serve: Serve) -> None:
    half = head(LOGIN, {"Content-Length": "99"})
    with serve(SENDER_SECONDS=str(SHORT_SECONDS)) as port, ExitStack() as opened:
        senders = [opened.enter_context(sending(port, half, b"{" * rest)) for rest in range(WEB_THREADS - 1)]
        assert_healthy(port)
        for sender in senders:
            status, problem = answered(sender)
            assert (status, problem["code"]) == (408, "body_too_slow")
            assert sender.recv(1) == b"", "the connection goes on"
        signed_in(port, email)


def test_a_sender_of_a_few_bytes_now_and_then_is_ended_too(serve: Serve) -> None:
    start = head(LOGIN, {"Content-Length": "9999"})
    with serve(SENDER_SECONDS=str(SHORT_SECONDS)) as port, sending(port, start, b"{") as sender:
        ends_at = time.monotonic() + LATE_SECONDS
        sender.settimeout(0.2)
        first = b""
        while not first:
            assert time.monotonic() < ends_at, "it goes on for ever"
            sender.sendall(b" ")
            with suppress(TimeoutError):
                first = sender.recv(12)
        assert first == b"HTTP/1.1 408"


def test_a_slow_sender_of_more_than_a_kilobyte_a_second_arrives(email: str, serve: Serve) -> None:
    with serve(SENDER_SECONDS="2") as port:
        body = json.dumps(post_content()).encode() + b" " * 60_000
        headers = signed_in(port, email)
        size = {"Content-Length": str(len(body))}
        with sending(port, head(POSTS, {**headers, **size})) as sender:
            step = len(body) // 12 + 1
            for begin in range(0, len(body), step):
                sender.sendall(body[begin : begin + step])
                time.sleep(0.5)
            assert answered(sender)[0] == 201


def test_a_writer_that_waits_for_a_lock_is_no_sender_that_has_stopped(app: Flask, email: str, serve: Serve) -> None:
    half = head(LOGIN, {"Content-Length": "99"})
    with serve(SENDER_SECONDS="600") as port, ExitStack() as opened:
        new = {"method": "POST", "body": post_content(), "headers": signed_in(port, email)}
        with locked_for_writers(app):
            [writer] = opened.enter_context(crowd(1, port, POSTS, **new))
            time.sleep(2 * PATIENCE_SECONDS)
            for _ in range(2 * WEB_THREADS):
                opened.enter_context(sending(port, half))
            time.sleep(CROWDED_SECONDS + 2 * LOOK_SECONDS)
            assert not writer.done(), "the lock was given up too soon to show anything"
        assert writer.result().status == 201


def test_who_keeps_others_from_signing_in_gives_way_sooner(email: str, serve: Serve) -> None:
    half = head(LOGIN, {"Content-Length": "99"})
    with serve(SENDER_SECONDS="600") as port, ExitStack() as opened:
        for _ in range(2 * WEB_THREADS):
            opened.enter_context(sending(port, half))
        ends_at = time.monotonic() + 4 * CROWDED_SECONDS + LATE_SECONDS
        while ask(port, LOGIN, "POST", {"email": email, "password": PASSWORD}).status != 200:
            assert time.monotonic() < ends_at, "nobody can sign in"
            assert ask(port, "/v1/posts").status == 200
            time.sleep(0.5)
