"""Figures of this server in the Prometheus text format (version 0.0.4), read when somebody asks."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable

from cms.core.reading import Reader

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOG = """
SELECT 'log', sequence FROM change_head WHERE id = 1
UNION ALL
SELECT name, sequence FROM consumer_positions
"""


def metrics_text(reader: Reader) -> str:
    """All figures; one small statement."""
    positions: dict[str, int] = dict(reader.rows(_LOG, {}))  # type: ignore[arg-type]
    newest = positions.pop("log", 0)
    lines = [
        *_metric("simpul_log_sequence", "gauge", "Newest position of the change log.", [("", newest)]),
        *_metric(
            "simpul_consumer_lag",
            "gauge",
            "Lines of the change log that a consumer has still to read.",
            [(f'{{consumer="{name}"}}', newest - sequence) for name, sequence in sorted(positions.items())],
        ),
        *_metric(
            "process_cpu_seconds_total",
            "counter",
            "Processor time of this web process.",
            [("", round(time.process_time(), 3))],
        ),
        *_metric(
            "process_peak_resident_memory_bytes",
            "gauge",
            "Largest resident memory that this web process has had.",
            [("", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)],
        ),
    ]
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, meaning: str, samples: Iterable[tuple[str, float]]) -> list[str]:
    return [
        f"# HELP {name} {meaning}",
        f"# TYPE {name} {kind}",
        *(f"{name}{labels} {value}" for labels, value in samples),
    ]
