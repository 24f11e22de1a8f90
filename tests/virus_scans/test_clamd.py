"""What counts as an answer of the virus scanner: a whole one that says clean or found. Everything else releases nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cms.core.errors import Unavailable
from cms.core.setting_problems import setting_problems
from cms.virus_scans.clamd import Clamd, ScanError
from config import Settings
from tests.virus_scans.scanners import CLEAN, FOUND, Behave, dripping, saying, scanner, silent

SHORT = 0.3


@pytest.mark.parametrize("at_socket", [False, True])
def test_every_byte_arrives_and_a_whole_answer_counts(tmp_path: Path, at_socket: bool) -> None:
    content = os.urandom(700_001)
    with scanner(saying(CLEAN), tmp_path if at_socket else None) as found:
        chunks = [content[:1], b"", content[1:300_000], content[300_000:]]
        assert Clamd(found.url).scan(chunks) is None
        assert found.bodies == [content]
        found.behave = saying(FOUND)
        assert Clamd(found.url).scan([b"virus"]) == "Eicar-Test-Signature"
        assert Clamd(found.url).answers()


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"stream: OK", b"stream: O", b"stream: OK\n", b"OK\0", b"stream: \0", b"\0", b"stream: FOUND\0", b"stream:  OK\0",
        b"INSTREAM size limit exceeded. ERROR\0", b"stream: Can't allocate memory ERROR\0", b"UNKNOWN COMMAND\0",
        b"stream: OK stream: OK\0", b"\xff\xfe\0", b"x" * 5_000,
    ],
)  # fmt: skip
def test_half_and_odd_answers_are_none(answer: bytes) -> None:
    with scanner(saying(answer)) as found, pytest.raises(ScanError):
        Clamd(found.url).scan([b"berkas"])


@pytest.mark.parametrize("behave", [silent, dripping])
def test_one_who_says_nothing_or_never_ends_is_left_at_the_deadline(behave: Behave) -> None:
    with scanner(behave) as found, pytest.raises(ScanError):
        Clamd(found.url).scan([b"berkas"], SHORT)


def test_one_who_takes_nothing_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        clamd = Clamd(f"tcp://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(ScanError):
            clamd.scan((bytes(1 << 20) for _ in range(64)), SHORT)
        assert not clamd.answers(SHORT)


def test_who_hangs_up_in_the_middle_of_a_long_file_is_heard() -> None:
    """Clamd does this to what is longer than its StreamMaxLength."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def chunks() -> Iterator[bytes]:
            yield b"first"
            connection, _peer = listening.accept()
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            connection.close()
            for _ in range(64):
                yield bytes(1 << 20)

        with pytest.raises(ScanError):
            Clamd(f"tcp://127.0.0.1:{listening.getsockname()[1]}").scan(chunks())


@pytest.mark.parametrize("url", ["unix:/no/such/clamd.ctl", "tcp://127.0.0.1:9"])
def test_nobody_there_is_told(url: str) -> None:
    with pytest.raises(ScanError):
        Clamd(url).scan([b"berkas"])
    assert not Clamd(url).answers()


def test_a_storage_that_fails_is_not_the_scanner() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise Unavailable("storage_unavailable")

    with scanner(saying(CLEAN)) as found, pytest.raises(Unavailable):
        Clamd(found.url).scan(chunks())


def test_what_it_calls_the_finding_cannot_break_a_line_or_fill_a_page() -> None:
    with scanner(saying("stream: A\nB\u202ec FOUND\0".encode())) as found:
        with pytest.raises(ScanError):
            Clamd(found.url).scan([b"berkas"])
        found.behave = saying(b"stream: " + b"n" * 900 + b" FOUND\0")
        assert Clamd(found.url).scan([b"berkas"]) == "n" * 200


@pytest.mark.parametrize(
    ("url", "is_fit"),
    [
        ("", True), ("unix:/run/clamav/clamd.ctl", True), ("unix:///run/clamav/clamd.ctl", True),
        ("tcp://clamd:3310", True), ("tcp://10.0.0.4:3310", True), ("tcp://[fd12::4]:3310", True),
        ("tcp://clamd", False), ("tcp://clamd:0", False), ("tcp://clamd:99999", False), ("tcp://:3310", False),
        ("tcp://clamd:3310/path", False), ("tcp://user@clamd:3310", False), ("http://clamd:3310", False),
        ("/run/clamav/clamd.ctl", False), ("unix:clamd.ctl", False), ("unix://host/clamd.ctl", False), ("tcp://[::1:3310", False),
    ],
)  # fmt: skip
def test_its_address_is_a_socket_or_a_host_with_a_port(url: str, is_fit: bool) -> None:
    found = setting_problems(replace(Settings(), secret_key="k" * 32, clamd_url=url))
    assert any("CLAMD_URL" in problem for problem in found) is not is_fit
