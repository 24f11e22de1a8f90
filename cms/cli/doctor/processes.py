"""Did processes of the running server end unexpectedly?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cms.cli.doctor.findings import Finding, ok, warning
from cms.core.metrics import ProcessesCollector
from config import Settings


def check_respawns(settings: Settings) -> Iterator[Finding]:
    """Web processes that were restarted since the running server of this instance started."""
    times = round(ProcessesCollector(Path(settings.instance_path)).value("simpul_web_respawns_total"))
    if times:
        yield warning(f"A web process ended by itself {times} times; `web_process_ended` in the log says when and how.")
    else:
        yield ok("No web process has ended by itself.")
