"""Scenarios of tests/test_services.py: what a process writes about consumers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cms.consumers.usage.copies import Copies
from cms.consumers.usage.services import purge_usage, write_copies, write_usage
from cms.core import clock
from cms.core.traffic import Counted, Traffic
from tests.access.world import World

Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def usage(world: World) -> Act:
    traffic, ids = Traffic(), [world.consumer(), world.consumer()]

    def act() -> None:
        for consumer_id in ids:
            traffic.of(Counted("delivery", "GET", "/v1/posts", consumer_id)).note(200, 10, 0.001)
        traffic.carry_on(clock.now_micros())
        write_usage(traffic)

    return act


def copies(world: World) -> Act:
    known, ids = Copies(), [world.consumer(), world.consumer()]

    def act() -> None:
        for consumer_id in ids:
            known.of(consumer_id, ["post"], {}).note("epoch", 3, clock.now_micros())
        write_copies(known)

    return act


def purge(world: World) -> Act:
    with world.app.app_context():
        long_ago = clock.now_micros() - int(timedelta(days=500).total_seconds()) * 1_000_000
        traffic, known = Traffic(), Copies()
        traffic.of(Counted("delivery", "GET", "/v1/posts", world.consumer())).note(200, 10, 0.001)
        traffic.carry_on(long_ago)
        write_usage(traffic)
        known.of(world.consumer(), ["post"], {}).note("epoch", 3, long_ago)
        write_copies(known)
    return lambda: purge_usage(400)


SCENARIOS: dict[str, Scenario] = {
    "consumers.write_usage": usage,
    "consumers.write_copies": copies,
    "consumers.purge_usage": purge,
}
SILENT = {*SCENARIOS}
