"""A worker that stops or is killed while a file is being read: nobody waits for the file, and no reader is left behind."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from cms.documents.files import received
from cms.documents.services import add_file
from tests.cli.servers import beside, database_settings, prepare, started
from tests.factories import CENTRAL, add_document
from tests.file_texts.samples import picture_of, scan
from tests.notifications.mail_servers import await_until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="Linux ends children with parents")]
STOP_SECONDS = 10
"""A page is read for up to 15 seconds, and this program would take a minute."""


def slow_tesseract(folder: Path) -> Path:
    """A program named tesseract that never comes to an end; the file tells its process."""
    folder.mkdir()
    program, told = folder / "tesseract", folder / "pid"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --list-langs ] && {{ echo ind; exit; }}\necho $$ > {told}.new\n'
        f"/bin/mv {told}.new {told}\nexec /bin/sleep 60\n"
    )
    program.chmod(0o755)
    return told


def add_scan(instance: Path, settings: dict[str, str]) -> None:
    """A document with a page that must be recognised."""
    with beside(instance, settings) as app:
        document = add_document(app, CENTRAL)
        with app.app_context(), received([scan(picture_of(["Keputusan"]))], "sk.pdf") as upload:
            add_file(CENTRAL, document.id, upload)


def is_running(pid: int) -> bool:
    """A process that has ended and that nobody has asked for is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_ends_waits_for_no_page_and_leaves_no_reader(tmp_path: Path, number: signal.Signals) -> None:
    told = slow_tesseract(tmp_path / "bin")
    instance = tmp_path / "instance"
    with database_settings(tmp_path) as database:
        settings = {**database, "WORKER_INTERVAL": "0.1", "LOG_LEVEL": "ERROR"}
        prepare(instance, **settings)
        add_scan(instance, settings)
        path = f"{told.parent}:{os.environ['PATH']}"
        with started(instance, tmp_path / "log", "worker", PATH=path, **settings) as worker:
            await_until(told.exists)
            reader = int(told.read_text())
            assert is_running(reader)
            worker.send_signal(number)
            worker.wait(STOP_SECONDS)
            await_until(lambda: not is_running(reader))
