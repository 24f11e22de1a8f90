"""Whose address counts behind reverse proxies.

The web server writes `X_Forwarded_For` and `X-Forwarded-For` into one variable, as CGI does, so the two cannot be told apart
afterwards and a caller could forge the proxy's header. `Forwarded` (RFC 7239) has no hyphen that could be written as an underscore:
its last elements are always those that the proxies added. The other header is trusted only when a setting says so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any, Final

FORWARDED, X_FORWARDED_FOR = "forwarded", "x-forwarded-for"
HEADERS: Final = (FORWARDED, X_FORWARDED_FOR)
UNTOLD: Final = "simpul.address_untold"
"""Set in the WSGI environment of a request whose proxies sent no address."""
# For documentation (RFC 5737): no caller ever has one of these. `doctor` sends them to see whether the server trusts a forged header.
NOBODYS: Final = ipaddress.ip_network("192.0.2.0/24")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BehindProxies:
    """WSGI middleware that takes the caller's address, and nothing else, from the outermost of `hops` proxies."""

    def __init__(self, application: Application, hops: int, header: str) -> None:
        self._application, self._hops = application, hops
        self._is_standard = header == FORWARDED
        self._name = "HTTP_FORWARDED" if self._is_standard else "HTTP_X_FORWARDED_FOR"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Replace the proxy's address with the caller's, when the proxies send one."""
        told = environ.get(self._name, "").split(",")
        element = told[-self._hops] if len(told) >= self._hops else ""
        address = plain_address(_told_in(element) if self._is_standard else element)
        if address is None:
            environ[UNTOLD] = True
        else:
            environ["REMOTE_ADDR"] = address
        return self._application(environ, start_response)


def _told_in(element: str) -> str:
    """The value of `for` in one element of the header, such as `for="[2001:db8::17]:4711";proto=https`."""
    for pair in element.split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            return value
    return ""


def plain_address(text: str) -> str | None:
    """An IP address without quotes, brackets and port; None for everything else (`unknown`, a name, nothing)."""
    address = text.strip().strip('"')
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def is_nobodys(address: str | None) -> bool:
    """True for an address that no caller can have: a forged header was trusted."""
    return address is not None and plain_address(address) is not None and ipaddress.ip_address(address) in NOBODYS
