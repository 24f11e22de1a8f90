"""Tabs that refresh at any time and a thief with an old token: what must hold, whatever the order (R-A2)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.accounts.policies import MOST_SIBLINGS, REFRESH_GRACE
from cms.core import clock
from tests.accounts.persons import ME, REFRESH, add_person, bearer, logged_actions, tokens_of

Advance = Callable[[timedelta], None]
SEEDS = range(6)
STEPS = 40
PAUSES = [
    timedelta(0),
    timedelta(seconds=1),
    REFRESH_GRACE,
    REFRESH_GRACE + timedelta(microseconds=1),
    timedelta(minutes=20),
]


@dataclass
class Model:
    """What the rule says of every token that was ever given out: when it was first used, and how many it gave."""

    first_used: dict[str, datetime] = field(default_factory=dict)
    gave: dict[str, int] = field(default_factory=dict)
    is_over: bool = False

    def allows(self, token: str) -> bool:
        """Whether this use must be answered; notes it. A use that is not allowed ends the session for everybody."""
        present = clock.now()
        began = self.first_used.setdefault(token, present)
        self.gave[token] = self.gave.get(token, 0) + 1
        self.is_over |= present - began > REFRESH_GRACE or self.gave[token] > MOST_SIBLINGS
        return not self.is_over


def exchanged(client: FlaskClient, token: str) -> str | None:
    """The next refresh token; None when it was refused."""
    answer = client.post(REFRESH, json={"refresh_token": token})
    assert answer.status_code in {200, 401}, answer.json
    return answer.json["refresh_token"] if answer.status_code == 200 else None  # type: ignore[index]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_use_is_judged_as_the_rule_says(app: Flask, client: FlaskClient, moment: Advance, seed: int) -> None:
    """Anybody shows any token that was ever given out, at any time."""
    chance, model = random.Random(seed), Model()
    known = [tokens_of(client, add_person(app))["refresh_token"]]
    for _ in range(STEPS):
        moment(chance.choice(PAUSES))
        # Mostly the newest ones, as honest holders do.
        token = chance.choice(known[-3:] if chance.random() < 0.8 else known)
        given = exchanged(client, token)
        assert (given is not None) == model.allows(token)
        known += [given] if given else []
    assert logged_actions(app).count("user.refresh_reused") == int(model.is_over)


@pytest.mark.parametrize("seed", SEEDS)
def test_honest_tabs_are_never_signed_out(app: Flask, client: FlaskClient, moment: Advance, seed: int) -> None:
    """Each tab uses what it was given last, or what another one left in the browser at most the grace ago."""
    chance = random.Random(seed)
    first = tokens_of(client, add_person(app))["refresh_token"]
    tabs, left, left_at = [first] * chance.randint(2, 5), first, clock.now()
    for number in range(len(tabs)):
        tabs[number] = exchanged(client, first) or ""
        assert tabs[number]
    for _ in range(STEPS):
        moment(chance.choice(PAUSES))
        tab = chance.randrange(len(tabs))
        use = left if left != first and clock.now() == left_at and chance.random() < 0.3 else tabs[tab]
        left, left_at = use, clock.now()
        tabs[tab] = exchanged(client, use) or ""
        assert tabs[tab]
        if use in tabs:
            # The tab from whom this one took it refreshes in the same moment.
            owner = tabs.index(use)
            tabs[owner] = exchanged(client, use) or ""
            assert tabs[owner]
    assert "user.refresh_reused" not in logged_actions(app)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stolen_token_ends_the_session_for_both(app: Flask, client: FlaskClient, moment: Advance, seed: int) -> None:
    """A copied token is used by both, however many refreshes later and in whatever order."""
    chance = random.Random(seed)
    tokens = tokens_of(client, add_person(app))
    token = tokens["refresh_token"]
    for _ in range(chance.randint(0, 5)):
        moment(timedelta(minutes=chance.randint(1, 60)))
        token = exchanged(client, token) or ""
    stolen = token
    mine = exchanged(client, stolen)
    for _ in range(chance.randint(0, 3)):
        moment(timedelta(minutes=chance.randint(1, 60)))
        mine = exchanged(client, mine or "")
    assert mine
    moment(REFRESH_GRACE + timedelta(seconds=chance.randint(1, 600)))

    assert exchanged(client, stolen) is None
    assert exchanged(client, mine) is None
    assert client.get(ME, headers=bearer(tokens["access_token"])).status_code == 401
    assert logged_actions(app).count("user.refresh_reused") == 1
