"""What is known about viruses in a file, as editors see it."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.runtime import runtime
from cms.virus_scans.models import ScanState, VirusScan


def render_scan(scan: VirusScan | None) -> dict[str, Any] | None:
    """What is known of a file; None when nothing is known and there is no scanner."""
    if scan is None:
        waits = {"state": ScanState.WAITING.value, "finding": None, "scanned_at": None}
        return waits if runtime().settings.clamd_url else None
    at = None if scan.scanned_at is None else rfc3339(scan.scanned_at)
    return {"state": scan.state, "finding": scan.finding, "scanned_at": at}
