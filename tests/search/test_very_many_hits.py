"""A word that very many items have: which come first, and where the pages end, the same on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.publishing.selection import COUNT_CAP
from cms.search.finding import MOST_RANKED
from tests.factories import add_agencies
from tests.people import People
from tests.search.bulk import add_posts
from tests.search.searching import answer, ids_of, titles

EVERY_TITLE = 100
"""One of so many has the word in its title."""


@pytest.mark.slow
def test_of_very_many_those_with_the_word_in_the_title_come_first_and_the_pages_end(app: Flask, people: People) -> None:
    add_agencies(app, "dpu")
    many = COUNT_CAP + 50
    names = [f"Banjir {n}" if n % EVERY_TITLE == 0 else f"Kabar {n}" for n in range(many)]
    ids = add_posts(app, names, "dpu", "Banjir surut.")
    newest = list(reversed(range(many)))
    order = [n for n in newest if n % EVERY_TITLE == 0] + [n for n in newest if n % EVERY_TITLE]
    website = people.website()

    body = answer(website, "banjir", limit=100, fields="id")
    assert body["meta"]["ranked"] == "partial"
    assert body["meta"]["total"] == {"value": COUNT_CAP, "relation": "gte"}
    assert list(ids_of(website, body)) == [ids[n] for n in order][:COUNT_CAP]

    facets: dict[str, Any] = answer(website, "banjir", facets="type,agency", limit=1, fields="id")["meta"]["facets"]
    assert {name: [row["count"] for row in rows] for name, rows in facets.items()} == {
        "type": [COUNT_CAP],
        "agency": [COUNT_CAP],
    }


@pytest.mark.slow
def test_all_are_compared_up_to_the_bound_and_the_newest_come_first_beyond_it(app: Flask, people: People) -> None:
    add_agencies(app, "dpu")
    add_posts(app, ["Banjir lama", *(["Kabar banjir surut"] * MOST_RANKED)], "dpu", "Genangan surut sudah.")
    website = people.website()

    at_most = answer(website, "kabar", limit=2, fields="id")["meta"]
    assert (at_most["ranked"], at_most["total"]) == ("all", {"value": MOST_RANKED, "relation": "eq"})
    more = answer(website, "banjir", limit=2, fields="id")["meta"]
    assert (more["ranked"], more["total"]) == ("partial", {"value": MOST_RANKED + 1, "relation": "eq"})
    assert titles(website, "lama", fields="title") == ["Banjir lama"]
