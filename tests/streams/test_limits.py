"""What waiting may cost: limits per key and process, readers that take nothing, connections that say nothing or too much."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask

from cms.core.metrics import STREAMS_DROPPED, STREAMS_REFUSED
from cms.streams import connection, server, waiters
from tests.factories import add_published_post
from tests.people import Caller, People
from tests.streams.conftest import Open, opening, serving
from tests.streams.readers import SECONDS, Reader


@pytest.fixture
def few(app: Flask, city: None) -> Iterator[tuple[int, Open]]:
    """A server that keeps three requests open, two of one key."""
    with serving(app, streams_most=3, streams_per_key=2) as port, opening(port) as streams:
        yield port, streams


def connected(port: int, text: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    made.sendall(text)
    return made


def everything(from_: socket.socket) -> bytes:
    found = b""
    while data := from_.recv(65_536):
        found += data
    return found


def heard_until(from_: socket.socket, text: bytes) -> bytes:
    found = b""
    while text not in found:
        data = from_.recv(4_096)
        assert data
        found += data
    return found


def request(token: str, path: str = "/v1/changes/stream", more: str = "", method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{more}\r\n".encode()


def refused(limit: str) -> float:
    return float(STREAMS_REFUSED.labels(limit)._value.get())


def test_a_key_and_a_process_have_limits(few: tuple[int, Open], site: Caller, people: People) -> None:
    _port, streams = few
    first, _second = streams(site.token), streams(site.token)
    before = refused("key"), refused("process")
    third = streams(site.token)
    assert (third.status, third.problem["code"], third.answer.headers["Retry-After"]) == (429, "too_many_streams", "10")
    others = [people.website(agencies=[agency]).token for agency in ("dpu", "dishub")]
    streams(others[0])
    fourth = streams(others[1])
    assert (fourth.status, fourth.problem["code"], fourth.answer.headers["Retry-After"]) == (503, "streams_full", "10")
    assert (refused("key"), refused("process")) == (before[0] + 1, before[1] + 1)
    # A place is free as soon as its reader is gone.
    first.close()
    deadline = time.monotonic() + SECONDS
    while streams(site.token).status != 200:
        assert time.monotonic() < deadline


def test_polls_take_places_too(few: tuple[int, Open], site: Caller) -> None:
    port, streams = few
    newest = streams(site.token).last_id
    streams(site.token)
    with connected(port, request(site.token, f"/v1/changes?wait=30&after={newest}")) as third:
        assert b" 429 " in third.recv(100)


def test_who_half_closes_or_says_more_is_gone(few: tuple[int, Open], site: Caller) -> None:
    port, streams = few
    with connected(port, request(site.token)) as half, connected(port, request(site.token)) as talking:
        assert b" 200 " in half.recv(100)
        assert b" 200 " in talking.recv(100)
        half.shutdown(socket.SHUT_WR)
        talking.sendall(b"GET / HTTP/1.1\r\n")
        assert everything(half).endswith(b"0\r\n\r\n")
        everything(talking)
    assert streams(site.token).status == 200


def test_who_takes_nothing_is_dropped_and_holds_up_nobody(
    app: Flask, site: Caller, people: People, few: tuple[int, Open], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SLOW_SECONDS": 0.5, "MOST_UNSENT": 2_000}.items():
        monkeypatch.setattr(waiters, name, value)
    monkeypatch.setattr("cms.streams.rounds.TICK_SECONDS", 0.1)
    monkeypatch.setattr("cms.streams.events.PING", b": " + b"x" * 4_000_000 + b"\n\n")
    monkeypatch.setattr(waiters, "PING_SECONDS", 0.1)
    port, streams = few
    before = STREAMS_DROPPED._value.get()
    slow = connected(port, request(site.token))
    assert b" 200 " in slow.recv(100)
    deadline = time.monotonic() + SECONDS
    while STREAMS_DROPPED._value.get() == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    monkeypatch.setattr(waiters, "PING_SECONDS", 15.0)
    reader = streams(people.website().token)
    item = add_published_post(app)
    assert [event.data["id"] for event in reader.heard()] == [item.id]
    slow.close()


def test_who_says_nothing_is_ended(few: tuple[int, Open], site: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    port, _streams = few
    for text in (b"", b"GET /v1/changes HTTP/1.1\r\nHost: x\r\n", request(site.token, "/healthz")):
        with connected(port, text) as silent:
            found = everything(silent)
            assert (b" 200 " in found) == text.startswith(b"GET /healthz")


def test_a_crowd_is_refused_unseen(few: tuple[int, Open], site: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_ASKING", 0)
    port, _streams = few
    with connected(port, request(site.token, more="Connection: close\r\n")) as one:
        head, _, body = everything(one).partition(b"\r\n\r\n")
    assert (b" 503 " in head, b"Retry-After: 10" in head) == (True, True)
    assert json.loads(body)["code"] == "streams_full"
    monkeypatch.setattr(server, "MORE_CONNECTIONS", -10)
    with connected(port, request(site.token)) as other, suppress(ConnectionResetError):
        assert everything(other) == b""


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"GET /v1/changes/stream HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n", 400),
        (b"GET /v1/changes/stream HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /v1/changes/stream HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/changes/stream HTTP/2.0\r\nHost: a\r\n\r\n", 401),
        (b"GET /v1/changes HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 10_000 + b"\r\n\r\n", 431),
        (b"GET /v1/changes HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /v1/changes?after=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET /manage/v1/posts HTTP/1.1\r\nHost: a\r\n\r\n", 421),
        (b"GET /v1/changes/stream/ HTTP/1.1\r\nHost: a\r\n\r\n", 421),
        (b"GET /v1/changes%2Fstream HTTP/1.1\r\nHost: a\r\n\r\n", 421),
        (b"POST /v1/changes HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 401),
        (b"POST /v1/changes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 401),
        (b"GET /v1/changes HTTP/1.0\r\n\r\n", 401),
        ("GET /v1/changes?type=é HTTP/1.1\r\nHost: a\r\n\r\n".encode("latin-1"), 400),
    ],
)
def test_odd_requests_get_an_answer(port: int, text: bytes, status: int) -> None:
    with connected(port, text) as odd:
        odd.shutdown(socket.SHUT_WR)
        assert everything(odd).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_header_with_underscores_stands_in_for_none(site: Caller, port: int) -> None:
    more = "Last_Event_ID: other-1\r\nConnection: close\r\n"
    with connected(port, request(site.token, more=more)) as one:
        assert b" 200 " in one.recv(100)


def test_one_reader_may_speak_http_1_0(app: Flask, site: Caller, port: int) -> None:
    with connected(port, request(site.token).replace(b"HTTP/1.1", b"HTTP/1.0")) as old:
        # The stream begins with the newest line: what is published before it has begun is not told.
        found = heard_until(old, b"\n\n")
        item = add_published_post(app)
        found += heard_until(old, item.id.encode())
        assert b"chunked" not in found.lower()


def test_reading_goes_on_for_others_while_one_is_opened_and_closed(app: Flask, site: Caller, port: int) -> None:
    reader = Reader(port, site.token).greeted()
    for _ in range(10):
        Reader(port, site.token).greeted().close()
    item = add_published_post(app)
    assert [event.data["id"] for event in reader.heard()] == [item.id]
    reader.close()
