"""Adds one file in a process that dies at the named step; run by test_files_interrupted.py.

Arguments: the step (`writing`, `stored`, `flushed`, `committed`), the id of the document, the folder of the storage.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cms.application import create_app
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor, Role
from cms.core.storage.local import LocalStorage
from cms.documents.files import received
from cms.documents.services import add_file
from tests.documents.samples import CSV

STEP, DOCUMENT_ID, FOLDER = sys.argv[1:]
ACTOR = Actor(None, "uji", frozenset({(Role.CENTRAL_EDITOR, None)}))


def die() -> None:
    """As if the power had failed."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStorage(LocalStorage):
    """Dies once the bytes are under their digest."""

    def put(self, source: Path, digest: str) -> None:
        super().put(source, digest)
        if STEP == "stored":
            die()


def dying_finish(finish: Any) -> Any:
    def wrapped(unit: UnitOfWork) -> None:
        if STEP == "flushed":
            unit.session.flush()
            die()
        finish(unit)
        if STEP == "committed":
            die()

    return wrapped


def chunks() -> Iterator[bytes]:
    yield CSV
    if STEP == "writing":
        die()
    yield CSV


app = create_app()
app.extensions["simpul"] = replace(app.extensions["simpul"], storage=DyingStorage(Path(FOLDER)))
UnitOfWork.finish = dying_finish(UnitOfWork.finish)  # type: ignore[method-assign]
with app.app_context(), received(chunks(), "a.csv") as upload:
    add_file(ACTOR, DOCUMENT_ID, upload)
