"""Queues new bytes to be read, inside the unit of work that stores their file."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from cms.core import clock
from cms.core.db import UnitOfWork
from cms.file_texts.extracting import HAVE_TEXT
from cms.file_texts.models import FileText, TextState


def expect_text(unit: UnitOfWork, sha256: str, media_type: str) -> None:
    """Queue new bytes to be read; nothing for bytes that are known, or of a kind without text."""
    if media_type not in HAVE_TEXT:
        return
    dialect = postgresql if unit.session.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(FileText).values(
        sha256=sha256, media_type=media_type, state=TextState.RECEIVED.value, received_at=clock.now()
    )
    unit.session.execute(made.on_conflict_do_nothing())
