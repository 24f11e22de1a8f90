"""Network addresses of callers."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

IPV6_SUBSCRIBER_BITS: Final = 64
"""The part of an IPv6 address that one subscriber holds."""


@lru_cache(maxsize=4_096)
def subscriber(address: str) -> str:
    """The one who has this address: an IPv4 address, or the network of an IPv6 address; other texts stay as they are."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_SUBSCRIBER_BITS), strict=False))
