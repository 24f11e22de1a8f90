"""The text of a stream (WHATWG HTML, section 9.2): blocks of lines, each ended by an empty one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

import orjson

from cms.changes.public_lines import PublicLine, line_for_readers

LEAST_RETRY, MOST_RETRY = 1_000, 5_000
"""Milliseconds after which a client connects again: each has its own, so that a restart does not bring all of them at once."""
PING: Final = b": ping\n\n"


def hello(epoch: str, sequence: int) -> bytes:
    """The first block: when to come back, and the position from which the client goes on if it loses the connection at once."""
    retry = LEAST_RETRY + secrets.randbelow(MOST_RETRY - LEAST_RETRY)
    return f"retry: {retry}\n".encode() + position(epoch, sequence)


def position(epoch: str, sequence: int) -> bytes:
    """A block without data: it moves the position of the client and is no event for it."""
    return f"id: {epoch}-{sequence}\n\n".encode()


def changes(epoch: str, lines: Iterable[PublicLine]) -> bytes:
    """An event for each line."""
    return b"".join(_change(epoch, line) for line in lines)


def _change(epoch: str, line: PublicLine) -> bytes:
    # JSON of orjson has no line breaks.
    data = orjson.dumps(line_for_readers(epoch, line))
    return b"id: %s-%d\nevent: change\ndata: %s\n\n" % (epoch.encode(), line.sequence, data)
