"""Do web processes share the limits of readers?"""

from __future__ import annotations

from collections.abc import Iterator

from cms.cli.doctor.findings import Finding, ok, warning
from cms.core.shared_limits import asked_version
from config import Settings


def check_redis(settings: Settings) -> Iterator[Finding]:
    """Only with REDIS_URL: whether it answers, and what is different while it does not."""
    if not settings.redis_url:
        return
    try:
        yield ok(f"Redis {asked_version(settings)} answers: web processes share the limits of readers.")
    except ConnectionError as error:
        yield warning(
            f"Redis (REDIS_URL) does not answer ({error}): each web process counts by itself, so readers may send as many times more"
            " than their limit as there are web processes. Nothing else is different."
        )
