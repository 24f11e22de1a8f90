"""Suggestions for first letters, and corrections of slips: never of what the reader could not find."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.publishing.models import Standing
from tests.delivery.carrying import take_back
from tests.factories import add_agencies, add_post, add_published_post
from tests.people import Caller, People
from tests.search.searching import answer, follow

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def website(people: People) -> Caller:
    return people.website()


def suggested(caller: Caller, q: str) -> list[tuple[str, str]]:
    found = caller.get("/v1/suggest", query_string={"q": q})
    assert found.status_code == 200, found.text
    rows: list[dict[str, Any]] = found.json["data"]
    return [(row["type"], row["title"]) for row in rows]


def test_the_first_letters_bring_agencies_and_titles_as_they_are_written(app: Flask, website: Caller) -> None:
    add_agencies(app, "penutup", name="Dinas Penutup Jalan", short_name="DPJ")
    add_published_post(app, title="Penutupan Jalan")
    add_published_post(app, title="Jalan lain", summary="Penutupan.")
    add_post(app, title="Penutupan rahasia")
    follow(app)

    assert suggested(website, "penutu") == [("agency", "Dinas Penutup Jalan"), ("post", "Penutupan Jalan")]
    assert suggested(website, "jalan penutupa") == [("agency", "Dinas Penutup Jalan"), ("post", "Penutupan Jalan")][1:]
    assert suggested(website, "DPJ") == [("agency", "Dinas Penutup Jalan")]
    assert suggested(website, "?") == []
    assert suggested(website, "j")[1:] == []


def test_suggestions_are_of_what_the_key_shows_now(app: Flask, people: People) -> None:
    item = add_published_post(app, title="Rahasia dishub", agency="dishub")
    follow(app)
    assert suggested(people.website(agencies=["dpu"]), "rahasia") == []
    own = people.website(agencies=["dishub"])
    assert suggested(own, "rahasia") == [("post", "Rahasia dishub")]

    take_back(app, item, Standing.GONE, "Keliru.")
    assert suggested(own, "rahasia") == []


def test_a_slip_is_corrected_by_words_of_the_texts(app: Flask, people: People) -> None:
    add_published_post(app, title="Jadwal imunisasi balita", agency="dishub")
    follow(app)

    meta = answer(people.website(), "imunsasi")["meta"]
    assert (meta["total"]["value"], meta["did_you_mean"]) == (0, "imunisasi")
    # The word that is right finds it; the other one is corrected all the same.
    meta = answer(people.website(), "jadwal imunsasi")["meta"]
    assert (meta["total"]["value"], meta["matched"], meta["did_you_mean"]) == (1, "most", "jadwal imunisasi")
    assert answer(people.website(), "jadwal imunisasi")["meta"]["did_you_mean"] is None
    # What a key cannot find is not told to it as a correction.
    assert answer(people.website(agencies=["dpu"]), "imunsasi")["meta"]["did_you_mean"] is None
    assert answer(people.website(), "zzzzqq")["meta"]["did_you_mean"] is None


def test_a_correction_does_not_tell_what_was_taken_back(app: Flask, people: People) -> None:
    item = add_published_post(app, title="Kucing hilang")
    follow(app)
    take_back(app, item, Standing.GONE, "Keliru.")

    assert answer(people.website(), "kucng")["meta"]["did_you_mean"] is None
