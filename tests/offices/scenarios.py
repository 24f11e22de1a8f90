"""Scenarios of tests/test_services.py: offices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.offices import services as offices
from tests.access.world import World

Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def create_office(world: World) -> Act:
    values = {"agency": "dpu", "name": "Kantor UPTD", "area": "64.71.06"}
    return lambda: offices.create_office(world.callers["admin"].actor, values)


def update_office(world: World) -> Act:
    office = world.office()
    return lambda: offices.update_office(world.callers["admin"].actor, office, frozenset({1}), {"hours": "08.00-12.00"})


SCENARIOS: dict[str, Scenario] = {
    "offices.create_office": create_office,
    "offices.update_office": update_office,
}
