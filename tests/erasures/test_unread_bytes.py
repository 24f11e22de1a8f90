"""Bytes that are erased before the worker has scanned or read them leave nothing behind in its queues."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cms.core.db import session
from cms.core.dead_letters.models import DeadLetter
from cms.core.dead_letters.services import set_aside
from cms.documents.tasks import scan_waiting
from cms.file_texts.queries import QUEUE as TEXTS
from cms.file_texts.tasks import read_waiting
from cms.virus_scans.models import VirusScan
from tests.documents.uploads import fresh_storage
from tests.erasures.orders import CSV, Orders
from tests.virus_scans.scanners import CLEAN, Scanner, saying, scanner

NO_ANSWER = b"stream: Can't allocate memory ERROR\0"


@pytest.fixture
def stranger() -> Iterator[Scanner]:
    """A scanner that finds every file clean, until a test says otherwise."""
    with scanner(saying(CLEAN)) as found:
        yield found


@pytest.fixture
def scanned(orders: Orders, stranger: Scanner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Orders:
    """A city with a virus scanner."""
    fresh_storage(orders.app, monkeypatch, tmp_path / "scanned", clamd_url=stranger.url)
    return orders


def put_aside(orders: Orders) -> list[tuple[str, str]]:
    """What the queues have put aside."""
    with orders.app.app_context():
        return [(each.queue, each.key) for each in session.scalars(select(DeadLetter))]


def waits(orders: Orders) -> bool:
    """True when the worker finds anything to scan or to read."""
    with orders.app.app_context():
        return session.scalars(select(VirusScan)).first() is not None or scan_waiting() or read_waiting()


def test_what_was_never_scanned_nor_read_is_looked_for_no_more(scanned: Orders) -> None:
    path, _file = scanned.document()
    scanned.erase(path)
    assert not waits(scanned)
    assert put_aside(scanned) == []


def test_what_was_put_aside_is_tried_no_more(scanned: Orders, stranger: Scanner) -> None:
    path, _file = scanned.document()
    digest = hashlib.sha256(CSV).hexdigest()
    stranger.behave = saying(NO_ANSWER)
    with scanned.app.app_context():
        scan_waiting()
        set_aside(TEXTS, digest, ValueError("unreadable"))
    assert sorted(put_aside(scanned)) == [("file_texts", digest), ("virus_scans", digest)]
    scanned.erase(path)
    assert put_aside(scanned) == []
    assert not waits(scanned)


def test_the_same_bytes_of_another_document_are_scanned_still(scanned: Orders) -> None:
    path, _file = scanned.document()
    scanned.document(slug="lain")
    scanned.erase(path)
    assert waits(scanned)
