"""How fast `cms audit verify` follows the log that the other scenarios have written, in lines per second."""

from __future__ import annotations

import time

from bench.databases import Database
from bench.report import Remarks, Row
from cms.application import create_app
from cms.changes.stored_lines import StoredLog
from cms.changes.verification import Verification, verify
from cms.core.db import db, session
from config import Settings

RUNS = 3


def measure_audit(database: Database, items: int) -> tuple[Row, Remarks]:
    """Follow the whole chain RUNS times: the fastest counts. A damaged log counts as an error."""
    app = create_app(Settings.from_environ(database.environment))
    with app.app_context():
        runs = [_timed() for _ in range(RUNS)]
        session.remove()
        db.engine.dispose()
    verdict, seconds = min(runs, key=lambda run: run[1])
    remarks = Remarks(text=f"{verdict.followed:,} lines", errors=0 if verdict.finding is None else 1)
    return Row("audit_verify", database.kind, items, requests_per_second=verdict.followed / seconds), remarks


def _timed() -> tuple[Verification, float]:
    began = time.perf_counter()
    log = StoredLog()
    verdict = verify(log, log.head)
    return verdict, time.perf_counter() - began
