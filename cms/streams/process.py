"""The process of streams, beside a web server or by itself. Its server is loaded in it alone: the other processes do without."""

from __future__ import annotations

import resource
from importlib import import_module
from typing import Any

from flask import Flask

from cms.core.metrics import PROCESSES
from cms.health.readiness import begin_checks
from cms.health.services import STREAMS
from cms.worker import start_web_tasks
from config import Settings


def be_streams(app: Flask) -> None:
    """Be that process until it is told to stop."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Every request that waits is an open file; the usual limit is 1,024.
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    PROCESSES.labels("streams").set(1)
    start_web_tasks(app, STREAMS)
    share_limits(app, app.extensions["simpul"].settings)
    begin_checks(app)
    import_module("cms.streams.server").run_streams(app)


def share_limits(app: Flask, settings: Settings) -> None:
    """Share what readers have used with the other processes, where there is a Redis."""
    if settings.redis_url:
        sharing: Any = import_module("cms.core.shared_limits")
        sharing.start_sharing(settings, app.extensions["simpul_delivery"].limits.untold)
