"""Scenarios of tests/test_services.py: what the virus scanner said about a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from cms.core.db import session
from cms.documents.services import expect_unscanned, keep_scan
from cms.virus_scans.models import VirusScan
from cms.virus_scans.services import forget_scans
from tests.access.world import World

Act = Callable[[], Any]


def unscanned(world: World) -> None:
    """A file of a document that nobody has queued."""
    world.document_with_file()


def digest_of(world: World) -> str:
    """The digest of a file that waits for the scanner."""
    own = world.app.extensions["simpul"]
    world.app.extensions["simpul"] = replace(own, settings=replace(own.settings, clamd_url="tcp://127.0.0.1:9"))
    try:
        unscanned(world)
    finally:
        world.app.extensions["simpul"] = own
    with world.app.app_context():
        return session.scalars(select(VirusScan.sha256)).first() or ""


def expect(world: World) -> Act:
    unscanned(world)
    return expect_unscanned


def keep(world: World) -> Act:
    digest = digest_of(world)
    return lambda: keep_scan(digest, "Eicar-Test-Signature")


def forget(world: World) -> Act:
    digest = digest_of(world)
    return lambda: forget_scans([digest])


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "documents.expect_unscanned": expect,
    "documents.keep_scan": keep,
    "virus_scans.forget_scans": forget,
}
SILENT = frozenset({"documents.expect_unscanned", "virus_scans.forget_scans"})
