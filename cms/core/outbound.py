"""The only code that opens a connection to an address that people enter (webhooks, feeds, pages to check).

A user who may enter an address could make this server call its neighbours: databases, administration pages, the cloud's metadata
(SSRF). So the name is looked up once, every address that it has is judged, the connection goes to the judged address and to no
other one (a second look-up could give another answer), and the address of the connected socket is judged once more. Certificate,
SNI and the header Host are those of the name. No proxy of the environment, no cookies, no stored credentials, no redirect that
was not asked for; each redirect is judged like the first address. Time and size are bounded for all of it together, and
compressed answers by what they unpack to.

Hosts that the operator names in settings are reached elsewhere, in the modules of OPERATOR_HOSTS; everything else is refused by the linter
(`banned-api` in `pyproject.toml`).
"""

from __future__ import annotations

import ipaddress
import socket  # noqa: TID251 - this is the door
import ssl  # noqa: TID251 - this is the door
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from copy import copy
from http.client import HTTPException  # noqa: TID251 - an error of the layer below urllib3
from typing import Any, Final
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse  # noqa: TID251 - this is the door
from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: TID251 - this is the door
from urllib3.exceptions import HTTPError  # noqa: TID251 - this is the door

from cms.core.bulkhead import Bulkhead, Kind
from cms.core.deadlines import deadlines
from cms.core.lookups import Lookups, Resolve
from cms.core.outbound_requests import Asked, Limits, Reply
from cms.core.outbound_rules import OutboundError, OutboundURL, Reason, rules_of
from config import Settings

OPERATOR_HOSTS: Final = {
    "cms/core/libpq.py": "DATABASE_URL",
    "cms/core/postgres.py": "DATABASE_URL",
    "cms/core/reading.py": "DATABASE_URL",
    "cms/core/database_errors.py": "DATABASE_URL",
    "cms/core/storage/s3.py": "STORAGE_URL",
    "cms/core/storage/blobs.py": "STORAGE_URL",
    "cms/streams/listening.py": "DATABASE_URL",
    "cms/cli/doctor/proxy.py": "PUBLIC_URL",
    "cms/notifications/smtp.py": "MAIL_URL",
    "cms/virus_scans/clamd.py": "CLAMD_URL",
}
"""Modules that call hosts named by the operator, and the setting that names these hosts."""
BLOCK_BYTES: Final = 16 * 1024
REDIRECTIONS: Final = frozenset({301, 302, 303, 307, 308})
MOST_ADDRESSES: Final = 4


def system_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system knows them. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """Sends requests to other hosts. One per process; safe to share between threads."""

    def __init__(self, settings: Settings, bulkhead: Bulkhead, resolve: Resolve = system_addresses) -> None:
        self._rules, self._bulkhead, self._lookups = rules_of(settings), bulkhead, Lookups(resolve)
        self._tls = ssl.create_default_context()
        if settings.outbound_ca_file:
            self._tls.load_verify_locations(settings.outbound_ca_file)

    def apart(self) -> Outbound:
        """A door with the same rules and questions of its own: names that are not answered here keep nobody waiting there."""
        beside = copy(self)
        beside._lookups = Lookups(self._lookups.resolve)  # noqa: SLF001 - its own
        return beside

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        redirects: int = 0,
        limits: Limits | None = None,
    ) -> Reply:
        """Send one request and read its answer; follow at most this many redirects of a GET or HEAD.

        Without `redirects` a redirect is an answer like any other. To another origin the caller's headers are not repeated.
        Raises `OutboundError`, and `Unavailable` when too many threads of this process wait already.
        """
        asked = Asked(method, dict(headers or {}), body, limits or Limits())
        with self._bulkhead.place(Kind.OUTBOUND):
            return self._followed(asked, url, redirects)

    def _followed(self, asked: Asked, url: str, redirects: int) -> Reply:
        """The answer at the end of so many redirects."""
        target, left = self._rules.target(url), redirects
        while True:
            reply = self._exchange(asked, target, url)
            location = reply.headers.get("location") if reply.status in REDIRECTIONS else None
            if not redirects or location is None or asked.method not in {"GET", "HEAD"}:
                return reply
            if not left:
                raise OutboundError(Reason.TOO_MANY_REDIRECTS)
            left -= 1
            url, following = self._following(target, url, location)
            if following.origin != target.origin:
                asked.headers.clear()
            target = following

    def _following(self, target: OutboundURL, url: str, location: str) -> tuple[str, OutboundURL]:
        """Where a redirect leads; never from https to http. Raises `OutboundError`."""
        try:
            url = urljoin(url, location)
        except ValueError:
            raise OutboundError(Reason.BAD_URL) from None
        following = self._rules.target(url)
        if target.scheme == "https" != following.scheme:
            raise OutboundError(Reason.SCHEME)
        return url, following

    def _exchange(self, asked: Asked, target: OutboundURL, url: str) -> Reply:
        """One request over one connection."""
        opened = self._connected(target, asked)
        with (
            _cut_off(opened, asked) as is_over,
            _translated(is_over),
            closing(_over(opened, target, self._tls)) as connection,
        ):
            sent_headers = asked.sent_headers()
            connection.request(asked.method, target.path, asked.body, sent_headers, preload_content=False)
            with closing(connection.getresponse()) as answer:
                return _read(answer, asked, url)

    def _connected(self, target: OutboundURL, asked: Asked) -> socket.socket:
        """A socket that is connected to an address of the target that was judged. Raises `OutboundError`."""
        addresses = self._judged(target, asked)
        for address in addresses[:MOST_ADDRESSES]:
            opened = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
            try:
                opened.settimeout(asked.left())
                opened.connect((str(address), target.port))
                connected_to = ipaddress.ip_address(opened.getpeername()[0])
            except TimeoutError:
                opened.close()
                raise OutboundError(Reason.TIMED_OUT) from None
            except OSError:
                opened.close()
                continue
            if not self._rules.allow(connected_to):
                opened.close()
                raise OutboundError(Reason.ADDRESS)
            return opened
        raise OutboundError(Reason.NOT_REACHED)

    def _judged(self, target: OutboundURL, asked: Asked) -> Sequence[ipaddress.IPv4Address | ipaddress.IPv6Address]:
        """Every address of the name, all of which must be open: one closed address refuses the name."""
        try:
            found = [ipaddress.ip_address(text) for text in self._looked_up(target, asked)]
        except ValueError:
            raise OutboundError(Reason.ADDRESS) from None
        if not found:
            raise OutboundError(Reason.UNKNOWN_HOST)
        if not all(self._rules.allow(address) for address in found):
            raise OutboundError(Reason.ADDRESS)
        return found

    def _looked_up(self, target: OutboundURL, asked: Asked) -> Sequence[str]:
        if _is_address(target.host):
            return (target.host,)
        try:
            return self._lookups.addresses(target.host, target.port, asked.left)
        except TimeoutError:
            raise OutboundError(Reason.TIMED_OUT) from None


def _is_address(host: str) -> bool:
    """True for an address that is written out: it is not looked up, only judged."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _over(opened: socket.socket, target: OutboundURL, tls: ssl.SSLContext) -> HTTPConnection:
    """A connection of urllib3 over this socket: it opens none itself."""
    if target.scheme == "https":
        secure = HTTPSConnection(target.host, target.port, ssl_context=tls)
        secure._new_conn = lambda: opened  # type: ignore[method-assign]  # noqa: SLF001 - what subclasses override
        return secure
    plain = HTTPConnection(target.host, target.port)
    plain._new_conn = lambda: opened  # type: ignore[method-assign]  # noqa: SLF001
    return plain


@contextmanager
def _cut_off(opened: socket.socket, asked: Asked) -> Iterator[threading.Event]:
    """End the connection when the time is over: a time-out of a socket would begin anew with each byte."""
    # A second handle for the same connection, because TLS takes over the first one.
    try:
        seconds, handle = asked.left(), opened.dup()
    except BaseException:
        opened.close()
        raise
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        try:
            handle.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    try:
        with deadlines.within(seconds, end):
            yield is_over
    finally:
        handle.close()
        opened.close()


@contextmanager
def _translated(is_over: threading.Event) -> Iterator[None]:
    """Translate the error into ours; after the deadline every error counts as a time-out."""
    try:
        yield
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        if is_over.is_set() or isinstance(error, TimeoutError):
            raise OutboundError(Reason.TIMED_OUT) from None
        is_about_tls = isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError)
        raise OutboundError(Reason.TLS if is_about_tls else Reason.BAD_ANSWER) from None
    if is_over.is_set():
        raise OutboundError(Reason.TIMED_OUT)


def _read(answer: BaseHTTPResponse, asked: Asked, url: str) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if sum(len(name) + len(value) for name, value in headers.items()) > asked.limits.header_bytes:
        raise OutboundError(Reason.TOO_LARGE)
    if headers.get("content-encoding", "identity").strip().lower() not in {"identity", "gzip", ""}:
        raise OutboundError(Reason.BAD_ANSWER)
    body = bytearray()
    while block := _block(answer):
        body += block
        if len(body) > asked.limits.body_bytes:
            raise OutboundError(Reason.TOO_LARGE)
    return Reply(answer.status, headers, bytes(body), url)


def _block(answer: Any) -> bytes:
    """At most so many bytes, unpacked."""
    block: bytes = answer.read(BLOCK_BYTES, decode_content=True)
    return block
