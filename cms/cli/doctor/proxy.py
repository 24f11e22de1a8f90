"""Can callers forge their address through the proxy? Tested as a caller, through PUBLIC_URL."""

from __future__ import annotations

import socket  # noqa: TID251 - to PUBLIC_URL, which the operator has set
import ssl  # noqa: TID251 - as above
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core.http.forwarding import FORWARDED, NOBODYS
from config import Settings

PATIENT_SECONDS, LONGEST_HEAD = 5, 16_384
UNTOLD: Final = b"x-believed-address: none"
# A made-up address, in every header that might pass the proxy.
_CLAIM = str(NOBODYS[1])
BELIEVED: Final = f"x-believed-address: {_CLAIM}".encode()
CLAIMS: Final = {
    "the header Forwarded": f"Forwarded: for={_CLAIM}\r\n",
    "the header X-Forwarded-For": f"X-Forwarded-For: {_CLAIM}\r\n",
    "a header with underscores (X_Forwarded_For)": f"X_Forwarded_For: {_CLAIM}\r\n",
    "a header behind a bare line feed": f"X-Harmless: 1\nForwarded: for={_CLAIM}\nX-Forwarded-For: {_CLAIM}\r\n",
}
TWO_HOSTS: Final = "Host: other.example\r\n"


def check_proxy(settings: Settings) -> Iterator[Finding]:
    """Call `/healthz` with made-up addresses and with two hosts; only where proxies are trusted."""
    if not settings.proxy_hops:
        return
    url = urlsplit(settings.public_url)
    try:
        believed = [way for way, line in CLAIMS.items() if BELIEVED in asked(url, line).lower()]
        tells_nothing = UNTOLD in asked(url, "").lower()
        takes_two_hosts = asked(url, TWO_HOSTS).startswith(b"HTTP/1.1 2")
    except OSError as error:
        yield warning(f"PUBLIC_URL could not be asked from this machine, so the proxy was not looked at: {error}.")
        return
    for way in believed:
        yield red(f"Callers can choose the address that counts as theirs by {way}: the proxy must set it or drop it.")
    if tells_nothing:
        yield red(f"The proxy sends no address in {settings.proxy_header}: all callers count as one.")
    if takes_two_hosts:
        yield warning("The proxy takes a request with two different Host headers: it should refuse it.")
    if settings.proxy_header != FORWARDED:
        yield warning("PROXY_HEADER is x-forwarded-for: the proxy must drop headers with underscores for ever.")
    if not believed and not tells_nothing:
        yield ok("Callers cannot choose the address that counts as theirs.")


def check_streams(settings: Settings) -> Iterator[Finding]:
    """Ask where readers are told to wait for changes, without a key; only where they are told."""
    if not settings.streams_url:
        return
    url = urlsplit(settings.streams_url)
    try:
        head = asked(url, "", f"{url.path.rstrip('/')}/v1/changes/stream")
    except OSError as error:
        yield warning(f"STREAMS_URL could not be asked from this machine: {error}.")
        return
    status = head.split(b" ", 2)[1:2]
    if status in ([b"401"], [b"200"]):
        yield ok("Readers may wait for changes where STREAMS_URL says.")
    else:
        told = status[0].decode("latin-1") if status else "nothing"
        yield red(f"STREAMS_URL answers {told}: does `python -m cms streams` run, and does the proxy pass its path on?")


def asked(url: SplitResult, line: str, path: str = "/healthz") -> bytes:
    """The head of the answer to a request, by default a health check, that is sent with one more header line. Raises `OSError`."""
    host, is_safe = url.hostname or "", url.scheme == "https"
    request = f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\n{line}Connection: close\r\n\r\n"
    with socket.create_connection((host, url.port or (443 if is_safe else 80)), PATIENT_SECONDS) as plain:
        connection = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_safe else plain
        with connection:
            connection.sendall(request.encode())
            head = b""
            while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD and (received := connection.recv(4_096)):
                head += received
    return head.partition(b"\r\n\r\n")[0]
