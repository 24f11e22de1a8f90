"""What requests have come to: counted in memory, carried on to the figures and to what is written."""

from __future__ import annotations

from threading import Thread

import pytest

from cms.core.metrics import BOUNDS, OWN
from cms.core.traffic import HOUR, Counted, Figures, Traffic, quantile

NINE = 9 * HOUR
LIST = Counted("delivery", "GET", "/v1/things", "a-website")


def sample(name: str, **labels: str) -> float:
    return OWN.get_sample_value(name, labels) or 0.0


def test_what_was_counted_is_carried_on_once() -> None:
    traffic = Traffic()
    where = {"plane": "delivery", "route": "/v1/things"}
    before = sample("simpul_requests_total", method="GET", status="304", **where)
    tally = traffic.of(LIST)
    for status, size, seconds in (
        (200, 900, 0.02),
        (304, 0, 0.0001),
        (304, 0, 0.0001),
        (429, 50, 0.0004),
        (503, 70, 9.0),
    ):
        tally.note(status, size, seconds)

    traffic.carry_on(NINE)
    traffic.carry_on(NINE)

    assert sample("simpul_requests_total", method="GET", status="304", **where) == before + 2
    assert sample("simpul_request_seconds_bucket", le="0.00025", **where) >= 2
    assert sample("simpul_request_seconds_count", **where) >= 5
    took = [2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert traffic.take_usage() == {("a-website", 9): Figures(5, 2, 2, 1020, took)}
    assert traffic.take_usage() == {}


def test_requests_belong_to_the_hour_in_which_they_are_carried_on_and_to_nobody_without_a_key() -> None:
    traffic = Traffic()
    traffic.of(LIST).note(200, 10, 0.001)
    traffic.carry_on(NINE + 1)
    traffic.of(LIST).note(200, 10, 0.001)
    traffic.of(LIST._replace(consumer_id="")).note(200, 10, 0.001)
    traffic.carry_on(NINE + HOUR)

    usage = traffic.take_usage()
    assert {key: figures.requests for key, figures in usage.items()} == {("a-website", 9): 1, ("a-website", 10): 1}


def test_what_could_not_be_written_is_written_the_next_time() -> None:
    traffic = Traffic()
    traffic.of(LIST).note(200, 10, 0.001)
    traffic.carry_on(NINE)
    taken = traffic.take_usage()
    traffic.of(LIST).note(304, 0, 0.001)
    traffic.carry_on(NINE)
    traffic.give_back(taken)

    assert traffic.take_usage()["a-website", 9].requests == 2


def test_threads_lose_nothing() -> None:
    traffic = Traffic()

    def ask() -> None:
        for _ in range(2_000):
            traffic.of(LIST).note(200, 1, 0.001)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        traffic.carry_on(NINE)
    for thread in threads:
        thread.join()
    traffic.carry_on(NINE)

    figures = traffic.take_usage()["a-website", 9]
    assert (figures.requests, figures.bytes, sum(figures.took)) == (8_000, 8_000, 8_000)


@pytest.mark.parametrize(
    ("took", "seconds"),
    [
        ([0] * 12, None),
        ([100] + [0] * 11, 0.95 * BOUNDS[0]),
        ([90, 0, 0, 0, 10] + [0] * 7, 0.0075),
        ([0] * 11 + [3], BOUNDS[-1]),
    ],
)
def test_the_time_of_most_answers_is_estimated_within_its_step(took: list[int], seconds: float | None) -> None:
    found = quantile(took, 0.95)

    assert found == (None if seconds is None else pytest.approx(seconds))
