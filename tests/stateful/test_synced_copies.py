"""Random writes by everybody: copies that are kept by `/v1/sync` have what `/v1` shows, with keys of every scope."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cms.changes.services import renew_epoch
from cms.core.permissions import system_actor
from tests.stateful.synced_machine import CASES, SyncedMachine
from tests.stateful.test_copies import CHANGES

EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "2"))
STEPS = 30


def machine_of(app: Flask, moment: Callable[[timedelta], None]) -> type[SyncedMachine]:
    return type("Machine", (SyncedMachine,), {"app": app, "fresh": app, "advance": staticmethod(moment)})


def test_each_change_that_readers_see_reaches_every_copy(app: Flask, moment: Callable[[timedelta], None]) -> None:
    city = machine_of(app, moment)()
    city.begin(7)
    city.everything_is_followed_and_copied()
    for name, change in CHANGES.items():
        told = [len(follower.told) for follower in city.followers]
        change(city)
        # In the middle of things, before the worker has come by.
        city.some_pages_are_taken({0, 2, 3, 7, 8}, 2)
        city.everything_is_followed_and_copied()
        assert [len(follower.told) for follower in city.followers] != told, f"nothing was told: {name}"
    assert [follower.beginnings for follower in city.followers] == [1] * len(CASES), "a copy began anew"


def test_a_copy_begins_anew_when_the_data_was_restored(app: Flask, moment: Callable[[timedelta], None]) -> None:
    city = machine_of(app, moment)()
    city.begin(7)
    city.everything_is_followed_and_copied()
    for follower in city.followers:
        follower.items["post", "019ac1a0-7c00-7000-8000-000000000001"] = {"title": "Hilang"}
    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    city.everything_is_followed_and_copied()
    assert {follower.beginnings for follower in city.followers} == {2}


@pytest.mark.timeout(900 + 60 * EXAMPLES)
def test_copies_never_differ_from_what_readers_get(app: Flask, moment: Callable[[timedelta], None]) -> None:
    run_state_machine_as_test(
        machine_of(app, moment),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )
