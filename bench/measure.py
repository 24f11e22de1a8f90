"""Measure one scenario: warm up, drive, processor time, SQL statements, and the bare application beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import bare
from bench.databases import Database
from bench.load import LoadResult, drive
from bench.report import Remarks, Row
from bench.scenarios import Scenario, Site
from bench.server import Answer, Server, serving
from bench.statements import WARM_REQUESTS, count
from bench.wire import Request

WARM_SECONDS = 0.7
COUNTED_REQUESTS = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What all scenarios of a run share: seconds of one measurement, threads of the web process."""

    seconds: float
    threads: int


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run of the driver with the processor time it cost the server and the database, per request."""

    load: LoadResult
    cpu_us: float
    database_cpu_us: float


def measure(scenario: Scenario, site: Site, database: Database, plan: Plan) -> tuple[Row, Remarks]:
    """Measure `scenario` on the running site."""
    requests = scenario.build(site)
    counted, driven = _divided(requests, scenario)
    run = _drive(scenario, site.server, [each.encoded("localhost") for each in driven], database, plan)
    memory = site.server.memory().pss
    statements = count(counted, database.environment)
    baseline = _bare_run(scenario, site, driven, plan) if scenario.has_bare else None
    row = Row(
        name=scenario.name,
        database=database.kind,
        items=site.loaded.items,
        requests_per_second=run.load.requests_per_second,
        p50_ms=run.load.p50_ms,
        p99_ms=run.load.p99_ms,
        cpu_us=run.cpu_us,
        sql_statements=statements,
        bytes=run.load.bytes // max(1, run.load.requests),
        share_of_bare_wsgi=None if baseline is None else _share(run, baseline),
    )
    return row, _remarks(run, baseline, database, memory)


def _divided(requests: Sequence[Request], scenario: Scenario) -> tuple[Sequence[Request], Sequence[Request]]:
    """The requests whose statements are counted, and those that are driven; what can be sent once is in one of them only."""
    number = WARM_REQUESTS + COUNTED_REQUESTS
    if scenario.once:
        return requests[-number:], requests[:-number]
    return [requests[n % len(requests)] for n in range(number)], requests


def _drive(scenario: Scenario, server: Server, requests: Sequence[bytes], database: Database, plan: Plan) -> Run:
    if not scenario.once:
        # It begins in the middle, so that the measured run does not repeat what the cache still holds.
        drive(
            server.address, requests, connections=scenario.connections, seconds=WARM_SECONDS, first=len(requests) // 2
        )
    web, stored = server.cpu_seconds(), database.cpu_seconds()
    load = drive(server.address, requests, connections=scenario.connections, seconds=plan.seconds, once=scenario.once)
    micros = 1e6 / max(1, load.requests)
    return Run(load, (server.cpu_seconds() - web) * micros, (database.cpu_seconds() - stored) * micros)


def _bare_run(scenario: Scenario, site: Site, requests: Sequence[Request], plan: Plan) -> Run:
    """The same requests against a bare application that returns the bytes of one of the answers."""
    with kept_bare(site, requests[0], plan) as server:
        encoded = [each.encoded("localhost") for each in requests]
        return _drive(scenario, server, encoded, NO_DATABASE, plan)


@contextmanager
def kept_bare(site: Site, request: Request, plan: Plan) -> Iterator[Server]:
    """A bare application that returns the bytes of the answer to this request."""
    sample = _sample(site, request)
    with tempfile.TemporaryDirectory() as folder:
        bare.keep_answer(Path(folder), sample.headers, sample.body)
        environment = {bare.VARIABLE: folder}
        with serving("bench.bare:app", threads=plan.threads, environment=environment, ready_path="/") as server:
            yield server


def _sample(site: Site, request: Request) -> Answer:
    """The full answer to `request`, also when it asks for changes only."""
    headers = {name: value for name, value in request.headers.items() if name != "If-None-Match"}
    return site.answer(Request(request.path, request.method, headers))


def _share(run: Run, baseline: Run) -> float:
    """The lower of two shares: a driver that was too slow for the bare application flatters the first one only, a
    database on the same core is missing from the second one.
    """
    by_rate = run.load.requests_per_second / baseline.load.requests_per_second
    by_time = baseline.cpu_us / run.cpu_us if run.cpu_us else by_rate
    return min(by_rate, by_time)


def _remarks(run: Run, baseline: Run | None, database: Database, memory: int) -> Remarks:
    slower = run.load if baseline is None else max(run.load, baseline.load, key=lambda load: load.driver_share)
    return Remarks(
        tool=run.load.tool,
        errors=run.load.errors,
        driver_share=slower.driver_share,
        bare_requests_per_second=None if baseline is None else baseline.load.requests_per_second,
        database_cpu_us=run.database_cpu_us if database.kind == "postgresql" else None,
        memory_bytes=memory,
    )


NO_DATABASE = Database("none", {}, lambda: 0.0)
