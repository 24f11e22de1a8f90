"""Scenarios of tests/test_services.py: link lists, freeze, breakers and rollback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.core.clock import EPOCH
from cms.core.db import unit_of_work
from cms.editorial.freezes import services as freezes
from cms.editorial.rollback import services as rollbacks
from cms.editorial.rollback.models import Rollback
from cms.editorial.rollback.orders import Order
from cms.moderation import services as moderation
from cms.moderation.models import LinkVerdict
from tests.access import moderated
from tests.access.world import World

Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def on(made: Callable[[World, str], Any], act: Callable[..., Any]) -> Scenario:
    """A service about what the last part of an address names."""

    def prepare(world: World) -> Act:
        name = made(world, "central").path.rpartition("/")[2]
        return lambda: act(world.callers["central"].actor, name)

    return prepare


def set_link_domain(world: World) -> Act:
    central = world.callers["central"].actor
    return lambda: moderation.set_link_domain(central, "slot88.com", LinkVerdict.BLOCKED, "Judi.")


def freeze_publishing(world: World) -> Act:
    agency = world.agency()
    return lambda: freezes.freeze_publishing(world.callers["central"].actor, agency, "Akun dibajak.")


def freeze_person(world: World) -> Act:
    central, person = world.callers["central"].actor, world.person()
    return lambda: freezes.freeze_person(central, person, "Akun dibajak.")


def reset_breaker(world: World) -> Act:
    trip = moderated.trip_id(world)
    return lambda: moderation.reset_breaker(world.callers["central"].actor, trip)


def start_rollback(world: World) -> Act:
    order = Order(str(world.callers["author"].actor.id), EPOCH, None, "Akun dibajak.")
    return lambda: rollbacks.start_rollback(world.callers["central"].actor, order)


def confirm_rollback(world: World) -> Act:
    """An order over years, which somebody else has given."""
    central, rollback = world.callers["central"].actor, moderated.rollback_id(world)
    with world.app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Rollback, rollback).needs_second_person = True
    return lambda: rollbacks.confirm_rollback(central, rollback, reason="Diperiksa.")


def undo_item(world: World) -> Act:
    """What its author published for the first time is taken back."""
    central, rollback, item = (
        world.callers["central"].actor,
        moderated.rollback_id(world),
        world.item("post", "published"),
    )
    with world.app.app_context(), unit_of_work() as unit:
        order = unit.session.get_one(Rollback, rollback)
        order.target_id, order.since = str(central.id), EPOCH
    return lambda: rollbacks.undo_item(central, rollback, "post", item.id)


SCENARIOS: dict[str, Scenario] = {
    "moderation.set_link_domain": set_link_domain,
    "moderation.remove_link_domain": on(moderated.link_domain, moderation.remove_link_domain),
    "editorial.freeze_publishing": freeze_publishing,
    "editorial.freeze_person": freeze_person,
    "editorial.lift_freeze": on(moderated.freeze, freezes.lift_freeze),
    "moderation.reset_breaker": reset_breaker,
    "editorial.start_rollback": start_rollback,
    "editorial.confirm_rollback": confirm_rollback,
    "editorial.undo_item": undo_item,
    "editorial.finish_rollback": on(moderated.rollback, rollbacks.finish_rollback),
}
