"""The table that `make bench` prints, and bench/results.json with the same figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.load import SATURATED

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line; the names are fixed by the API conventions. None: does not apply.

    `cpu_us`: processor time of the web process per request in microseconds. `bytes`: of one answer with its headers; for
    `idle_memory` the memory. `share_of_bare_wsgi`: the lower of the shares by requests per second and by processor time.
    """

    name: str
    database: str
    items: int
    requests_per_second: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_us: float | None = None
    sql_statements: float | None = None
    bytes: int | None = None
    share_of_bare_wsgi: float | None = None


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the reader of a line must know beside its figures."""

    tool: str = ""
    errors: int = 0
    driver_share: float = 0.0
    bare_requests_per_second: float | None = None
    database_cpu_us: float | None = None
    memory_bytes: int | None = None
    """Of the web process after the measurement."""
    text: str = ""

    def sentence(self) -> str:
        """All remarks in one line."""
        parts = [self.text] if self.text else []
        if self.errors:
            parts.append(f"{self.errors} ERRORS")
        if self.bare_requests_per_second is not None:
            parts.append(f"bare {self.bare_requests_per_second:,.0f}/s")
        if self.database_cpu_us is not None:
            parts.append(f"database {self.database_cpu_us:.0f} us")
        if self.memory_bytes is not None:
            parts.append(f"{self.memory_bytes / 2**20:.0f} MB")
        if self.tool:
            saturated = " SATURATED: the server could do more" if self.driver_share >= SATURATED else ""
            parts.append(f"{self.tool} {self.driver_share:.0%}{saturated}")
        return "; ".join(parts)


COLUMNS = (
    ("name", "scenario", 18),
    ("database", "database", 10),
    ("items", "items", 8),
    ("requests_per_second", "req/s", 9),
    ("p50_ms", "p50 ms", 8),
    ("p99_ms", "p99 ms", 8),
    ("cpu_us", "cpu us", 8),
    ("sql_statements", "SQL", 5),
    ("bytes", "bytes", 12),
    ("share_of_bare_wsgi", "of bare", 8),
)


def heading() -> str:
    """The first two lines of the table."""
    titles = " ".join(_aligned(title, width, left=field in {"name", "database"}) for field, title, width in COLUMNS)
    return f"{titles}  bar, remarks\n" + "-" * (len(titles) + 14)


def line(row: Row, verdict: str, remarks: Remarks) -> str:
    """One line of the table."""
    cells = [_aligned(_text(row, name), width, left=name in {"name", "database"}) for name, _, width in COLUMNS]
    return f"{' '.join(cells)}  {'; '.join(part for part in (verdict, remarks.sentence()) if part)}"


def write_results(rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Write the figures: a list of objects with the fields of `Row`."""
    path.write_text(json.dumps([_rounded(row) for row in rows], indent=2) + "\n")


def _rounded(row: Row) -> dict[str, object]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(row).items()}


def _text(row: Row, name: str) -> str:
    value = getattr(row, name)
    if value is None:
        return "-"
    if name in {"items", "bytes"} or name == "requests_per_second":
        return f"{value:,.0f}"
    if name in {"p50_ms", "p99_ms"}:
        return f"{value:.2f}"
    if name in {"cpu_us", "sql_statements"}:
        return f"{value:.4g}" if name == "sql_statements" else f"{value:.0f}"
    return f"{value:.0%}" if name == "share_of_bare_wsgi" else str(value)


def _aligned(text: str, width: int, *, left: bool) -> str:
    return text.ljust(width) if left else text.rjust(width)
