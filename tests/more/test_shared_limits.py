"""Limits that web processes share by Redis, while it works and while it is stopped, emptied and slow."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from cms.cli.doctor.findings import Level
from cms.cli.doctor.limits import check_redis
from cms.core.rate_limits import WHOLE, Allowance, Policy, Untold
from cms.core.shared_limits import FIRST_REST_SECONDS, PATIENCE_SECONDS, SharedLimits
from config import Settings
from tests.cli.servers import make_key, prepare, running
from tests.more.redis_server import RedisServer

POLICY = Policy("key", 100)
LONG_ENOUGH = 3.0


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


class Process:
    """What a web process does with limits: it counts one caller, and shares."""

    def __init__(self, redis: RedisServer, tmp_path: Path) -> None:
        environment = {"INSTANCE_PATH": str(tmp_path), "REDIS_URL": redis.url, "SECRET_KEY": "x" * 40}
        untold = Untold()
        self.caller = Allowance(POLICY, "203.0.113.7", untold)
        self.share = SharedLimits(Settings.from_environ(environment), untold).share

    def use(self, requests: int) -> int:
        """Send so many requests; returns how many were answered."""
        moment = time.monotonic()
        answered = 0
        for _ in range(requests):
            if not self.caller.wait(moment):
                self.caller.charge(moment, WHOLE)
                answered += 1
        return answered


@pytest.fixture
def processes(redis: RedisServer, tmp_path: Path) -> tuple[Process, Process]:
    return Process(redis, tmp_path), Process(redis, tmp_path)


def test_what_one_process_has_answered_the_other_counts_too(processes: tuple[Process, Process]) -> None:
    first, second = processes
    assert first.use(60) == 60
    assert first.share()
    assert second.use(1) == 1
    assert second.share()

    assert 39 <= second.use(100) <= 41


def test_what_all_have_used_together_comes_in_again_only_once(processes: tuple[Process, Process]) -> None:
    first, second = processes
    # Both answer all of it before they hear of each other: the quota is used twice.
    assert (first.use(200), second.use(200)) == (100, 100)
    assert first.share()
    assert second.share()
    assert first.use(1) == second.use(1) == 0

    # So both wait a minute for what was too much; nobody waits longer.
    assert 55 <= second.caller.wait(time.monotonic()) <= 61


def test_redis_holds_no_address_and_forgets_by_itself(redis: RedisServer, processes: tuple[Process, Process]) -> None:
    processes[0].use(1)
    assert processes[0].share()

    (name,) = redis.names()
    assert re.fullmatch("simpul:limits:[0-9a-f]{32}", name)
    _until(lambda: redis.names() == set())


def test_emptied_in_the_middle_each_process_goes_on_with_what_it_knows(
    redis: RedisServer, processes: tuple[Process, Process]
) -> None:
    first, second = processes
    assert first.use(90) == 90
    assert first.share()
    redis.flush()
    assert second.use(30) == 30
    assert second.share()

    assert first.use(100) <= 12
    assert first.share()


def test_stopped_each_process_counts_for_itself_until_it_is_back(
    redis: RedisServer, processes: tuple[Process, Process]
) -> None:
    first, second = processes
    redis.stop()
    assert first.use(150) == 100
    assert not first.share()
    assert first.use(10) <= 1

    redis.start()
    _until(first.share)
    assert second.use(50) == 50
    assert second.share()
    first.use(1)
    assert first.share()


def test_one_that_does_not_answer_is_left_alone_and_costs_little_time(
    redis: RedisServer, processes: tuple[Process, Process]
) -> None:
    first, _ = processes
    first.use(1)
    assert first.share()
    redis.freeze()
    first.use(1)

    began = time.monotonic()
    assert not first.share()
    assert PATIENCE_SECONDS <= time.monotonic() - began < LONG_ENOUGH
    # Until it is asked again nothing waits for it at all.
    first.use(1)
    began = time.monotonic()
    assert not first.share()
    assert time.monotonic() - began < PATIENCE_SECONDS

    redis.thaw()
    _until(first.share, FIRST_REST_SECONDS * 20)


def _until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_readers_notice_nothing_while_redis_is_stopped_emptied_and_slow(redis: RedisServer, tmp_path: Path) -> None:
    settings = {"REDIS_URL": redis.url, "DELIVERY_PER_MINUTE": "600", "WEB_WORKERS": "2"}
    prepare(tmp_path)
    key = make_key(tmp_path)
    with running(tmp_path, "serve", **settings) as (_, port), ThreadPoolExecutor(4) as readers:

        def ask(_number: int) -> int:
            asked = Request(f"http://127.0.0.1:{port}/v1/posts", headers={"Authorization": f"Bearer {key}"})
            try:
                with urlopen(asked, timeout=30) as answer:
                    return int(answer.status)
            except HTTPError as error:
                return error.code

        seen: list[Counter[int]] = []
        times = [time.monotonic()]
        for trouble in (lambda: None, redis.freeze, redis.thaw, redis.flush, redis.stop, redis.start):
            trouble()
            seen.append(Counter(readers.map(ask, range(400))))
            times.append(time.monotonic())

    assert {status for counted in seen for status in counted} == {200, 429}
    # Without an answer of Redis each of the two processes has the whole quota: 600 at once, then ten a second.
    assert sum(counted[200] for counted in seen) <= 2 * 600 + 2 * 10 * (times[-1] - times[0]) + 50
    assert all(after - before < 60 for before, after in pairwise(times))


def test_doctor_tells_which_redis_answers_and_what_is_different_while_none_does(
    redis: RedisServer, tmp_path: Path
) -> None:
    environment = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "x" * 40}
    settings = Settings.from_environ({**environment, "REDIS_URL": redis.url})
    assert list(check_redis(Settings.from_environ(environment))) == []
    (found,) = check_redis(settings)
    assert found.level is Level.OK
    assert re.match(r"Redis [0-9]+\.[0-9]", found.sentence)
    for hinder in (redis.freeze, redis.stop):
        hinder()
        (found,) = check_redis(settings)
        assert found.level is Level.WARNING
        assert "each web process counts by itself" in found.sentence
