"""Open streams: what they take from lists, and how long a publication takes to those that listen.

`python -m bench streams`, by name alone: some two minutes for each database. `STREAMS` of them are open (default 500).
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from statistics import median, quantiles

import psutil

from bench.databases import Database
from bench.load import LoadResult, drive, server_core, unpinned
from bench.measure import Plan, kept_bare
from bench.report import Remarks, Row
from bench.scenarios import CONNECTIONS, Loaded, Site, one_page
from bench.server import HOST, Server, cpu_seconds, running, serving
from bench.told import whole_system
from bench.webhooks import PUBLICATIONS, PUBLICATIONS_PER_SECOND, close, publish_evenly
from cms.application import create_app
from cms.changes.log import record
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import system_actor
from cms.posts.content import POST
from config import Settings

NAME, NONE, OPEN, PUBLISHED = "streams", "streams_none", "streams_open", "streams_published"
ROUNDS, LISTENING = 5, 50
SETTLE_SECONDS, QUIET_SECONDS = 4.0, 3.0
PATH = "/v1/changes/stream"
SYSTEM = system_actor("benchmark")
_ITEM = re.compile(rb'"id":"([0-9a-f-]{36})"')
LONGEST_LINE = 1_000


@dataclass(slots=True)
class Listeners:
    """Open streams, read by one thread. `delays` has the item and the moment of each event that arrived."""

    sockets: list[socket.socket] = field(default_factory=list)
    delays: list[tuple[str, float]] = field(default_factory=list)
    ended: int = 0
    _tails: dict[int, bytes] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def open(self, port: int, key: str, count: int) -> None:
        """Open so many."""
        request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        for _ in range(count):
            opened = socket.create_connection((HOST, port), timeout=30)
            opened.sendall(request)
            head = opened.recv(4_096)
            if b" 200 " not in head:
                raise RuntimeError(head.decode(errors="replace"))
            opened.setblocking(False)
            self.sockets.append(opened)
        threading.Thread(target=self._read, daemon=True).start()

    def close(self) -> None:
        """Close all of them."""
        self._stop.set()
        for opened in self.sockets:
            opened.close()

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            for opened in self.sockets:
                selector.register(opened, selectors.EVENT_READ)
            while not self._stop.is_set():
                for key, _events in selector.select(0.2):
                    with suppress(OSError):
                        self._take(selector, key.fileobj)  # type: ignore[arg-type]

    def _take(self, selector: selectors.BaseSelector, opened: socket.socket) -> None:
        data = opened.recv(65_536)
        now = time.monotonic()
        if not data:
            self.ended += 1
            selector.unregister(opened)
            return
        text = self._tails.get(opened.fileno(), b"") + data
        end = text.rfind(b"\n\n") + 2
        for found in _ITEM.findall(text[:end]):
            self.delays.append((found.decode(), now))
        self._tails[opened.fileno()] = text[end:][-LONGEST_LINE:]


def measure_streams(database: Database, loaded: Loaded, plan: Plan) -> Iterator[tuple[Row, Remarks]]:
    """Lists beside open streams, then publications to streams."""
    yield from measure_lists(database, loaded, plan)
    yield measure_publications(database, loaded)


@dataclass(slots=True)
class Beside:
    """What the process of streams did while lists were asked for."""

    events: int = 0
    busy: float = 0.0
    """Seconds of processor time."""
    spent: float = 0.0
    memory: int = 0


def measure_lists(database: Database, loaded: Loaded, plan: Plan) -> Iterator[tuple[Row, Remarks]]:
    """A list that is asked for again and again, without streams, with them and from a bare application, in turn; the process of streams
    shares the core of the web server, and a line is written each second.
    """
    count, beside = int(os.environ.get("STREAMS", "500")), Beside()
    rates: dict[str, list[LoadResult]] = {NONE: [], OPEN: [], "bare": []}
    with (
        serving("wsgi:app", threads=plan.threads, environment=database.environment, ready_path="/healthz") as server,
        streams(database.environment, server) as (process, port),
        kept_bare(Site(server, loaded), one_page(Site(server, loaded))[0], plan) as bare_server,
        lines(database.environment),
    ):
        frames = [each.encoded("localhost") for each in one_page(Site(server, loaded))]
        for _ in range(ROUNDS):
            rates["bare"].append(_driven(bare_server, frames, plan))
            rates[NONE].append(_driven(server, frames, plan))
            with listening(port, loaded.delivery_key, count) as listeners, watched(process, beside, listeners):
                rates[OPEN].append(_driven(server, frames, plan))
    base = median(each.requests_per_second for each in rates["bare"])
    text = f"{count} streams, {beside.events:,} events, {100 * beside.busy / beside.spent:.1f} % of the core; "
    for name, told, memory in ((NONE, "", None), (OPEN, text, beside.memory)):
        rate = median(each.requests_per_second for each in rates[name])
        row = Row(name, database.kind, loaded.items, requests_per_second=rate, share_of_bare_wsgi=rate / base)
        errors = sum(each.errors for each in rates[name])
        remarks = Remarks(text=f"{told}median of {ROUNDS} rounds in turn", errors=errors, bare_requests_per_second=base)
        yield replace(row, bytes=memory), remarks


@contextmanager
def listening(port: int, key: str, count: int) -> Iterator[Listeners]:
    """So many open streams."""
    listeners = Listeners()
    listeners.open(port, key, count)
    try:
        yield listeners
    finally:
        listeners.close()


@contextmanager
def watched(process: psutil.Process, beside: Beside, listeners: Listeners) -> Iterator[None]:
    """Add up what the process does."""
    before, began, events = cpu_seconds(process), time.monotonic(), len(listeners.delays)
    yield
    beside.busy += cpu_seconds(process) - before
    beside.spent += time.monotonic() - began
    beside.events += len(listeners.delays) - events
    memory = process.memory_full_info()
    beside.memory = getattr(memory, "pss", memory.rss)


def measure_publications(database: Database, loaded: Loaded) -> tuple[Row, Remarks]:
    """The whole system: PUBLICATIONS over HTTP at an even rate, each told to LISTENING streams. Counted from the begin of the request."""
    with unpinned(), whole_system({**database.environment}) as server:
        time.sleep(SETTLE_SECONDS)
        with listening(server.address[1] + 1, loaded.delivery_key, LISTENING) as listeners:
            busy = server.cpu_seconds()
            began = publish_evenly(Site(server, loaded))
            time.sleep(QUIET_SECONDS)
            busy, memory = server.cpu_seconds() - busy, server.memory()
    delays = [at - began[item] for item, at in listeners.delays if item in began]
    wanted = len(began) * LISTENING
    cuts = quantiles(delays, n=100) if len(delays) > 1 else [float("nan")] * 99
    row = Row(
        PUBLISHED,
        database.kind,
        loaded.items,
        p50_ms=cuts[49] * 1e3,
        p99_ms=cuts[98] * 1e3,
        cpu_us=busy * 1e6 / max(1, wanted),
        bytes=memory.pss,
    )
    lost = wanted - len(delays)
    text = f"{len(delays):,} events, longest {max(delays, default=0):.1f} s, {lost} lost; {PUBLICATIONS} publications, {PUBLICATIONS_PER_SECOND}/s"
    return row, Remarks(errors=max(0, lost), text=text)


@contextmanager
def streams(environment: Mapping[str, str], server: Server) -> Iterator[tuple[psutil.Process, int]]:
    """The process of streams beside a web server, on its core."""
    port = server.address[1] + 1
    command = [sys.executable, "-m", "cms", "streams"]
    own = {**environment, "STREAMS_PORT": str(port), "STREAMS_PER_KEY": "0"}
    with running(command, port=port, environment=own, ready_path="/healthz") as started:
        (process,) = started.processes()
        if (core := server_core()) is not None:
            process.cpu_affinity([core])
        yield process, port


@contextmanager
def lines(environment: Mapping[str, str]) -> Iterator[None]:
    """A line of the log each second, from a thread of this process."""
    app = create_app(Settings.from_environ({**os.environ, **environment}))
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            while not stop.wait(1):
                with unit_of_work() as unit:
                    record(unit, POST.action("published"), new_id(), SYSTEM, agency="dpu", edition=1)
            close(app)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _driven(server: Server, frames: Sequence[bytes], plan: Plan) -> LoadResult:
    return drive(server.address, frames, connections=CONNECTIONS, seconds=plan.seconds)
