"""Rows of the access matrix: one route, a good request to it, and the status that each caller gets."""

from __future__ import annotations

from dataclasses import dataclass

from tests.access.requests import MANAGE
from tests.access.world import NOBODIES, PEOPLE, WEBSITES, Ask


@dataclass(frozen=True)
class Row:
    """One route, a good request to it, and the status that each caller gets."""

    verb: str
    rule: str
    ask: Ask
    statuses: dict[str, int]

    @property
    def name(self) -> str:
        return f"{self.verb} {self.rule}"


def person_row(verb: str, rule: str, asked: Ask, statuses: str) -> Row:
    """A management route; the statuses are those of PEOPLE, in their order.

    The last three may be left out: the PPID of an agency then gets what its editor gets, that of the city what a central editor
    gets, and the one above them what an auditor gets.
    """
    told = [int(status) for status in statuses.split()]
    if len(told) == len(PEOPLE) - 3:
        told += [told[PEOPLE.index(like)] for like in ("editor", "central", "auditor")]
    expected = dict(zip(PEOPLE, told, strict=True))
    return Row(verb, MANAGE + rule, asked, expected | dict.fromkeys((*NOBODIES, *WEBSITES), 401))


def delivery_row(rule: str, asked: Ask, statuses: str) -> Row:
    """A delivery route; the statuses are those of WEBSITES, in their order."""
    expected = dict(zip(WEBSITES, map(int, statuses.split()), strict=True))
    return Row("GET", rule, asked, expected | dict.fromkeys((*NOBODIES, *PEOPLE), 401))


def feed_row(rule: str, asked: Ask, statuses: str = "403 200 200") -> Row:
    """A delivery route that a server answers without a key too."""
    row = delivery_row(rule, asked, statuses)
    return Row(row.verb, rule, asked, {**row.statuses, "anonymous": 200})


def public_row(verb: str, rule: str, asked: Ask, with_token: int = 200) -> Row:
    """A route that looks at no token, good or bad; `with_token` is what everybody gets who sends one all the same."""
    everybody = dict.fromkeys((*NOBODIES, *WEBSITES, *PEOPLE), with_token)
    return Row(verb, rule, asked, {**everybody, "anonymous": 200})
