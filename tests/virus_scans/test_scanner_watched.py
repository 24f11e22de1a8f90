"""What those who run the server learn of the virus scanner, and the files that were there before it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from cms.cli.doctor.findings import Level
from cms.cli.doctor.worker import check_virus_scanner
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.dead_letters.queries import waiting
from cms.core.dead_letters.services import set_aside
from cms.core.runtime import runtime
from cms.documents.models import DocumentFile
from cms.documents.services import expect_unscanned
from cms.documents.tasks import queue_unscanned, scan_waiting, sweep_orphans
from cms.health.services import Run, note_runs
from cms.health.state import background_state
from cms.publishing.models import PublicationFile
from cms.virus_scans.clamd import ScanError
from cms.virus_scans.models import VirusScan
from cms.virus_scans.queries import QUEUE
from cms.worker import scanning_tasks
from tests.conftest import counted_statements
from tests.documents.published_files import Published
from tests.documents.uploads import fresh_storage, send, use_storage
from tests.people import People
from tests.virus_scans.scanners import CLEAN, saying, scanner


@pytest.fixture
def before(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, people: People, city: None) -> Published:
    """A published document with two files from a time without a scanner."""
    fresh_storage(app, monkeypatch, tmp_path)
    found = Published(app, people)
    send(found.editor, found.id, b"nama;nilai\na;1\n", "data.csv")
    found.add()
    found.transition("publish")
    return found


def rows(app: Flask) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(VirusScan)) or 0


def test_without_a_scanner_nothing_waits_and_everybody_is_told(
    app: Flask, client: FlaskClient, before: Published
) -> None:
    assert (before.get().status_code, rows(app)) == (200, 0)
    assert client.get("/readyz").json["virus_scan"] == "off"  # type: ignore[index]
    assert "simpul_scanner_silent_timestamp_seconds 0.0" in client.get("/metrics").text
    with app.app_context():
        assert (queue_unscanned(), scanning_tasks(runtime().settings, 1.0)) == (False, [])
        (finding,) = check_virus_scanner(runtime().settings)
    assert (finding.level, finding.sentence) == (
        Level.WARNING, "CLAMD_URL is not set: files are published without a virus scan.",
    )  # fmt: skip


def test_files_of_the_time_before_are_held_queued_and_released(
    app: Flask, client: FlaskClient, before: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scanner(saying(CLEAN)) as stranger:
        use_storage(app, monkeypatch, app.extensions["simpul"].storage, clamd_url=stranger.url)
        assert (before.get().status_code, client.get("/readyz").json["virus_scan"]) == (404, "on")  # type: ignore[index]
        with app.app_context():
            assert (queue_unscanned(), expect_unscanned()) == (False, 0)
            assert rows(app) == 2
            assert [task.name for task in scanning_tasks(runtime().settings, 1.0)] == ["virus_scans"]
            while scan_waiting():
                pass
            (finding,) = check_virus_scanner(runtime().settings)
        assert (before.get().status_code, len(stranger.bodies)) == (200, 2)
    assert (finding.level, "0 files wait" in finding.sentence) == (Level.OK, True)


def test_doctor_says_that_the_scanner_does_not_answer_or_that_nobody_asks_it(
    app: Flask, before: Published, monkeypatch: pytest.MonkeyPatch, moment: Callable[[timedelta], None]
) -> None:
    storage = app.extensions["simpul"].storage
    use_storage(app, monkeypatch, storage, clamd_url="unix:/no/such/clamd.ctl")
    with app.app_context():
        (finding,) = check_virus_scanner(runtime().settings)
    assert (finding.level, "does not answer" in finding.sentence) == (Level.RED, True)
    with scanner(saying(CLEAN)) as stranger:
        use_storage(app, monkeypatch, storage, clamd_url=stranger.url)
        with app.app_context():
            queue_unscanned()
            moment(timedelta(minutes=6))
            (finding,) = check_virus_scanner(runtime().settings)
    assert (finding.level, "is a worker running" in finding.sentence) == (Level.RED, True)


def test_a_long_queue_that_gets_shorter_is_no_silence(
    app: Flask, before: Published, monkeypatch: pytest.MonkeyPatch, moment: Callable[[timedelta], None]
) -> None:
    use_storage(app, monkeypatch, app.extensions["simpul"].storage, clamd_url="tcp://127.0.0.1:9")
    with app.app_context():
        queue_unscanned()
        began = clock.now()
        moment(timedelta(minutes=10))
        assert background_state().scanner_silent_at == began
        note_runs([Run.success("virus_scans")])
        assert background_state().scanner_silent_at == began + timedelta(minutes=10)


def test_a_file_is_still_found_in_one_statement_beside_the_heads(app: Flask, before: Published) -> None:
    before.get().get_data()
    with counted_statements(app) as statements:
        assert before.get().status_code == 200
    assert sum("virus_scans" in statement for statement in statements) == 1
    assert len(statements) <= 2


def test_what_is_known_of_bytes_goes_with_them(app: Flask, before: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = app.extensions["simpul"].storage
    use_storage(app, monkeypatch, storage, clamd_url="tcp://127.0.0.1:9")
    with app.app_context():
        queue_unscanned()
        digests = session.scalars(select(VirusScan.sha256)).all()
        set_aside(QUEUE, digests[0], ScanError("half an answer"))
        with unit_of_work() as unit:
            unit.session.execute(delete(PublicationFile))
            unit.session.execute(delete(DocumentFile))
        for digest in digests:
            os.utime(storage._path(digest), (0, 0))
        sweep_orphans()
        assert (len(digests), rows(app), waiting()) == (2, 0, [])
