"""Scenarios of tests/test_services.py: approving, discarding, putting away, commenting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.core.clock import EPOCH
from cms.core.db import unit_of_work
from cms.editorial.comments import services as comments
from cms.editorial.items.models import Item
from cms.editorial.personal_data.services import confirm_personal_data
from cms.editorial.review import services as reviewing
from cms.editorial.trash import services as trash
from cms.editorial.trash.tasks import purge_old_trash
from cms.posts.content import POST
from tests.access.world import World
from tests.factories import seen

Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def on_post(state: str, act: Callable[..., Any]) -> Scenario:
    """A write by a central editor on a post in this state."""

    def prepare(world: World) -> Act:
        item = world.item("post", state)
        return lambda: act(POST, world.callers["central"].actor, item.id, seen(item))

    return prepare


def old_trash(world: World) -> str:
    """The id of a post that is in the trash for long enough."""
    """Empty the trash of something that has been there since 1970."""
    item = world.item("post", "trashed")
    with world.app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Item, item.id).trashed_at = EPOCH
    return item.id


def add_comment(world: World) -> Act:
    """Say something about the title."""
    item = world.item("post")
    return lambda: comments.add_comment(POST, world.callers["central"].actor, item.id, "Mohon cek.", "/title")


def on_comment(state: str, act: Callable[..., Any]) -> Scenario:
    """A step of a comment."""

    def prepare(world: World) -> Act:
        item_id, comment_id = world.comment("post", state)
        return lambda: act(POST, world.callers["central"].actor, item_id, comment_id)

    return prepare


def confirm(world: World) -> Act:
    """Confirm that a NIK may be public."""
    item_id, version, findings = world.item_with_personal_data("post")
    said = "Nomor contoh, bukan milik siapa pun.", findings
    return lambda: confirm_personal_data(POST, world.callers["central"].actor, item_id, frozenset({version}), *said)


def purge(world: World) -> Act:
    item_id = old_trash(world)
    return lambda: trash.purge_trash([item_id])


def purge_by_the_worker(world: World) -> Act:
    old_trash(world)
    return purge_old_trash


SCENARIOS: dict[str, Scenario] = {
    "editorial.delete_item": on_post("draft", trash.delete_item),
    "editorial.delete_item purges": on_post("trashed", trash.delete_item),
    "editorial.purge_trash": purge,
    "editorial.purge_trash as a task": purge_by_the_worker,
    "editorial.approve_item": on_post("in_review", reviewing.approve_item),
    "editorial.discard_item": on_post("changed", reviewing.discard_item),
    "editorial.archive_item": on_post("draft", trash.archive_item),
    "editorial.trash_item": on_post("draft", trash.trash_item),
    "editorial.restore_item": on_post("trashed", trash.restore_item),
    "editorial.confirm_personal_data": confirm,
    "editorial.add_comment": add_comment,
    "editorial.resolve_comment": on_comment("open", comments.resolve_comment),
    "editorial.reopen_comment": on_comment("resolved", comments.reopen_comment),
}
