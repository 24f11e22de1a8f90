"""Addresses of websites for the benchmark of webhooks, as a process of its own: living ones, and dead ones of every kind.

    python -m bench.endpoints FOLDER

It prints the port of each kind as JSON and keeps what the living ones get; when its standard input ends it writes that to
FOLDER/received, a line for each message: path, webhook-id, and seconds of the machine's monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from tests.core.other_hosts import certified

LIVING = "living"
REFUSED = "refused"
HOST = "127.0.0.1"
AUTHORITY = "ca.pem"
RECEIVED = "received"
NO_BODY = "Content-Length: 0\r\n\r\n"
Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Living:
    """Answers at once and keeps what came in."""

    def __init__(self) -> None:
        self.received: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer every request of a connection."""
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
            await reader.readexactly(int(fields["content-length"]))
            self.received.append(f"{head.split(' ', 2)[1]} {fields['webhook-id']} {time.monotonic()}")
            writer.write(f"HTTP/1.1 204 No Content\r\n{NO_BODY}".encode())
            await writer.drain()
            if fields.get("connection") == "close":
                return


def answering(text: str) -> Behave:
    """Read the request, answer with this and hang up."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text.encode())
        await writer.drain()

    return behave


async def never(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Read and never answer."""
    while await reader.read(65_536):
        pass


async def drop_by_drop(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a byte each second."""
    for letter in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n":
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(1)


DEAD: dict[str, Behave] = {
    "hole": never,
    "drip": drop_by_drop,
    "error": answering(f"HTTP/1.1 500 Error\r\n{NO_BODY}"),
    "gone": answering(f"HTTP/1.1 410 Gone\r\n{NO_BODY}"),
    "redirect": answering(f"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n{NO_BODY}"),
    "later": answering(f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\n{NO_BODY}"),
    "hangs_up": answering(""),
    "untrusted": never,
}
KINDS = (*DEAD, REFUSED)
"""Kinds of dead addresses."""


async def listen(behave: Behave, tls: ssl.SSLContext) -> int:
    """Listen with this behaviour; returns the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Also when the process ends in the middle of it.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await behave(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, HOST, 0, ssl=tls, backlog=1_000)
    await server.start_serving()
    port: int = server.sockets[0].getsockname()[1]
    return port


async def main(folder: Path) -> None:
    """Listen until standard input ends."""
    (folder / "other").mkdir()
    _authority, tls = certified(folder, HOST)
    _other, unknown = certified(folder / "other", HOST)
    living = Living()
    ports = {LIVING: await listen(living, tls), REFUSED: 1}
    for kind, behave in DEAD.items():
        ports[kind] = await listen(behave, unknown if kind == "untrusted" else tls)
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    (folder / RECEIVED).write_text("\n".join(living.received))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
