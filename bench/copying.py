"""How fast a first copy of everything comes over `/v1/sync`, and how much memory of the server it takes."""

from __future__ import annotations

import http.client
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import bare
from bench.databases import Database
from bench.measure import Plan
from bench.report import Remarks, Row
from bench.scenarios import ScenarioError, Site, local_path, position_after
from bench.server import serving

NAME = "sync_first"
START = "/v1/sync?limit=500"
RUNS = 3


@dataclass(frozen=True, slots=True)
class Copied:
    """One copy: items, pages, bytes, seconds, and the first page."""

    items: int
    pages: int
    size: int
    seconds: float
    first: bytes


def measure_first_copy(site: Site, database: Database, plan: Plan) -> tuple[Row, Remarks]:
    """Copy everything RUNS times on one connection: the fastest counts; beside it a bare application that sends as many bytes."""
    items = _count(site)
    before, busy = site.server.own_memory(), site.server.cpu_seconds()
    copied = min((_copy(site, items) for _ in range(RUNS)), key=lambda each: each.seconds)
    growth = max(0, site.server.own_memory() - before)
    busy = site.server.cpu_seconds() - busy
    seconds = min(_bare_copy(copied, plan) for _ in range(RUNS))
    row = Row(
        NAME,
        database.kind,
        site.loaded.items,
        requests_per_second=copied.items / copied.seconds,
        cpu_us=busy * 1e6 / (RUNS * max(1, copied.items)),
        bytes=growth,
        share_of_bare_wsgi=seconds / copied.seconds,
    )
    text = f"items per second and growth of memory; {copied.items:,} items, {copied.size / 2**20:.0f} MB in {copied.pages} pages"
    return row, Remarks(text=text, errors=int(copied.items < site.loaded.items))


def _count(site: Site) -> int:
    """The items of a copy; counted beforehand, because a search in a page takes a third as long as making it."""
    return sum(body.count(b'{"op":"upsert"') for body in _pages(site))


def _copy(site: Site, items: int) -> Copied:
    """Follow the pages to the end; what they say is not read, so that the reader is no part of the figure."""
    began, pages, first = time.perf_counter(), list[int](), b""
    for body in _pages(site):
        first = first or body
        pages.append(len(body))
    return Copied(items, len(pages), sum(pages), time.perf_counter() - began, first)


def _pages(site: Site) -> Iterator[bytes]:
    headers = {"Authorization": f"Bearer {site.loaded.delivery_key}"}
    connection, address = http.client.HTTPConnection(*site.server.address, timeout=60), START
    try:
        is_complete = False
        while not is_complete:
            body = _asked(connection, address, headers)
            yield body
            address, is_complete = local_path(position_after(body)), b'"complete":true' in body[-500:]
    finally:
        connection.close()


def _bare_copy(copied: Copied, plan: Plan) -> float:
    """Seconds for as many pages of the size of the first one from an application that does nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        bare.keep_answer(Path(folder), [("Content-Type", "application/json")], copied.first)
        environment = {bare.VARIABLE: folder}
        with serving("bench.bare:app", threads=plan.threads, environment=environment, ready_path="/") as server:
            connection = http.client.HTTPConnection(*server.address, timeout=60)
            began = time.perf_counter()
            for _ in range(max(1, copied.size // len(copied.first))):
                _asked(connection, "/", {})
            seconds = time.perf_counter() - began
            connection.close()
    return seconds


def _asked(connection: http.client.HTTPConnection, address: str, headers: Mapping[str, str]) -> bytes:
    connection.request("GET", address, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise ScenarioError(f"{address}: {answer.status} {body[:500]!r}")
    return body
