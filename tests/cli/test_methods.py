"""Methods are told apart by case (RFC 9110, section 9.1), on a real socket: the framework would make every one upper-case."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.servers import running


@pytest.fixture(scope="module")
def port(prepared_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    instance = shutil.copytree(prepared_instance, tmp_path_factory.mktemp("methods") / "instance")
    with running(instance, "serve") as (_process, port):
        yield port


def answer(port: int, line: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to this request line."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while chunk := connection.recv(4_096):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), {n.lower(): v for n, v in (each.split(": ", 1) for each in lines)}, body


def test_the_same_line_in_capitals_is_answered(port: int) -> None:
    assert answer(port, "GET /healthz")[0] == 200


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("get /healthz", "GET"),
        ("Get /v1/posts", "GET"),
        ("head /v1/posts", "GET"),
        ("options /v1/posts", "GET"),
        ("post /manage/v1/auth/login", "POST"),
        ("get /docs", "GET"),
    ],
)
def test_others_are_methods_that_nothing_has(port: int, line: str, allowed: str) -> None:
    status, headers, body = answer(port, line)
    assert (status, json.loads(body)["code"]) == (405, "method_not_allowed")
    assert allowed in headers["allow"].split(", ")


def test_an_address_that_does_not_exist_allows_none(port: int) -> None:
    status, headers, _body = answer(port, "get /nowhere")
    assert (status, headers.get("allow", "")) == (405, "")
