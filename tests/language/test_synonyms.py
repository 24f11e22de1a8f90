"""Abbreviations and words of the same meaning: shipped, said by the city, taken back; for readers with the next question."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from cms.language import models, services
from cms.language.expansions import Expansions, shipped
from cms.language.queries import current_expansions
from cms.serving.state import serving_state
from tests.people import Caller

PATH = "/manage/v1/search/synonyms"


def for_readers(app: Flask) -> Expansions:
    """What readers' questions are understood with."""
    with app.app_context():
        state = serving_state()
        heads = state.head.read(state.reader)
        return state.reference_data(heads.reference, 0).expansions


def test_what_comes_with_the_project_is_listed(central: Caller) -> None:
    found = central.get(f"{PATH}/DISHUB").json["data"]

    assert (found["term"], found["means"], found["both_ways"]) == ("dishub", ["Dinas Perhubungan"], True)
    assert (found["origin"], found["changed_by"], found["updated_at"]) == ("shipped", None, None)


def test_the_city_says_what_a_term_means_and_takes_it_back(central: Caller, app: Flask) -> None:
    said = central("PUT", f"{PATH}/e-ktp", json={"means": ["KTP digital"], "both_ways": False}).json["data"]
    assert (said["term"], said["means"], said["both_ways"]) == ("e ktp", ["KTP digital"], False)
    assert (said["origin"], said["changed_by"]["name"]) == ("city", central.actor.label)
    assert [each["term"] for each in central.get(f"{PATH}?origin=city").json["data"]] == ["e ktp"]

    assert central("DELETE", f"{PATH}/E-KTP").status_code == 204
    assert central("DELETE", f"{PATH}/e-ktp").status_code == 404
    assert central.get(f"{PATH}/e-ktp").json["data"]["origin"] == "shipped"
    with app.app_context():
        told = select(Change.action, Change.resource_id, Change.is_public).where(Change.resource_type == "synonym")
        lines = session.execute(told.order_by(Change.sequence)).all()
    assert [tuple(line) for line in lines] == [
        ("synonym.set", "e ktp", False),
        ("synonym.removed", "e ktp", False),
    ]


def test_saying_the_same_again_is_no_change(central: Caller, app: Flask) -> None:
    for _ in range(2):
        assert central("PUT", f"{PATH}/kir", json={"means": ["uji kendaraan"]}).status_code == 200

    with app.app_context():
        assert len(session.scalars(select(Change).where(Change.resource_type == "synonym")).all()) == 1


def test_readers_have_it_with_the_next_question(central: Caller, app: Flask) -> None:
    assert for_readers(app) == shipped()

    central("PUT", f"{PATH}/uji-emisi", json={"means": ["uji berkala"]})
    assert for_readers(app).phrases["uji", "emisi"] == (("uji", "kala"),)
    central("PUT", f"{PATH}/dishub", json={"means": []})
    assert ("dishub",) not in for_readers(app).phrases

    with app.app_context():
        assert current_expansions() == for_readers(app)


def test_the_list_has_pages_in_the_order_of_the_terms(central: Caller) -> None:
    central("PUT", f"{PATH}/aaa", json={"means": ["bbb"]})
    seen: list[str] = []
    address: str | None = f"{PATH}?limit=50"
    while address is not None:
        answer = central.get(address).json
        seen += [each["term"] for each in answer["data"]]
        address = answer["links"]["next"] and answer["links"]["next"].partition("/manage")[2]
        address = address and f"/manage{address}"

    assert "aaa" in seen
    assert "dishub" in seen
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("term", ["...", "%F0%9F%98%80", "a" * 41 + "%20" + "b" * 40])
def test_a_term_has_words_and_is_short(central: Caller, term: str) -> None:
    answer = central("PUT", f"{PATH}/{term}", json={"means": ["x y"]})

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_parameter")


def test_a_city_has_so_many_and_no_more(central: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_SYNONYMS", 1)
    assert models.MOST_SYNONYMS > 1
    central("PUT", f"{PATH}/satu", json={"means": ["a b"]})

    answer = central("PUT", f"{PATH}/dua", json={"means": ["a b"]})

    assert (answer.status_code, answer.json["code"]) == (409, "too_many_synonyms")
    assert central("PUT", f"{PATH}/satu", json={"means": ["lain"]}).status_code == 200
