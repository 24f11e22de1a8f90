"""The bars that each scenario is held to, as data, and whether a line reaches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.report import Row

LABELS = {
    "requests_per_second": "req/s",
    "share_of_bare_wsgi": "share",
    "cpu_us": "cpu us",
    "sql_statements": "SQL",
    "bytes": "bytes",
    "p50_ms": "ms",
    "p99_ms": "p99 ms",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit for one figure of one scenario; `of` makes it a multiple of another scenario's figure in the same database."""

    scenario: str
    figure: str
    limit: float
    at_most: bool = False
    database: str | None = None
    of: str | None = None

    def verdict(self, row: Row, rows: Sequence[Row]) -> str | None:
        """`ok req/s >= 2,000`, or `MISSED ...`; None when the bar does not apply or cannot be judged from these rows."""
        value = getattr(row, self.figure)
        limit = self._limit_in(row, rows)
        if row.name != self.scenario or self.database not in {None, row.database} or value is None or limit is None:
            return None
        reached = value <= limit if self.at_most else value >= limit
        return (
            f"{'ok' if reached else 'MISSED'} {LABELS[self.figure]} {'<=' if self.at_most else '>='} {_readable(limit)}"
        )

    def _limit_in(self, row: Row, rows: Sequence[Row]) -> float | None:
        if self.of is None:
            return self.limit
        other = next((found for found in rows if found.name == self.of and found.database == row.database), None)
        base = None if other is None else getattr(other, self.figure)
        return None if base is None else base * self.limit


def _readable(limit: float) -> str:
    return f"{limit:,.0f}" if limit >= 10 else f"{limit:.3g}"


BARS = (
    Bar("list_uncached", "requests_per_second", 2000, database="sqlite"),
    Bar("list_uncached", "requests_per_second", 1000, database="postgresql"),
    Bar("detail", "requests_per_second", 1, of="list_uncached"),
    *(
        Bar(scenario, "share_of_bare_wsgi", share, database=database)
        for scenario, database, share in (
            ("list_uncached", "sqlite", 0.095),
            ("detail", "sqlite", 0.14),
            ("list_uncached", "postgresql", 0.055),
            ("detail", "postgresql", 0.075),
        )
    ),
    Bar("cursor_deep", "requests_per_second", 1 / 1.3, of="list_uncached"),
    Bar("filter_agency_tag", "requests_per_second", 1 / 1.3, of="list_uncached"),
    Bar("list_reposts", "requests_per_second", 1 / 1.3, of="list_channel"),
    Bar("list_reposts", "sql_statements", 2, at_most=True),
    *(
        Bar(scenario, "share_of_bare_wsgi", share, database=database)
        for scenario in ("list_repeated", "detail_repeated", "feed_repeated", "list_not_modified")
        for database, share in (("sqlite", 0.55), ("postgresql", 0.45))
    ),
    # Within what two runs of the same thing differ.
    Bar("sync_no_news", "requests_per_second", 0.9, of="list_not_modified"),
    Bar("sync_no_news", "sql_statements", 1, at_most=True),
    # What is counted are items; `bytes` is how much the memory of the server grows.
    Bar("sync_first", "requests_per_second", 20_000),
    Bar("sync_first", "cpu_us", 50, at_most=True),
    Bar("sync_first", "bytes", 30 * 2**20, at_most=True),
    Bar("publish", "requests_per_second", 120, database="sqlite"),
    Bar("list_uncached", "sql_statements", 2, at_most=True),
    Bar("detail", "sql_statements", 1, at_most=True),
    Bar("cursor_deep", "sql_statements", 2, at_most=True),
    Bar("filter_agency_tag", "sql_statements", 2, at_most=True),
    Bar("list_100", "sql_statements", 2, at_most=True),
    Bar("list_not_modified", "sql_statements", 1, at_most=True),
    # What is counted are lines of the log.
    Bar("audit_verify", "requests_per_second", 20_000),
    Bar("webhooks", "p99_ms", 5_000, at_most=True),
    Bar("webhooks", "bytes", 150 * 2**20, at_most=True),
    Bar("webhooks_published", "p99_ms", 2_000, at_most=True),
    Bar("streams_open", "requests_per_second", 0.95, of="streams_none"),
    Bar("streams_published", "p99_ms", 1_000, at_most=True),
    # Web server, worker and the process of streams.
    Bar("idle_memory", "bytes", 260 * 10**6, at_most=True),
    Bar("start", "p50_ms", 1500, at_most=True),
)


def verdict(row: Row, rows: Sequence[Row]) -> str:
    """What the bars say about a line; empty when there is none for it."""
    return ", ".join(found for bar in BARS if (found := bar.verdict(row, rows)) is not None)
