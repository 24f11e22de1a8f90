"""The one door to other hosts, against real sockets: how long it stays open, and how much comes in."""

from __future__ import annotations

import gzip
import resource
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cms.core.bulkhead import Bulkhead
from cms.core.errors import Unavailable
from cms.core.outbound import Outbound
from cms.core.outbound_requests import Limits
from cms.core.outbound_rules import Reason
from tests.core.doors import SHORT, SOON, Names, door, refused, settings
from tests.core.other_hosts import answer, listening, ok, redirect


def slowly(first: bytes, again: bytes) -> Callable[[socket.socket, bytes], None]:
    """A byte now and then, for ever: no single wait is long."""

    def behave(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(again)
            time.sleep(0.05)

    return behave


def silence(connection: socket.socket, _request: bytes) -> None:
    connection.recv(1)


SLOW = {
    "nothing": silence,
    "headers": slowly(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\nX"),
    "one header": slowly(b"HTTP/1.1 200 OK\r\nX-A: ", b"x"),
    "continue": slowly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "chunks": slowly(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "until closed": slowly(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("behave", SLOW.values(), ids=SLOW.keys())
def test_slow_and_endless_answers_end_in_time(behave: Any) -> None:
    with listening(behave) as host:
        began = time.monotonic()
        url = f"http://x.example:{host.port}/"
        reason = refused(lambda: door(host).send("GET", url, limits=SHORT))
    # Some count more than a hundred headers before the second is over.
    assert reason in {Reason.TIMED_OUT, Reason.BAD_ANSWER} if behave is SLOW["headers"] else reason is Reason.TIMED_OUT
    assert time.monotonic() - began < SOON


def test_the_time_counts_for_all_redirects_together() -> None:
    def late(connection: socket.socket, _request: bytes) -> None:
        time.sleep(0.4)
        connection.sendall(redirect("/again"))

    with listening(late) as host:
        url = f"http://x.example:{host.port}/"
        assert refused(lambda: door(host).send("GET", url, limits=SHORT, redirects=50)) is Reason.TIMED_OUT
    assert len(host.requests) <= 4


def test_a_resolver_that_does_not_answer_ends_in_time() -> None:
    released = threading.Event()

    def stuck(_host: str, _port: int) -> Sequence[str]:
        released.wait(SOON)
        return ["127.0.0.1"]

    began = time.monotonic()
    try:
        assert refused(lambda: door(resolve=stuck).send("GET", "http://x.example/", limits=SHORT)) is Reason.TIMED_OUT
    finally:
        released.set()
    assert time.monotonic() - began < SOON


def endless(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


HEADERS = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %b\r\n" % (number, b"a" * 1_000) for number in range(60)) + b"\r\n"
LARGE = {
    "endless": endless,
    "declared": answer(ok(b"x" * 2_000_000)),
    "headers": answer(HEADERS),
    "bomb": answer(ok(gzip.compress(b"\x00" * 300_000_000), "Content-Encoding: gzip")),
}


@pytest.mark.parametrize("behave", LARGE.values(), ids=LARGE.keys())
def test_what_is_too_large_is_refused_while_it_comes(behave: Any) -> None:
    with listening(behave) as host:
        assert refused(lambda: door(host).send("GET", f"http://x.example:{host.port}/")) is Reason.TOO_LARGE


def test_a_bomb_takes_no_memory() -> None:
    bomb = ok(gzip.compress(b"\x00" * 300_000_000), "Content-Encoding: gzip")
    with listening(answer(bomb)) as host:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert refused(lambda: door(host).send("GET", f"http://x.example:{host.port}/")) is Reason.TOO_LARGE
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 50_000


def test_compressed_answers_are_unpacked() -> None:
    with listening(answer(ok(gzip.compress(b"x" * 10_000), "Content-Encoding: gzip"))) as host:
        assert door(host).send("GET", f"http://x.example:{host.port}/").body == b"x" * 10_000


BROKEN = {
    "no http": b"SSH-2.0-OpenSSH_9.9\r\n",
    "nothing": b"",
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "bad gzip": ok(b"no gzip", "Content-Encoding: gzip"),
    "unasked encoding": ok(b"x", "Content-Encoding: br"),
    "many encodings": ok(b"x", "Content-Encoding: gzip, gzip, gzip"),
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "long line": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
def test_broken_answers_are_errors_of_ours(sent: bytes) -> None:
    with listening(answer(sent)) as host:
        assert refused(lambda: door(host).send("GET", f"http://x.example:{host.port}/")) is Reason.BAD_ANSWER


def test_a_handshake_that_never_ends_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outbound = Outbound(settings(outbound_ports=(str(port),)), Bulkhead(4), Names(["127.0.0.1"]))
        began = time.monotonic()
        # The system accepts for us; nobody ever says hello.
        assert refused(lambda: outbound.send("GET", f"https://x.example:{port}/", limits=SHORT)) is Reason.TIMED_OUT
    assert time.monotonic() - began < SOON


def test_waiting_for_others_never_takes_the_last_thread() -> None:
    bulkhead = Bulkhead(2)
    with listening(silence) as host:
        outbound = Outbound(settings(host), bulkhead, Names(["127.0.0.1"]))
        url = f"http://x.example:{host.port}/"
        first = threading.Thread(target=lambda: refused(lambda: outbound.send("GET", url, limits=Limits(seconds=3))))
        first.start()
        while not host.requests:
            time.sleep(0.01)
        with pytest.raises(Unavailable):
            outbound.send("GET", url)
        first.join()
