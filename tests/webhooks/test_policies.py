"""The rules about when: the schedule of Standard Webhooks, rests of endpoints, and what they ask for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cms.webhooks.policies import (
    JITTER,
    LONGEST_RETRY_AFTER,
    RESTS,
    SCHEDULE,
    next_try_after,
    rest_after,
    retry_after,
)

SAMPLES = 300
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    """Its specification, "Deliverability and reliability": at once, then after these."""
    hours = (2, 5, 10, 14, 20, 24)
    assert (5 * SECOND, 5 * MINUTE, 30 * MINUTE, *(each * HOUR for each in hours)) == SCHEDULE
    assert timedelta(days=3) < sum(SCHEDULE, timedelta()) < timedelta(days=3.5)


@pytest.mark.parametrize("failures", range(1, len(SCHEDULE) + 1))
def test_every_wait_is_up_to_a_fifth_shorter_or_longer(failures: int) -> None:
    waits = [next_try_after(failures) for _ in range(SAMPLES)]
    least, most = SCHEDULE[failures - 1] * (1 - JITTER), SCHEDULE[failures - 1] * (1 + JITTER)
    assert all(wait is not None and least <= wait <= most for wait in waits)
    assert len(set(waits)) > SAMPLES / 10


def test_after_the_last_one_nothing_comes() -> None:
    assert next_try_after(len(SCHEDULE) + 1) is None
    assert next_try_after(len(SCHEDULE) + 1, HOUR) is None


def test_what_an_endpoint_asks_for_makes_waits_longer_but_not_longer_than_a_day() -> None:
    assert next_try_after(1, HOUR) == rest_after(1, HOUR) == HOUR
    assert next_try_after(len(SCHEDULE), SECOND) != SECOND
    hundred_days = timedelta(days=100)
    assert next_try_after(1, hundred_days) == rest_after(1, hundred_days) == LONGEST_RETRY_AFTER


def test_an_endpoint_rests_longer_and_longer_up_to_an_hour() -> None:
    least = [RESTS[min(failures, len(RESTS)) - 1] * (1 - JITTER) for failures in range(1, 30)]
    assert least == sorted(least)
    assert all(rest_after(failures) <= HOUR * (1 + JITTER) for failures in range(1, 1_000))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 0 ", 0), ("-5", None), ("1e3", None), ("\u0661\u0662", None), ("99999999", None),
     ("Wed, 25 Nov 2026 07:28:00 GMT", None), ("", None)],
)  # fmt: skip
def test_retry_after_is_a_number_of_seconds_or_nothing(value: str, seconds: int | None) -> None:
    assert retry_after({"retry-after": value}) == (None if seconds is None else timedelta(seconds=seconds))
