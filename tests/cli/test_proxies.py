"""Callers cannot choose the address that counts as theirs, on real sockets: what the web server makes of headers, we cannot see later."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cms.cli.doctor.findings import Level
from cms.cli.doctor.proxy import check_proxy
from cms.core.http.forwarding import plain_address
from config import Settings
from tests.cli.servers import running

CLAIM = "192.0.2.77"
BELIEVED = f"x-believed-address: {CLAIM}".encode()


@pytest.fixture(scope="module")
def instance(prepared_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(prepared_instance, tmp_path_factory.mktemp("behind") / "instance")


@pytest.fixture(scope="module")
def port(instance: Path) -> Iterator[int]:
    """A server that believes one proxy."""
    with running(instance, "serve", PROXY_HOPS="1") as (_process, port):
        yield port


def head(port: int, *lines: str, host: str | None = "Host: localhost\r\n") -> bytes:
    """The head of the answer to a health check with these lines in its own head, sent as they are."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"GET /healthz HTTP/1.1\r\n{host or ''}{''.join(lines)}Connection: close\r\n\r\n".encode())
        received = b""
        while chunk := connection.recv(4_096):
            received += chunk
    return received


@contextmanager
def honest_proxy(port: int) -> Iterator[int]:
    """A proxy that writes the head anew, refuses two hosts and says where the caller is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts = self.headers.get_all("Host") or []
            if len(hosts) != 1:
                self.send_error(400)
                return
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", self.path, headers={"Host": hosts[0], "Forwarded": "for=198.51.100.9"})
            answer = connection.getresponse()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.read())
            connection.close()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def test_the_proxy_is_believed(port: int) -> None:
    assert BELIEVED in head(port, f"Forwarded: for={CLAIM};proto=https\r\n")
    assert BELIEVED in head(port, f'Forwarded: for=198.51.100.1, for="{CLAIM}:4711"\r\n')
    # Two headers are one list.
    assert BELIEVED in head(port, "Forwarded: for=198.51.100.1\r\n", f"Forwarded: for={CLAIM}\r\n")


@pytest.mark.parametrize(
    "line",
    [
        f"X_Forwarded_For: {CLAIM}\r\n",
        f"X-Forwarded-For: {CLAIM}\r\n",
        f"X-FORWARDED_FOR: {CLAIM}\r\n",
        f"X-Real-IP: {CLAIM}\r\n",
        f"Forwarded: for={CLAIM}, for=198.51.100.1\r\n",
        f"Forwarded: by={CLAIM}\r\n",
        f"Remote-Addr: {CLAIM}\r\n",
        f"REMOTE_ADDR: {CLAIM}\r\n",
    ],
)
def test_nothing_else_is(port: int, line: str) -> None:
    assert BELIEVED not in head(port, line)


@pytest.mark.parametrize("host", ["Host: a.example\r\nHost: b.example\r\n", "Host: a.example, b.example\r\n", None])
def test_a_request_names_one_host(port: int, host: str | None) -> None:
    answer = head(port, host=host)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'"invalid_host"' in answer


@pytest.mark.parametrize("line", ["X-A: 1\rX-B: 2\r\n", "X-A: 1\r\n 2\r\n", "X-A : 1\r\n", "X-A: \x00\r\n"])
def test_a_head_that_two_servers_could_read_in_two_ways_is_refused(port: int, line: str) -> None:
    assert head(port, line).startswith(b"HTTP/1.1 400")


def test_bare_line_feeds_end_lines_as_the_guide_says(port: int) -> None:
    """The web server takes them, so the proxy must not hand them on; `doctor` looks whether it does."""
    assert BELIEVED in head(port, f"X-A: 1\nForwarded: for={CLAIM}\r\n")


def test_doctor_tells_what_comes_through(port: int) -> None:
    direct = Settings(proxy_hops=1, public_url=f"http://127.0.0.1:{port}")
    found = list(check_proxy(direct))
    told = " ".join(finding.sentence for finding in found if finding.level is Level.RED)
    assert "the header Forwarded" in told
    assert "bare line feed" in told
    assert "all callers count as one" in told
    assert "underscores" not in told


def test_doctor_is_content_with_a_proxy_that_does_its_work(port: int) -> None:
    with honest_proxy(port) as public_port:
        settings = Settings(proxy_hops=1, public_url=f"http://127.0.0.1:{public_port}")
        assert [finding.level for finding in check_proxy(settings)] == [Level.OK]


def test_doctor_says_that_it_could_not_ask() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    (finding,) = check_proxy(Settings(proxy_hops=1, public_url=f"http://127.0.0.1:{closed}"))
    assert finding.level is Level.WARNING
    assert list(check_proxy(Settings(proxy_hops=0))) == []


def test_the_old_header_is_believed_only_where_it_is_asked_for(instance: Path) -> None:
    with running(instance, "serve", PROXY_HOPS="1", PROXY_HEADER="x-forwarded-for") as (_process, port):
        assert BELIEVED in head(port, f"X-Forwarded-For: 198.51.100.1, {CLAIM}\r\n")
        assert BELIEVED not in head(port, f"Forwarded: for={CLAIM}\r\n")
        # Why it is not the default.
        settings = Settings(proxy_hops=1, proxy_header="x-forwarded-for", public_url=f"http://127.0.0.1:{port}")
        told = [finding.sentence for finding in check_proxy(settings) if finding.level is Level.RED]
        assert any("underscores" in sentence for sentence in told)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.60", "192.0.2.60"),
        ('"192.0.2.60:4711"', "192.0.2.60"),
        ('"[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("[192.0.2.60]", "192.0.2.60"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2.0/24", None),
        ("", None),
    ],
)
def test_addresses_are_read_in_every_spelling(written: str, address: str | None) -> None:
    assert plain_address(written) == address
