"""Whether this server is ready: the checks of this process, whose results are kept for five seconds. `/readyz` and the status page tell them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import Flask, current_app
from flask.sansio.app import App

from cms.core.runtime import Runtime, runtime
from cms.health.checks import Check, check_database, check_migrations, check_positions, check_storage
from cms.health.kept_checks import KeptChecks
from config import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "migrations"
CHECKS = "simpul_checks"
CHECK_NAMES = ("database", "migrations", "storage")


def keep_checks(app: App) -> None:
    """Give an application its own kept results."""
    found: Runtime = app.extensions["simpul"]
    kept = app.extensions[CHECKS] = KeptChecks(found.bulkhead, CHECK_NAMES)
    found.remember(kept.forget)


def readiness() -> Sequence[Check]:
    """The results, at most five seconds old; what has not answered after two is not ready.

    Raises `Unavailable` when there are none yet and no place to wait for them.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way to another thread
    checks: KeptChecks = app.extensions[CHECKS]
    return checks.results(partial(_run_checks, app))


def begin_checks(app: Flask) -> None:
    """Run the checks for the first time, so that the first caller finds a result; each web process calls this at its start."""
    app.extensions[CHECKS].begin(partial(_run_checks, app))


def _run_checks(app: Flask) -> list[Check]:
    """Check database and storage, on a thread that ends with this."""
    with app.app_context():
        database = check_database(runtime().reader)
        migrations = check_migrations(MIGRATIONS) if database.ok else Check("migrations", False, database.text)
        found = [database, migrations, check_storage(runtime())]
        return [*found, check_positions()] if migrations.ok else found
