"""A request to another host, its limits, and the reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cms.core import clock
from cms.core.outbound_rules import OutboundError, Reason

AGENT: Final = "Simpul"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for everything together (redirects included), bytes of headers, and bytes of the body once it is unpacked."""

    seconds: float = 10.0
    header_bytes: int = 32 * 1024
    body_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply of the other host; `url` is the final address after redirects. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(slots=True)
class Asked:
    """One request and its deadline; a redirect to another origin drops the headers."""

    method: str
    headers: dict[str, str]
    body: bytes | None
    limits: Limits
    _ends_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends_at = clock.monotonic() + self.limits.seconds

    def left(self) -> float:
        """The seconds that are left. Raises `OutboundError`."""
        left = self._ends_at - clock.monotonic()
        if left <= 0:
            raise OutboundError(Reason.TIMED_OUT)
        return left

    def sent_headers(self) -> dict[str, str]:
        """The headers of one request; gzip is the only encoding that is unpacked."""
        return {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Connection": "close", **self.headers}
