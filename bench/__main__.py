"""`make bench`, or `python -m bench [SCENARIO ...]`: measure one web process on one core, driven from another.

Beside each line of the delivery plane runs a bare WSGI application under the same server that returns the same bytes.

BENCH_ITEMS     posts to load (default 10000)
BENCH_SECONDS   length of one measurement (default 4)
BENCH_DATABASE  sqlite, postgresql or both (default both)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.audit import measure_audit
from bench.bars import verdict
from bench.copying import NAME as FIRST_COPY
from bench.copying import measure_first_copy
from bench.databases import KINDS, Database, fresh_database
from bench.idle import measure_idle
from bench.load import CORES, driver_core, pin_to
from bench.loading import load
from bench.measure import Plan, measure
from bench.report import RESULTS, Remarks, Row, heading, line, write_results
from bench.scenarios import Loaded, Scenario, Site, chosen
from bench.server import serving
from bench.streams import NAME as STREAMS
from bench.streams import measure_streams
from bench.webhooks import NAME as WEBHOOKS
from bench.webhooks import PUBLICATIONS, measure_webhooks
from config import Settings

# More than can be published in a second; those that are counted and not driven are among them.
DRAFTS_PER_SECOND = 800
# A few answers of 12 KB: what is asked for again was pushed out long before.
SMALL_CACHE_BYTES = 60_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What to run."""

    items: int
    seconds: float
    databases: Sequence[str]
    scenarios: Sequence[Scenario]
    copies: bool
    """Whether a first copy is measured."""
    webhooks: bool
    """Whether webhooks are: by name alone."""
    streams: bool
    """Whether streams are: by name alone."""

    @classmethod
    def made(cls) -> Choice:
        """Read the environment and the arguments. Raises `ValueError`."""
        database, names = os.environ.get("BENCH_DATABASE", "both"), sys.argv[1:]
        if database not in {*KINDS, "both"}:
            raise ValueError(f"BENCH_DATABASE={database!r}: sqlite, postgresql or both")
        rest = [name for name in names if name not in {FIRST_COPY, WEBHOOKS, STREAMS}]
        return cls(
            items=int(os.environ.get("BENCH_ITEMS", "10000")),
            seconds=float(os.environ.get("BENCH_SECONDS", "4")),
            databases=KINDS if database == "both" else (database,),
            scenarios=[] if names and not rest else chosen(rest),
            copies=not names or FIRST_COPY in names,
            webhooks=WEBHOOKS in names,
            streams=STREAMS in names,
        )

    def drafts(self) -> int:
        """How many posts must wait to be published."""
        return (
            PUBLICATIONS
            if (self.webhooks or self.streams) and not self.scenarios
            else int(DRAFTS_PER_SECOND * self.seconds)
        )


def measured(choice: Choice, database: Database, loaded: Loaded) -> Iterator[tuple[Row, Remarks]]:
    """Measure every chosen scenario on a loaded database, then the proof of its log and the whole system at rest."""
    plan = Plan(seconds=choice.seconds, threads=Settings().web_threads)
    for cached in (False, True):
        group = [scenario for scenario in choice.scenarios if scenario.cached == cached]
        environment = {**database.environment, **({} if cached else {"DELIVERY_CACHE_BYTES": str(SMALL_CACHE_BYTES)})}
        copies = choice.copies and not cached
        if not group and not copies:
            continue
        with serving("wsgi:app", threads=plan.threads, environment=environment, ready_path="/healthz") as server:
            for scenario in group:
                yield measure(scenario, Site(server, loaded), database, plan)
            if copies:
                yield measure_first_copy(Site(server, loaded), database, plan)
    if choice.webhooks:
        yield from measure_webhooks(database, loaded)
    if choice.streams:
        yield from measure_streams(database, loaded, plan)
    if len(sys.argv) == 1:
        yield measure_audit(database, loaded.items)
        yield from measure_idle(database, loaded.items)


def run(choice: Choice) -> bool:
    """Run the benchmark and print it line by line; False when a request failed. A missed bar is only said: machines differ."""
    rows: list[Row] = []
    good = True
    print(heading(), flush=True)
    for kind in choice.databases:
        with fresh_database(kind) as database:
            loaded = load(database, choice.items, drafts=choice.drafts())
            for row, remarks in measured(choice, database, loaded):
                rows.append(row)
                good = good and not remarks.errors
                print(line(row, verdict(row, rows), remarks), flush=True)
    write_results(rows)
    print(f"\nFigures: {RESULTS.relative_to(RESULTS.parent.parent)}")
    return good


def main() -> None:
    """Measure; exit code 1 when an answer was an error."""
    try:
        choice = Choice.made()
    except ValueError as error:
        sys.exit(str(error))
    if len(CORES) < 2:
        print("One core, or no way to pin processes: server and driver share it, so the figures are too low.\n")
    pin_to(driver_core())
    sys.exit(0 if run(choice) else 1)


if __name__ == "__main__":
    main()
