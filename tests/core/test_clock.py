"""The one clock: it never goes back by itself, and another clock that was taken over does not mind what this machine's does."""

from __future__ import annotations

import os
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest

from cms.application import create_app
from cms.core import clock
from cms.core.clock import BRIDGED, ProcessClock, spent
from cms.worker import FIRST_AGREEMENT_SECONDS, start_clock
from config import Settings

SECOND = 1_000_000
BEGIN = clock.micros(datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def machine() -> list[int]:
    """How far the machine's clock is ahead of that for spans, in microseconds: tests set it."""
    return [BEGIN - spent()]


@pytest.fixture
def own(machine: list[int]) -> ProcessClock:
    """A clock on that machine."""
    found = ProcessClock()
    found.machine = lambda: machine[0] + spent()
    return found


@pytest.mark.parametrize("back", [1, SECOND, BRIDGED - SECOND, BRIDGED])
def test_a_step_back_of_up_to_a_minute_is_never_seen(own: ProcessClock, machine: list[int], back: int) -> None:
    before = own.read()
    machine[0] -= back

    seen = [before, *(own.read() for _ in range(1_000))]

    assert seen == sorted(seen)
    # It runs at half speed meanwhile, so the machine catches up.
    machine[0] += back
    caught_up = own.read()
    assert 0 <= own.machine() - caught_up < SECOND


def test_a_clock_that_was_set_back_farther_is_followed(own: ProcessClock, machine: list[int]) -> None:
    before = own.read()
    machine[0] -= BRIDGED + 20 * SECOND

    assert own.read() < before - BRIDGED


def test_a_step_forward_is_followed(own: ProcessClock, machine: list[int]) -> None:
    before = own.read()
    machine[0] += 3_600 * SECOND

    assert own.read() >= before + 3_600 * SECOND


def test_another_clock_counts_whatever_this_machine_s_shows(own: ProcessClock, machine: list[int]) -> None:
    own.agree(BEGIN + 500 * SECOND, spent())
    first = own.read()
    assert 0 <= first - (BEGIN + 500 * SECOND) < 30 * SECOND

    for step in (-7_200 * SECOND, 9_000 * SECOND):
        machine[0] += step
        following = own.read()
        assert first <= following < first + 30 * SECOND

    # A little less at the next look: the way to the database was longer. Nobody sees it.
    own.agree(BEGIN + 499 * SECOND, spent())
    assert own.read() >= following


def test_a_forked_process_has_a_clock_that_goes(own: ProcessClock) -> None:
    with own.lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if clock.now() > datetime(2020, 1, 1, tzinfo=UTC) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_frozen_clock_stands_still_in_every_form() -> None:
    at = datetime(2026, 11, 24, 1, 2, 3, 456_789, tzinfo=UTC)
    with clock.frozen(at) as advance:
        assert (clock.now(), clock.machine_now(), clock.now_micros()) == (at, at, clock.micros(at))
        advance(timedelta(hours=-1))
        assert clock.now() == at - timedelta(hours=1)


def test_a_database_that_is_silent_keeps_no_process_from_starting(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://simpul@127.0.0.1:{silent.getsockname()[1]}/simpul"
        app = create_app(Settings.from_environ({**environment, "DATABASE_URL": address}))
        began = time.monotonic()

        start_clock(app)

        assert time.monotonic() - began < FIRST_AGREEMENT_SECONDS + 2
