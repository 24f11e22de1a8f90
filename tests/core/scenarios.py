"""Scenarios of tests/test_services.py: the log, what is put aside, and what nodes have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.changes import services as changes
from cms.changes.signing import SigningKey, make_signing_key
from cms.cli.application import operator
from cms.core.dead_letters.services import set_aside
from cms.core.runtime import runtime
from cms.health import services as health
from tests.access.world import World

Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def make_checkpoint(world: World) -> Act:
    with world.app.app_context():
        make_signing_key(runtime().settings)
    return changes.make_checkpoint


SILENT = frozenset({"changes.make_checkpoint", "core.set_aside", "health.agree", "health.note_runs"})
SCENARIOS: dict[str, Scenario] = {
    "changes.renew_epoch": lambda _world: lambda: changes.renew_epoch(operator(), "Uji"),
    "changes.replace_checkpoint_key": lambda _world: (
        lambda: changes.replace_checkpoint_key(operator(), SigningKey.generate(), SigningKey.generate())
    ),
    "changes.make_checkpoint": make_checkpoint,
    "changes.accept_clock": lambda world: lambda: changes.accept_clock(world.callers["admin"].actor),
    "core.set_aside": lambda _world: lambda: set_aside("schedule", "1", ValueError("Uji")),
    "health.agree": lambda _world: lambda: health.agree(changed=False),
    "health.note_runs": lambda _world: lambda: health.note_runs([health.Run.success("backup")]),
}
