"""What a caller may send in a minute, and what the header fields say of it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cms.core.rate_limits import MINUTE, MOST_CALLERS, NOTHING, TENTH, WHOLE, Allowance, Allowances, Policy, cost_of

FIELD = re.compile(r'"(?P<policy>[a-z-]+)";r=(?P<left>[0-9]+);t=(?P<seconds>[0-9]+)')
START = 1_000.0


def full(per_minute: int) -> Allowance:
    return Allowance(Policy("key", per_minute), "somebody")


def told(allowance: Allowance, moment: float, tenths: int) -> tuple[int, int]:
    """What the answer says: requests left, and seconds."""
    name, text = allowance.charge(moment, tenths)[1]
    found = FIELD.fullmatch(text)
    assert name == "RateLimit"
    assert found is not None
    return int(found["left"]), int(found["seconds"])


def test_a_quota_can_be_used_at_once_and_then_comes_in_evenly() -> None:
    allowance = full(60)

    used = [told(allowance, START, WHOLE) for _ in range(60)]

    assert [left for left, _ in used] == [*range(59, -1, -1)]
    assert used[0] == (59, 1)
    assert used[29] == (30, 30)
    assert used[-1] == (0, 1)
    assert 0 < allowance.wait(START) <= 1
    assert allowance.wait(START + 1) == 0


def test_an_answer_that_says_nothing_has_changed_costs_a_tenth() -> None:
    allowance = full(6)

    assert [told(allowance, START, TENTH)[0] for _ in range(11)] == [5] * 10 + [4]
    assert [cost_of(status) for status in (200, 304, 404, 429, 500, 503)] == [
        WHOLE,
        TENTH,
        WHOLE,
        NOTHING,
        NOTHING,
        NOTHING,
    ]


def test_who_pays_more_than_is_left_goes_without_for_a_moment_longer() -> None:
    allowance = full(1)
    told(allowance, START, TENTH)
    # Nine tenths are left: a request is admitted, and costs a whole one.
    assert allowance.wait(START) == 0
    assert told(allowance, START, WHOLE)[0] == 0

    assert allowance.wait(START + 5)
    assert allowance.wait(START + 13) == 0


def test_what_costs_nothing_changes_nothing() -> None:
    allowance = full(10)
    told(allowance, START, WHOLE)

    assert told(allowance, START, NOTHING) == told(allowance, START, NOTHING) == (9, 6)


def test_the_policy_says_quota_and_window() -> None:
    assert full(6_000).charge(START, WHOLE)[0] == ("RateLimit-Policy", '"key";q=6000;w=60')


@given(per_minute=st.integers(1, 50), gaps=st.lists(st.floats(0, 90), min_size=1, max_size=80))
def test_no_minute_has_more_than_twice_the_quota_and_a_wait_is_the_right_one(
    per_minute: int, gaps: list[float]
) -> None:
    allowance, moment, taken = full(per_minute), START, []
    for gap in gaps:
        moment += gap
        wait = allowance.wait(moment)
        if wait:
            # Sooner is refused again, and then it is right.
            assert allowance.wait(moment + wait - 0.01) or wait <= 0.02
            moment += wait
            assert allowance.wait(moment) == 0
        allowance.charge(moment, WHOLE)
        taken.append(moment)

    for first in taken:
        # One more: the last is admitted while a tenth is left.
        assert len([each for each in taken if first <= each < first + MINUTE - 0.1]) <= 2 * per_minute + 1


def test_who_keeps_to_the_pace_never_waits() -> None:
    allowance = full(7)

    for number in range(500):
        assert not allowance.wait(START + number * MINUTE / 7)
        allowance.charge(START + number * MINUTE / 7, WHOLE)


def test_callers_that_are_counted_have_an_end() -> None:
    allowances, policy = Allowances(), Policy("address", 1)
    for number in range(MOST_CALLERS):
        allowances.of(policy, str(number), START).charge(START, WHOLE)

    # A minute later all have their quota again: none of them need be remembered, but the one who has just sent something.
    allowances.of(policy, "3", START).charge(START + MINUTE, WHOLE)
    allowances.of(policy, "new", START + MINUTE)
    assert [*allowances._known] == ["3", "new"]


def test_of_too_many_at_once_the_first_are_forgotten() -> None:
    allowances, policy = Allowances(), Policy("address", 1)
    for number in range(MOST_CALLERS + 1):
        allowances.of(policy, str(number), START).charge(START, WHOLE)

    assert len(allowances._known) == MOST_CALLERS // 2 + 1
    assert not allowances.of(policy, "0", START).wait(START)
    assert allowances.of(policy, str(MOST_CALLERS), START).wait(START)
