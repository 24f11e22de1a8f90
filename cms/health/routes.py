"""The service plane for whoever runs the server: `/healthz`, `/readyz`, `/metrics`. Shows no content."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any

from flask import Response, request
from flask.sansio.blueprints import BlueprintSetupState

from cms.core import clock
from cms.core.errors import NotFound, Unauthenticated, Unavailable
from cms.core.http.access import Plane, public
from cms.core.http.api import Blueprint
from cms.core.http.forwarding import UNTOLD, is_nobodys
from cms.core.runtime import runtime
from cms.health import metrics
from cms.health.readiness import keep_checks, readiness
from cms.health.schemas import LivenessSchema, ReadinessSchema

blp = Blueprint("service", __name__)
LOOPBACK = {"127.0.0.1", "::1"}


@blp.record
def keep_results(state: BlueprintSetupState) -> None:
    """Give each application its own kept results."""
    keep_checks(state.app)


@blp.route("/healthz")
@public(Plane.SERVICE)
@blp.response(200, LivenessSchema)
def read_liveness() -> Any:
    """Say that this process answers; touches nothing else."""
    return {"status": "ok"}, 200, {"Cache-Control": "no-store", **_about_proxy()}


def _about_proxy() -> dict[str, str]:
    """For `doctor`, which calls through the proxy: was a made-up address trusted, or did the proxy send none?"""
    if is_nobodys(request.remote_addr):
        return {"X-Believed-Address": str(request.remote_addr)}
    return {"X-Believed-Address": "none"} if UNTOLD in request.environ else {}


@blp.route("/readyz")
@public(Plane.SERVICE)
@blp.response(200, ReadinessSchema)
@blp.problems(503)
def read_readiness() -> Any:
    """Say whether database, migrations and file storage are ready for work.

    The result is kept for five seconds, and what has not answered after two is not ready. When something is missing the answer
    is 503 and names it.
    """
    checks = readiness()
    if failed := [check.name for check in checks if not check.ok]:
        raise Unavailable("not_ready", headers={"Retry-After": "5"}, failed=", ".join(failed))
    scans = "on" if runtime().settings.clamd_url else "off"
    body = {"status": "ok", "time": clock.rfc3339(clock.now()), "virus_scan": scans, "checks": checks}
    return body, 200, {"Cache-Control": "no-store"}


@blp.route("/metrics")
@public(Plane.SERVICE, own_token=True)
@blp.response(200, {"type": "string"}, content_type="text/plain", example="simpul_log_sequence 48213\n")
@blp.problems(401, 404, 503)
def read_metrics() -> Response:
    """Figures for monitoring, in the Prometheus text format.

    Takes the token of the setting METRICS_TOKEN. Without that setting they are shown in development only, and only to
    this machine.
    """
    _admit_monitor()
    text = metrics.metrics_text(Path(runtime().settings.instance_path))
    return Response(text, content_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _admit_monitor() -> None:
    settings = runtime().settings
    header = request.headers.get("Authorization")
    if not settings.metrics_token:
        if header is not None:
            raise Unauthenticated("invalid_token")
        # In production a proxy on the same machine would make every caller look local.
        if settings.environment == "production" or request.remote_addr not in LOOPBACK:
            raise NotFound
        return
    if header is None:
        raise Unauthenticated
    scheme, _, token = header.partition(" ")
    given = token.strip().encode("utf-8", "replace")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given, settings.metrics_token.encode()):
        raise Unauthenticated("invalid_token")
