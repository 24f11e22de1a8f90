"""The one door to other hosts, against real sockets: where it leads, and where it does not."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cms.core.bulkhead import Bulkhead
from cms.core.outbound import Outbound
from cms.core.outbound_rules import Reason
from tests.core.doors import Names, door, refused, settings
from tests.core.other_hosts import Host, answer, certified, listening, ok, redirect


def test_an_answer_comes_back_and_the_name_goes_out() -> None:
    with listening(answer(ok(b"halo", "X-Kota: Balikpapan"))) as host:
        url = f"http://dpu.example:{host.port}/berita?x=1"
        reply = door(host).send("GET", url, headers={"Accept": "text/html"})

    assert (reply.status, reply.body, reply.url, reply.headers["x-kota"]) == (200, b"halo", url, "Balikpapan")
    head = host.requests[0].decode()
    assert head.startswith("GET /berita?x=1 HTTP/1.1\r\n")
    assert f"Host: dpu.example:{host.port}\r\n" in head
    assert "Accept: text/html\r\n" in head
    assert "cookie" not in head.lower()


def test_a_body_can_be_sent() -> None:
    def echo(connection: socket.socket, request: bytes) -> None:
        # Head and body may come one after the other.
        connection.sendall(ok(request.partition(b"\r\n\r\n")[2] or connection.recv(100)))

    with listening(echo) as host:
        assert door(host).send("POST", f"http://x.example:{host.port}/", body=b"{}").body == b"{}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://x.example/", Reason.SCHEME),
        ("file:///etc/passwd", Reason.SCHEME),
        ("//x.example/", Reason.SCHEME),
        ("http://", Reason.BAD_URL),
        ("http://user:pass@x.example/", Reason.BAD_URL),
        ("http://x.example\\@y.example/", Reason.BAD_URL),
        ("http://x.example/a b", Reason.BAD_URL),
        ("http://x.example/\r\nX: y", Reason.BAD_URL),
        ("http://[fe80::1%25eth0]/", Reason.BAD_URL),
        ("http://x.example:0x50/", Reason.BAD_URL),
        ("http://x.example:99999/", Reason.BAD_URL),
        ("http://[::1/", Reason.BAD_URL),
        ("http://pölri.example/", Reason.BAD_URL),
        ("http://x.example/" + "a" * 3_000, Reason.BAD_URL),
        ("http://x.example:22/", Reason.PORT),
        ("https://x.example/", Reason.PORT),
    ],
)
def test_urls_that_are_refused_before_anything_is_looked_up(url: str, reason: Reason) -> None:
    names = Names(["127.0.0.1"])
    assert refused(lambda: door(resolve=names).send("GET", url)) is reason
    assert names.asked == 0


def test_http_needs_the_operators_word() -> None:
    assert refused(lambda: door(outbound_http=False).send("GET", "http://x.example/")) is Reason.SCHEME


@pytest.mark.parametrize(
    "spelt", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "[::ffff:7f00:1]", "[::1]", "localhost"]
)
def test_this_machine_is_closed_however_it_is_spelt(spelt: str) -> None:
    with listening(answer(ok())) as host:
        closed = Outbound(settings(host, outbound_networks=()), Bulkhead(4))
        assert refused(lambda: closed.send("GET", f"http://{spelt}:{host.port}/")) is Reason.ADDRESS
    assert host.requests == []


def test_one_closed_address_closes_the_whole_name() -> None:
    with listening(answer(ok())) as host:
        names = Names(["127.0.0.1", "10.0.0.1"])
        assert (
            refused(lambda: door(host, resolve=names).send("GET", f"http://x.example:{host.port}/")) is Reason.ADDRESS
        )
    assert host.requests == []


def test_a_name_is_looked_up_once_and_cannot_change_its_mind() -> None:
    """DNS rebinding: the second answer of the resolver leads to another host, which nobody reaches."""
    with listening(answer(ok(b"judged"))) as host, listening(answer(ok(b"inside")), "127.0.0.2") as inside:
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        only_first = door(host, inside, resolve=names, outbound_networks=("127.0.0.1/32",))
        assert only_first.send("GET", f"http://x.example:{host.port}/").body == b"judged"
        assert refused(lambda: only_first.send("GET", f"http://x.example:{inside.port}/")) is Reason.ADDRESS
    assert names.asked == 2
    assert inside.requests == []


def test_the_address_of_the_connected_socket_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something between us and the network (NAT, a rule of the kernel) leads the connection elsewhere."""
    with listening(answer(ok())) as host:
        monkeypatch.setattr(socket.socket, "getpeername", lambda _self: ("169.254.169.254", host.port))
        assert refused(lambda: door(host).send("GET", f"http://x.example:{host.port}/")) is Reason.ADDRESS
    assert host.requests == []


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with listening(answer(ok(b"second"))) as host:
        names = Names(["::1", "127.0.0.1"])
        assert door(host, resolve=names).send("GET", f"http://x.example:{host.port}/").body == b"second"


