"""Random writes by everybody: copies that are kept by `examples/offline_copy.py` have what `/v1` shows, with keys of every scope."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cms.changes.services import renew_epoch
from cms.core.ids import new_id
from cms.core.permissions import system_actor
from tests.factories import add_key
from tests.stateful.copying_machine import CopyingMachine

EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "2"))
STEPS = 30
# By what readers see: the writes, in this order, on the two posts of the machine, that of `lama` on the city's channel and that of `dpu`.
CHANGES: dict[str, Callable[[CopyingMachine], Any]] = {
    "a new item": lambda city: city.publish_new("post", "dishub", False),
    "a new document": lambda city: city.publish_new("document", "dpu", False),
    "an edition": lambda city: city.edit(0, True),
    "a renamed agency": lambda city: city.rename_agency("lama", "name"),
    "another description of an agency, which can be embedded": lambda city: city.rename_agency("lama", "description"),
    "another name of a category": lambda city: city.rename_category(),
    "new words of a picture": lambda city: city.change_words_of_image(),
    "an agency begins to carry it": lambda city: city.repost(1, "dishub"),
    "the agency that carries it is renamed": lambda city: city.rename_agency("dishub", "name"),
    "an agency ceases to carry it": lambda city: city.end_repost(1, "dishub"),
    "a notice of withdrawal": lambda city: city.take_back(1, "withdrawn"),
    "a scheduled edition": lambda city: (city.edit(0, False), city.schedule(0, 5, None), city.minutes_pass(5)),
    "a merger": lambda city: city.merge(-1, "baru"),
    "the end of a merger": lambda city: city.undo_merge(),
    "a merger that was entered ahead": lambda city: (city.merge(0, "baru"), city.it_is_midnight(1)),
    "an edition while the clock is set back": lambda city: (city.the_clock_is_set(-45), city.edit(0, True)),
    "a scheduled end": lambda city: (city.schedule(0, None, 5), city.minutes_pass(5)),
    "it is taken back": lambda city: city.take_back(1, "gone"),
}


def machine_of(app: Flask, moment: Callable[[timedelta], None]) -> type[CopyingMachine]:
    return type("Machine", (CopyingMachine,), {"app": app, "fresh": app, "advance": staticmethod(moment)})


def test_each_change_that_readers_see_reaches_a_copy_and_moves_its_moment(
    app: Flask, moment: Callable[[timedelta], None]
) -> None:
    city = machine_of(app, moment)()
    city.begin(7)
    city.everything_is_followed_and_copied()
    for name, change in CHANGES.items():
        before = city.shown()
        change(city)
        # In the middle of things, as it happens.
        city.copies_are_refreshed({0, 2, 3}, 3)
        city.everything_is_followed_and_copied()
        after = city.shown()
        assert after != before, f"nothing has changed: {name}"
        for earlier, later in zip(before, after, strict=True):
            for item_id in earlier.keys() & later.keys():
                has_moved = later[item_id]["changed_at"] > earlier[item_id]["changed_at"]
                assert has_moved or later[item_id] == earlier[item_id], name


def test_a_copy_begins_anew_when_the_data_was_restored(app: Flask, moment: Callable[[timedelta], None]) -> None:
    """Then its marks stand for something else: here its items are older than what it has seen."""
    city = machine_of(app, moment)()
    city.begin(7)
    city.edit(0, True)
    city.everything_is_followed_and_copied()
    for kept in city.copies:
        kept.copy.db.execute("UPDATE lists SET position = '2027-01-01T00:00:00.000000Z'")
        kept.copy.db.execute("INSERT INTO items VALUES (?, ?, '2026', '{}')", [kept.path, new_id()])
    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    city.everything_is_followed_and_copied()
    assert any(kept.items for kept in city.copies)


def test_a_key_that_sees_more_or_less_makes_the_copy_complete_again(
    app: Flask, moment: Callable[[timedelta], None]
) -> None:
    """Its position says nothing about what it could not see; a successor with the same rights goes on."""
    city = machine_of(app, moment)()
    city.begin(7)
    city.everything_is_followed_and_copied()
    kept = city.copies[0]
    for agencies in (("dpu",), ("lama",), None):
        kept.key = add_key(app, city.consumer, agencies=agencies)[1]
        kept.copy.api._key = kept.key
        city.everything_is_followed_and_copied()


@pytest.mark.timeout(900 + 60 * EXAMPLES)
def test_copies_by_the_example_never_differ_from_what_readers_get(
    app: Flask, moment: Callable[[timedelta], None]
) -> None:
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
