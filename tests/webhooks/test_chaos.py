"""Endpoints that misbehave at random, as on the internet: everything arrives in the end, and once where the answer came (M-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from flask import Flask

from cms.core import clock
from tests.agencies.administration import Caller
from tests.factories import add_published_post
from tests.webhooks.receivers import Answer, Received, receiving
from tests.webhooks.sending import drain, endpoint, sender_to, state_of, tried

ENDPOINTS, LINES, MOST_ROUNDS = 4, 15, 400


class Moody:
    """Three in ten requests fail, one in ten is hung up on, one in twenty is sent elsewhere, one in twenty is too early."""

    def __init__(self) -> None:
        self.accepted: list[Received] = []
        self._chance = Random(20_261_124)

    def __call__(self, request: Received) -> Answer | None:
        mood = self._chance.random()
        if mood < 0.3:
            return 500, {}
        if mood < 0.4:
            return None
        if mood < 0.45:
            return 302, {"Location": "http://situs.example/"}
        if mood < 0.5:
            return 429, {"Retry-After": "7"}
        self.accepted.append(request)
        return 204, {}


def next_moment(app: Flask, endpoints: list[dict[str, Any]]) -> datetime | None:
    """When the next message is tried; None when none waits."""
    waiting = [each["next_try_at"] for made in endpoints for each in tried(app, made) if each["state"] == "waiting"]
    return min(waiting, default=None)


def test_everything_arrives_at_endpoints_that_misbehave_at_random(
    app: Flask, admin: Caller, webhooks: str, moment: Callable[[timedelta], None]
) -> None:
    moody = Moody()
    with receiving(moody) as receiver:
        endpoints = [endpoint(app, admin, webhooks, receiver) for _ in range(ENDPOINTS)]
        for _ in range(LINES):
            add_published_post(app)
        sender, rounds = sender_to(receiver), 0
        drain(app, sender)
        while (at := next_moment(app, endpoints)) is not None:
            moment(max(timedelta(), at - clock.now()))
            drain(app, sender)
            rounds += 1
            assert rounds < MOST_ROUNDS
        with app.app_context():
            sender.finish()

    assert {each["state"] for made in endpoints for each in tried(app, made)} == {"delivered"}
    assert {state_of(app, made)["state"] for made in endpoints} == {"active"}
    names = Counter(request.headers["webhook-id"] for request in moody.accepted)
    assert (len(names), set(names.values())) == (LINES, {ENDPOINTS})