def test_unknown_names_and_closed_ports_are_told_apart() -> None:
    with listening(answer(ok())) as host:
        port = host.port
        assert (
            refused(lambda: door(host, resolve=Names([])).send("GET", f"http://x.example:{port}/"))
            is Reason.UNKNOWN_HOST
        )
    assert refused(lambda: door(host).send("GET", f"http://x.example:{port}/")) is Reason.NOT_REACHED


def test_a_redirect_is_an_answer_unless_it_was_asked_for() -> None:
    with listening(answer(redirect("http://127.0.0.1/elsewhere"))) as host:
        reply = door(host).send("GET", f"http://x.example:{host.port}/")
    assert (reply.status, reply.headers["location"]) == (302, "http://127.0.0.1/elsewhere")
    assert len(host.requests) == 1


def test_a_redirect_that_was_asked_for_is_judged_like_the_first_address() -> None:
    with ExitStack() as stack:
        inside = stack.enter_context(listening(answer(ok(b"inside")), "127.0.0.2"))
        host = stack.enter_context(listening(answer(redirect(f"http://inside.example:{inside.port}/"))))
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        outbound = door(host, inside, resolve=names, outbound_networks=("127.0.0.1/32",))
        assert refused(lambda: outbound.send("GET", f"http://x.example:{host.port}/", redirects=3)) is Reason.ADDRESS
    assert inside.requests == []


def test_headers_of_the_caller_do_not_go_to_another_origin() -> None:
    with (
        listening(answer(ok(b"there"))) as there,
        listening(answer(redirect(f"http://y.example:{there.port}/a"))) as host,
    ):
        secret = {"Authorization": "Bearer rahasia"}
        url = f"http://x.example:{host.port}/"
        reply = door(host, there).send("GET", url, headers=secret, redirects=1)
    assert (reply.body, reply.url) == (b"there", f"http://y.example:{there.port}/a")
    assert b"rahasia" in host.requests[0]
    assert b"rahasia" not in there.requests[0]


@pytest.mark.parametrize("to", ["ftp://x.example/", "http://x.example:22/", "http://user@x.example/", "http://[::1/"])
def test_a_redirect_to_what_would_be_refused_is_refused(to: str) -> None:
    with listening(answer(redirect(to))) as host:
        outbound = door(host)
        assert refused(lambda: outbound.send("GET", f"http://x.example:{host.port}/", redirects=3)) in {
            Reason.SCHEME,
            Reason.PORT,
            Reason.BAD_URL,
        }


def test_redirects_in_a_circle_end() -> None:
    with listening(answer(redirect("/again"))) as host:
        url = f"http://x.example:{host.port}/"
        assert refused(lambda: door(host).send("GET", url, redirects=3)) is Reason.TOO_MANY_REDIRECTS
    assert len(host.requests) == 4


def test_only_reading_follows_redirects() -> None:
    with listening(answer(redirect("/again", 307))) as host:
        assert door(host).send("POST", f"http://x.example:{host.port}/", body=b"x", redirects=3).status == 307


@pytest.fixture(scope="module")
def city_ca(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certified(tmp_path_factory.mktemp("ca"), "dpu.example")


@pytest.fixture
def secure(city_ca: tuple[Path, ssl.SSLContext]) -> Iterator[tuple[Host, str]]:
    with listening(answer(ok(b"aman")), tls=city_ca[1]) as host:
        yield host, str(city_ca[0])


def test_the_certificate_is_that_of_the_name(secure: tuple[Host, str]) -> None:
    host, authority = secure
    outbound = door(host, outbound_ca_file=authority, outbound_http=False)
    assert outbound.send("GET", f"https://dpu.example:{host.port}/").body == b"aman"
    assert refused(lambda: outbound.send("GET", f"https://other.example:{host.port}/")) is Reason.TLS
    assert len(host.requests) == 1


def test_an_unknown_authority_is_refused(secure: tuple[Host, str]) -> None:
    host, _authority = secure
    assert refused(lambda: door(host).send("GET", f"https://dpu.example:{host.port}/")) is Reason.TLS


def test_https_does_not_lead_to_http(city_ca: tuple[Path, ssl.SSLContext]) -> None:
    with ExitStack() as stack:
        plain = stack.enter_context(listening(answer(ok())))
        downgrade = answer(redirect(f"http://dpu.example:{plain.port}/"))
        host = stack.enter_context(listening(downgrade, tls=city_ca[1]))
        outbound = door(host, plain, outbound_ca_file=str(city_ca[0]))
        url = f"https://dpu.example:{host.port}/"
        assert refused(lambda: outbound.send("GET", url, redirects=3)) is Reason.SCHEME
    assert plain.requests == []


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(answer(ok(b"direct"))) as host, listening(answer(ok(b"proxy"))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert door(host).send("GET", f"http://x.example:{host.port}/").body == b"direct"
    assert proxy.requests == []
