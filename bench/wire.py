"""HTTP requests prepared as bytes, and the file in which a load driver finds them.

Requests are encoded once, before the measurement: neither wrk nor our own driver spends time on building them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LENGTH_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP/1.1 request; `path` includes the query string."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encoded(self, host: str) -> bytes:
        """The request as it goes over the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body or self.method in {"POST", "PUT", "PATCH"}:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


def write_frames(path: Path, requests: Iterable[bytes]) -> None:
    """Write requests one after the other, each behind its length in ten digits (easy to read from Python and from Lua)."""
    with path.open("wb") as file:
        for request in requests:
            file.write(b"%0*d" % (LENGTH_DIGITS, len(request)))
            file.write(request)


def read_frames(path: Path) -> list[bytes]:
    """Read what `write_frames` wrote."""
    content = path.read_bytes()
    found = []
    at = 0
    while at < len(content):
        length = int(content[at : at + LENGTH_DIGITS])
        at += LENGTH_DIGITS
        found.append(content[at : at + length])
        at += length
    return found
