"""Which addresses this server may connect to on behalf of people: pure rules about URLs and network addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from config import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL: Final = 2_048
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
# Where clouds hand out the credentials of a machine. Some lie in ranges that look public or that a city may have named.
METADATA: Final = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "fd00:ec2::254", "fd20:ce::254",
    )
)  # fmt: skip
# Addresses that carry an IPv4 address in their last 32 bits (RFC 6052 and RFC 4291, IPv4-compatible).
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# NAT64 of a local network (RFC 8215): where it leads is that network's own business.
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
_IPV4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
# Interface identifiers of ISATAP (RFC 5214): the IPv4 address follows.
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})

# What a resolver can be asked for (RFC 1035, 2.3.4): parts of 1 to 63 letters. Others look up an error, at every try.
_NAME: Final = re.compile(r"(?=.{1,253}\.?\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)

# What OUTBOUND_NETWORKS may open: RFC 1918, RFC 6598 and RFC 4193; beside a developer's own machine.
PRIVATE: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
LOOPBACK: Final = tuple(ipaddress.ip_network(text) for text in ("127.0.0.0/8", "::1/128"))
THIS_MACHINE: Final = tuple(ipaddress.ip_address(text) for text in ("127.0.0.1", "::1"))


class Reason(StrEnum):
    """Why a request to another host failed."""

    BAD_URL = "bad_url"
    SCHEME = "scheme"
    PORT = "port"
    UNKNOWN_HOST = "unknown_host"
    ADDRESS = "address"
    NOT_REACHED = "not_reached"
    TLS = "tls"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    BAD_ANSWER = "bad_answer"
    TOO_MANY_REDIRECTS = "too_many_redirects"


class OutboundError(Exception):
    """The request failed; `reason` says why. Contains nothing that the other host sent."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OutboundURL:
    """A URL that may be asked for, in the parts that are used: nothing is parsed a second time."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """The origin (scheme, host and port)."""
        return self.scheme, self.host, self.port


@dataclass(frozen=True, slots=True)
class Rules:
    """What is open beside the public internet. `networks` are private ranges that the operator names."""

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset(DEFAULT_PORTS.values())
    allows_http: bool = False
    allows_loopback: bool = False

    def target(self, url: str) -> OutboundURL:
        """The parts of an absolute URL. Raises `OutboundError`."""
        if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise OutboundError(Reason.BAD_URL)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise OutboundError(Reason.BAD_URL) from None
        if parts.scheme not in DEFAULT_PORTS or (parts.scheme == "http" and not self.allows_http):
            raise OutboundError(Reason.SCHEME)
        # A zone (fe80::1%eth0) names an interface of this machine.
        if not host or "@" in parts.netloc or "%" in host or not (":" in host or _NAME.fullmatch(host)):
            raise OutboundError(Reason.BAD_URL)
        port = DEFAULT_PORTS[parts.scheme] if port is None else port
        if port not in self.ports:
            raise OutboundError(Reason.PORT)
        return OutboundURL(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))

    def allow(self, address: Address) -> bool:
        """True when a connection to this address may be opened: every address that it leads to must be open."""
        return all(self._is_open(meant) for meant in meant_addresses(address))

    def _is_open(self, address: Address) -> bool:
        if address in METADATA:
            return False
        if address.is_loopback and not self.allows_loopback:
            return False
        if any(address in network for network in self.networks):
            return not (address.is_link_local or address.is_multicast or address.is_unspecified)
        return _is_public(address)


def is_this_machine(host: str) -> bool:
    """True for the names that always mean the machine that asks (RFC 6761): `localhost` and what ends with it."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def meant_addresses(address: Address) -> Sequence[Address]:
    """What an address leads to: itself, or the IPv4 addresses inside of it (mapped, 6to4, NAT64, Teredo, ISATAP)."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    last = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _NAT64:
        return [last]
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return [address, last]
    return [address]


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        is_special = address in _LOCAL_NAT64 or address in _IPV4_COMPATIBLE or address.is_site_local
    else:
        is_special = False
    return address.is_global and not (is_special or address.is_multicast or address.is_reserved)


def rules_of(settings: Settings) -> Rules:
    """What the operator has opened."""
    return Rules(
        networks=tuple(ipaddress.ip_network(text) for text in settings.outbound_networks),
        ports=frozenset(int(text) for text in settings.outbound_ports),
        allows_http=settings.outbound_http,
        allows_loopback=settings.environment != "production",
    )


def outbound_problems(settings: Settings) -> list[str]:
    """What is wrong with the settings `OUTBOUND_...`, one sentence each; only private ranges can be named."""
    openable = PRIVATE if settings.environment == "production" else (*PRIVATE, *LOOPBACK)
    found = [
        f"OUTBOUND_NETWORKS: {text} is no private network, such as 10.20.0.0/16; this machine itself is never opened"
        for text in settings.outbound_networks
        if not _lies_within(text, openable)
    ]
    if not all(text.isascii() and text.isdigit() and 0 < int(text) < 65_536 for text in settings.outbound_ports):
        found.append("OUTBOUND_PORTS must be numbers from 1 to 65535, such as 80,443")
    if settings.outbound_ca_file and not Path(settings.outbound_ca_file).is_file():
        found.append(f"OUTBOUND_CA_FILE={settings.outbound_ca_file} is no file")
    return found


def _lies_within(text: str, wide: Iterable[Network]) -> bool:
    """True when the text is a network inside one of these."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return False
    return any(outer.version == network.version and network.subnet_of(outer) for outer in wide)  # type: ignore[arg-type]
