"""Do readers get exactly what was published? A sample; `audit verify --content` checks everything."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from cms.cli.doctor.findings import Finding, ok, red
from cms.publishing.stored_content import item_numbers, prove_items
from config import Settings

SAMPLE = 100


def check_content(_settings: Settings) -> Iterator[Finding]:
    """Compare some items, others each time, with the digests in the log."""
    numbers = item_numbers()
    chosen = secrets.SystemRandom().sample(numbers, min(SAMPLE, len(numbers)))
    findings = list(prove_items(sorted(chosen))) if chosen else []
    if findings:
        yield from (red(f"Not as it was published: {finding.sentence()}") for finding in findings[:10])
        yield red(f"{len(findings)} findings among {len(chosen)} items: python -m cms audit verify --content")
    else:
        yield ok(f"{len(chosen)} of {len(numbers)} items are as they were published.")
