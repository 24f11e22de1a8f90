"""Scenarios of tests/test_services.py: writing the search index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from cms.core.db import session
from cms.publishing.models import PublishedItem
from cms.search import services
from tests.access.world import World
from tests.factories import add_published_post
from tests.file_texts.scenarios import digest_of

Act = Callable[[], Any]


def index_texts(world: World) -> Act:
    digest = digest_of(world)
    return lambda: services.index_texts([digest])


def rebuild_items(world: World) -> Act:
    add_published_post(world.app)
    with world.app.app_context():
        numbers = session.scalars(select(PublishedItem.number)).all()
    return lambda: services.rebuild_items(numbers)


def finish_rebuilding(_world: World) -> Act:
    return services.finish_rebuilding


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "search.index_texts": index_texts,
    "search.rebuild_items": rebuild_items,
    "search.finish_rebuilding": finish_rebuilding,
}
SILENT = frozenset(SCENARIOS)
