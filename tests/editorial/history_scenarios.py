"""Scenarios of tests/test_services.py: writes to the history of an item, edit leases and preview links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.editorial.history.services import restore_edition
from cms.editorial.items.services import update_item
from cms.editorial.leases.services import release_lease, take_lease
from cms.editorial.previews.links import token_of
from cms.editorial.previews.services import create_preview, revoke_preview, use_preview
from cms.posts.content import POST
from tests.access.world import World
from tests.factories import seen

Act = Callable[[], Any]
SILENT = frozenset({"editorial.take_lease", "editorial.release_lease", "editorial.use_preview"})
"""They change nothing that anybody reads later: the log does not hear of them."""


def autosave(world: World) -> Act:
    """Go on with an edition of the same sitting."""
    central, item = world.callers["central"].actor, world.item("post")
    with world.app.app_context():
        item = update_item(POST, central, item.id, {"title": "Satu"}, seen(item), is_autosave=True).item
    return lambda: update_item(POST, central, item.id, {"title": "Dua"}, seen(item), is_autosave=True)


def restore(world: World) -> Act:
    """Bring the first edition back."""
    central, item = world.callers["central"].actor, world.item("post", "changed")
    return lambda: restore_edition(POST, central, item.id, seen(item), 1)


def lease(world: World) -> Act:
    """Take the lease of a draft."""
    item = world.item("post")
    return lambda: take_lease(POST, world.callers["author"].actor, item.id)


def lease_over(world: World) -> Act:
    """Take it from somebody."""
    item_id = _leased(world)
    return lambda: take_lease(POST, world.callers["editor"].actor, item_id, take_over=True)


def give_up(world: World) -> Act:
    """Give it up."""
    item_id = _leased(world)
    return lambda: release_lease(POST, world.callers["author"].actor, item_id)


def _leased(world: World) -> str:
    item = world.item("post")
    with world.app.app_context():
        take_lease(POST, world.callers["author"].actor, item.id)
    return item.id


def link(world: World) -> Act:
    """Make a link to an edition."""
    item = world.item("post")
    return lambda: create_preview(POST, world.callers["author"].actor, item.id, expires_in=60, edition=1)


def end_link(world: World) -> Act:
    """Revoke it."""
    item_id, preview_id, _path = world.preview("post")
    return lambda: revoke_preview(POST, world.callers["editor"].actor, item_id, preview_id)


def open_link(world: World) -> Act:
    """Use it."""
    item = world.item("post")
    with world.app.app_context():
        token = token_of(create_preview(POST, world.callers["author"].actor, item.id, expires_in=60).preview)
    return lambda: use_preview(POST, token)


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "editorial.update_item autosave": autosave,
    "editorial.restore_edition": restore,
    "editorial.take_lease": lease,
    "editorial.take_lease over": lease_over,
    "editorial.release_lease": give_up,
    "editorial.create_preview": link,
    "editorial.revoke_preview": end_link,
    "editorial.use_preview": open_link,
}
