"""Are the settings safe?"""

from __future__ import annotations

from collections.abc import Iterator

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core.setting_problems import setting_problems
from config import Settings

LEAST_THREADS = 2


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Unsafe settings, and those that are only unwise in production."""
    problems = setting_problems(settings)
    yield from (red(sentence) for sentence in problems)
    if settings.environment != "production":
        yield warning("ENVIRONMENT is development: production checks of the settings are off.")
    elif settings.proxy_hops == 0:
        yield warning("PROXY_HOPS is 0: without a buffering proxy a slow sender or receiver holds a thread.")
    elif settings.web_threads < LEAST_THREADS:
        yield warning("WEB_THREADS is 1: one request that waits blocks all others.")
    elif not problems:
        yield ok("The settings are fit for production.")
