"""Scenarios of tests/test_services.py: synonyms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from cms.language import services as language
from tests.access import requests as ask
from tests.access.world import World

Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def set_synonym(world: World) -> Act:
    central = world.callers["central"].actor
    return lambda: language.set_synonym(central, "kir", ["uji kendaraan"], both_ways=True)


def remove_synonym(world: World) -> Act:
    term = unquote(ask.synonym(world, "central").path.rpartition("/")[2])
    return lambda: language.remove_synonym(world.callers["central"].actor, term)


SCENARIOS: dict[str, Scenario] = {
    "language.set_synonym": set_synonym,
    "language.remove_synonym": remove_synonym,
}
