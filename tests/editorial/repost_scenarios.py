"""Scenarios of tests/test_services.py: reposts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.access.world import World
from tests.factories import NEWS, seen

Act = Callable[[], Any]


def repost(world: World) -> Act:
    """Carry what is live."""
    central, item = world.callers["central"].actor, world.item("post", "published")
    return lambda: repost_item(POST, central, item.id, "dishub", comment="Simak.")


def end(world: World) -> Act:
    """Carry it no longer."""
    central, item = world.callers["central"].actor, world.item("post", "reposted")
    return lambda: end_item_repost(POST, central, item.id, "dishub")


def end_of_resting(world: World) -> Act:
    """The same while the source is not live."""
    central, item = world.callers["central"].actor, world.item("post", "reposted")
    with world.app.app_context():
        unpublish_item(POST, central, item.id, seen(item), standing=Standing.VANISHED)
    return lambda: end_item_repost(POST, central, item.id, "dishub")


def publish_again(world: World) -> Act:
    """Publish the next edition of what another agency carries."""
    central, item = world.callers["central"].actor, world.item("post", "reposted")
    with world.app.app_context():
        edited = update_item(POST, central, item.id, {"tags": ["banjir"]}, seen(item)).item
    return lambda: publish_item(POST, central, item.id, seen(edited), **NEWS)


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "editorial.repost_item": repost,
    "editorial.end_item_repost": end,
    "editorial.end_item_repost of what is not live": end_of_resting,
    "editorial.publish_item again what others carry": publish_again,
}
