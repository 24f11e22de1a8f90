"""Did processes of the running server end unexpectedly?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cms.cli.doctor.findings import Finding, ok, warning
from cms.core.metrics import ProcessesCollector
from config import Settings

RESPAWNS: Final = (
    ("web process", "simpul_web_respawns_total", "web_process_ended"),
    ("worker", "simpul_worker_respawns_total", "worker_ended"),
)


def check_respawns(settings: Settings) -> Iterator[Finding]:
    """Web processes and workers that were restarted since the running server of this instance started."""
    figures = ProcessesCollector(Path(settings.instance_path))
    for kind, figure, event in RESPAWNS:
        times = round(figures.value(figure))
        if times:
            yield warning(f"A {kind} ended by itself {times} times; `{event}` in the log says when and how.")
        else:
            yield ok(f"No {kind} has ended by itself.")
