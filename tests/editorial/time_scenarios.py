"""Scenarios of tests/test_services.py: schedules, ways of going away, releases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from cms.core.clock import EPOCH, now
from cms.core.db import unit_of_work
from cms.editorial.endings.services import unpublish_item
from cms.editorial.freezes.services import cancel_schedules_step, freeze_publishing
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.publishing import Update
from cms.editorial.releases.services import create_release, delete_release, publish_release, update_release
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item, unschedule_item
from cms.posts.content import POST
from cms.publishing.models import Publication, Standing
from cms.publishing.services import carry_out_schedules
from cms.publishing.tasks import carry_out_due_schedules
from tests.access.world import TYPES, World
from tests.factories import NEWS, seen

Act = Callable[[], Any]
FIRST = frozenset({1})


def tomorrow() -> Schedule:
    """From tomorrow on, for a week."""
    return Schedule(now() + timedelta(days=1), now() + timedelta(days=8), "Asia/Makassar", update=Update("Baru."))


def _scheduled(world: World, kind: str = "post", state: str = "draft") -> Item:
    item = world.item(kind, state)
    with world.app.app_context():
        return schedule_item(TYPES[kind], world.callers["central"].actor, item.id, seen(item), tomorrow()).item


def schedule(world: World) -> Act:
    """Schedule a draft."""
    item = world.item("post")
    return lambda: schedule_item(POST, world.callers["central"].actor, item.id, seen(item), tomorrow())


def schedule_again(world: World) -> Act:
    """Schedule the next edition of what readers have, in place of another schedule."""
    item = _scheduled(world, state="changed")
    return lambda: schedule_item(POST, world.callers["central"].actor, item.id, seen(item), tomorrow())


def schedule_end(world: World) -> Act:
    """Schedule the end of what readers have."""
    item, schedule = world.item("post", "published"), Schedule(None, now() + timedelta(days=1), "Asia/Makassar")
    return lambda: schedule_item(POST, world.callers["central"].actor, item.id, seen(item), schedule)


def unschedule(world: World) -> Act:
    """Take a schedule back."""
    item = _scheduled(world)
    return lambda: unschedule_item(POST, world.callers["central"].actor, item.id, seen(item))


def take_back(world: World) -> Act:
    """Take back two schedules of agencies that are frozen."""
    _scheduled(world), _scheduled(world, "document", "changed")
    central = world.callers["central"].actor
    with world.app.app_context():
        freeze_publishing(central, None, "Akun dibajak.")
    return lambda: cancel_schedules_step(central, "city")


def carry_out(world: World) -> Act:
    """Two schedules whose moments have come, one of them with its end."""
    items = [_scheduled(world), _scheduled(world, "document", "changed")]
    with world.app.app_context(), unit_of_work() as unit:
        for item in items:
            unit.session.get_one(Item, item.id).publish_at = EPOCH
        unit.session.get_one(Item, items[0].id).unpublish_at = EPOCH
        scheduled = update(Publication).where(Publication.is_scheduled)
        unit.session.execute(scheduled.values(effective_from=EPOCH))
        unit.session.execute(scheduled.where(Publication.item_id == items[0].id).values(effective_until=EPOCH))
    return lambda: carry_out_schedules([item.id for item in items])


def carry_out_by_the_worker(world: World) -> Act:
    carry_out(world)
    return carry_out_due_schedules


def unpublish(kind: str, standing: Standing) -> Callable[[World], Act]:
    """Take back what readers have."""

    def prepare(world: World) -> Act:
        item, central = world.item(kind, "published"), world.callers["central"].actor
        told = {"standing": standing, "explanation": "Jadwal berubah."}
        to = world.item("post", "published").id if standing is Standing.REDIRECTED else None
        return lambda: unpublish_item(TYPES[kind], central, item.id, seen(item), **told, to=to)

    return prepare


def unpublish_scheduled(world: World) -> Act:
    """What was scheduled for it is dropped."""
    item, central = _scheduled(world, state="changed"), world.callers["central"].actor
    return lambda: unpublish_item(POST, central, item.id, seen(item), standing=Standing.VANISHED)


def publish_as_withdrawn(world: World) -> Act:
    """Withdrawn, changed, published again."""
    item, central = world.item("post", "published"), world.callers["central"].actor
    told = {"standing": Standing.WITHDRAWN, "explanation": "Tidak berlaku."}
    with world.app.app_context():
        item = unpublish_item(POST, central, item.id, seen(item), **told).item
        item = update_item(POST, central, item.id, {"title": "Berlaku lagi"}, seen(item)).item
    return lambda: publish_item(POST, central, item.id, seen(item), **NEWS)


def _named(world: World) -> list[tuple[str, str]]:
    return [("post", world.item("post").id), ("document", world.item("document").id)]


def release(world: World) -> Act:
    """Put two items together."""
    items = _named(world)
    return lambda: create_release(world.callers["central"].actor, "Peluncuran", items)


def on_release(act: Callable[..., Any], **values: Any) -> Callable[[World], Act]:
    """A service on a release of two items."""

    def prepare(world: World) -> Act:
        items, central = _named(world), world.callers["central"].actor
        with world.app.app_context():
            made = create_release(central, "Peluncuran", items)
        return lambda: act(central, made.id, FIRST, **values)

    return prepare


SCENARIOS: dict[str, Callable[[World], Act]] = {
    "editorial.schedule_item": schedule,
    "editorial.schedule_item again": schedule_again,
    "editorial.schedule_item end": schedule_end,
    "editorial.unschedule_item": unschedule,
    "publishing.carry_out_schedules": carry_out,
    "publishing.carry_out_schedules as a task": carry_out_by_the_worker,
    "editorial.cancel_schedules_step": take_back,
    "editorial.unpublish_item": unpublish("post", Standing.GONE),
    "editorial.unpublish_item document": unpublish("document", Standing.GONE),
    "editorial.unpublish_item redirected": unpublish("post", Standing.REDIRECTED),
    "editorial.unpublish_item withdrawn": unpublish("post", Standing.WITHDRAWN),
    "editorial.unpublish_item scheduled": unpublish_scheduled,
    "editorial.publish_item withdrawn": publish_as_withdrawn,
    "editorial.create_release": release,
    "editorial.update_release": on_release(update_release, title="Lain"),
    "editorial.delete_release": on_release(delete_release),
    "editorial.publish_release": on_release(publish_release, update=Update("Baru.")),
}
