"""The door to other hosts as tests open it: to loopback addresses, with a resolver of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cms.core.bulkhead import Bulkhead
from cms.core.outbound import Outbound
from cms.core.outbound_requests import Limits
from cms.core.outbound_rules import OutboundError, Reason
from config import Settings
from tests.core.other_hosts import Host

SHORT = Limits(seconds=1.0)
SOON = 40.0
"""Far more than a second, far less than what the other side would take."""


def settings(*hosts: Host, **values: Any) -> Settings:
    """Loopback is open, with the ports of these hosts."""
    given = {
        "outbound_networks": ("127.0.0.0/8", "::1/128"),
        "outbound_ports": tuple(str(host.port) for host in hosts) or ("80",),
        "outbound_http": True,
        **values,
    }
    return replace(Settings(), **given)


class Names:
    """A resolver: the n-th question gets the n-th answer, the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = answers, 0

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def door(*hosts: Host, resolve: Any = None, **values: Any) -> Outbound:
    resolver = resolve or Names([host.address for host in hosts[:1]] or ["127.0.0.1"])
    return Outbound(settings(*hosts, **values), Bulkhead(4), resolver)


def refused(send: Callable[[], Any]) -> Reason:
    with pytest.raises(OutboundError) as caught:
        send()
    return caught.value.reason
