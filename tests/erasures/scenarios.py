"""Scenarios of tests/test_services.py: orders to erase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.cli.application import operator
from cms.core.ids import new_id
from cms.erasures import services
from cms.erasures.ledger import Entry
from cms.posts.content import POST
from tests.access.world import World

Act = Callable[[], Any]
WANTED = services.ErasureRequest("Memuat data pribadi.", "UU 27/2022")


def request_erasure(world: World) -> Act:
    post = world.item("post", "published")
    return lambda: services.request_erasure(world.callers["utama"].actor, POST, post.id, WANTED)


def cancel_erasure(world: World) -> Act:
    erasure = world.erasure()
    return lambda: services.cancel_erasure(world.callers["utama"].actor, erasure)


def confirm_erasure(world: World) -> Act:
    """Everything or nothing: cut off anywhere, readers have it still."""
    erasure = world.erasure()
    return lambda: services.confirm_erasure(world.callers["atasan"].actor, erasure)


def finish_erasure(world: World) -> Act:
    erasure = world.erasure("confirmed")
    return lambda: services.finish_erasure(erasure)


def erase_again(world: World) -> Act:
    """What a restored backup has brought back, and does not know to be erased."""
    post = world.item("post", "published")
    erased = {"editions": [1], "publications": [], "files": [], "images": [], "bytes": []}
    entry = Entry(
        id=new_id(), type="post", item=post.id, agency="dpu", parts=None, reason="Memuat data pribadi.", legal_basis="UU 27/2022",
        requested_by="A", confirmed_by="B", erased_at="2026-11-24T01:00:00Z", erased=erased,
    )  # fmt: skip
    return lambda: services.erase_again(operator(), entry, "backup")


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "erasures.request_erasure": request_erasure,
    "erasures.cancel_erasure": cancel_erasure,
    "erasures.confirm_erasure": confirm_erasure,
    "erasures.finish_erasure": finish_erasure,
    "erasures.erase_again": erase_again,
}
SILENT = frozenset({"erasures.finish_erasure"})
