"""Scenarios of tests/test_services.py: what is read of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from cms.core.db import session
from cms.documents import services as documents
from cms.documents.personal_data import look_through
from cms.file_texts import services
from cms.file_texts.extracting import FoundText
from cms.file_texts.models import FileText, TextFault
from cms.file_texts.queries import list_pages
from tests.access.world import World

Act = Callable[[], Any]
FOUND = FoundText([(1, None, "Rencana kerja")], without_text=[2], pages=2)


def digest_of(world: World) -> str:
    """The digest of a file that waits to be read."""
    world.document_with_file()
    with world.app.app_context():
        return session.scalars(select(FileText.sha256)).first() or ""


def keep_text(world: World) -> Act:
    digest = digest_of(world)
    return lambda: services.keep_text(digest, FOUND)


def keep_fault(world: World) -> Act:
    digest = digest_of(world)
    return lambda: services.keep_fault(digest, TextFault.DAMAGED)


def keep_recognised(world: World) -> Act:
    digest = digest_of(world)
    with world.app.app_context():
        services.keep_text(digest, FOUND)
    return lambda: services.keep_recognised(digest, 2, "Lampiran")


def forget_texts(world: World) -> Act:
    digest = digest_of(world)
    with world.app.app_context():
        services.keep_text(digest, FOUND)
    return lambda: services.forget_texts([digest])


def keep_personal_data(world: World) -> Act:
    """Find a NIK in a file that is public."""
    world.document_with_file("published")
    with world.app.app_context():
        text = session.scalars(select(FileText)).one()
        services.keep_text(text.sha256, FoundText([(1, None, "NIK 6471014502900003")], without_text=[], pages=1))
        session.refresh(text)
        found = look_through(text, list_pages(text.sha256))
        session.expunge(text)
    return lambda: documents.keep_personal_data(text, found)


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "file_texts.keep_text": keep_text,
    "file_texts.keep_fault": keep_fault,
    "file_texts.keep_recognised": keep_recognised,
    "file_texts.forget_texts": forget_texts,
    "documents.keep_personal_data": keep_personal_data,
}
SILENT = frozenset(SCENARIOS) - {"documents.keep_personal_data"}
