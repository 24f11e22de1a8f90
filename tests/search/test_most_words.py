"""Where no item has all the words of a question, those that have all but one are answered, and the answer says so."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import add_published_document, add_published_post
from tests.people import Caller, People
from tests.search.searching import answer, follow, titles

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def website(app: Flask, people: People) -> Caller:
    """A website of a city with three items."""
    add_published_post(app, title="Jadwal imunisasi balita", summary="Di Sepinggan.", body="Mulai Senin.")
    add_published_post(app, title="Imunisasi anjing", summary="Di Manggar.", body="Mulai Senin.")
    add_published_document(app, title="Rencana kerja", summary="Balita dan lansia.")
    follow(app)
    return people.website()


def test_one_word_may_be_missed_where_no_item_has_all(website: Caller) -> None:
    found = answer(website, "imunisasi balita zzyzx")

    assert [hit["title"] for hit in found["data"]] == ["Jadwal imunisasi balita"]
    assert found["meta"]["matched"] == "most"
    assert found["meta"]["total"] == {"value": 1, "relation": "eq"}
    assert sorted(titles(website, "imunisasi zzyzx", limit=1)) == ["Imunisasi anjing", "Jadwal imunisasi balita"]
    assert titles(website, "imunisasi zzyzx", type="document") == []
    assert titles(website, "imunisasi zzyzx", sort="-published_at") != []


def test_no_word_is_missed_where_an_item_has_all(website: Caller) -> None:
    found = answer(website, "imunisasi balita")

    assert [hit["title"] for hit in found["data"]] == ["Jadwal imunisasi balita"]
    assert found["meta"]["matched"] == "all"


@pytest.mark.parametrize("q", ["zzyzx", "zzyzx qwxyz imunisasi", "imunisasi balita jadwal sepinggan mulai senin zzyzx"])
def test_two_words_are_not_missed_nor_one_of_many(website: Caller, q: str) -> None:
    found = answer(website, q)

    assert (found["data"], found["meta"]["total"]["value"]) == ([], 0)


def test_a_word_counts_more_than_the_beginning_of_another(app: Flask, website: Caller) -> None:
    """`tera` is a word of the older item, and the beginning of one of the newer item, in the same place."""
    add_published_document(app, title="Pasar", summary="Uji tera ulang.")
    add_published_document(app, title="Taman", summary="Lampu yang terang.")
    follow(app)

    assert titles(website, "tera") == ["Pasar", "Taman"]
