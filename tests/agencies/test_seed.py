"""The agencies and areas that the project brings along."""

from __future__ import annotations

import csv

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.agencies.models import Agency, Area
from cms.agencies.services import seed_agencies
from cms.core.db import session
from cms.core.permissions import system_actor
from tests.agencies.administration import Caller, logged
from tests.conftest import SHARED_DATA


@pytest.mark.usefixtures("context")
def test_the_city_has_its_36_agencies_its_own_channel_and_42_areas() -> None:
    assert seed_agencies(system_actor("test")) == 79
    assert session.scalar(select(func.count()).select_from(Agency).where(Agency.kind != "kota")) == 36
    assert session.scalar(select(func.count()).select_from(Area)) == 42
    assert session.get_one(Agency, "dkk").abbreviations == ["DKK", "Dinkes", "DINKES"]
    assert session.get_one(Area, "64.71.06.1005").parent_code == "64.71.06"


def test_a_second_run_records_nothing_and_keeps_what_people_changed(app: Flask, admin: Caller) -> None:
    with app.app_context():
        seed_agencies(system_actor("test"))
    admin("PATCH", "agencies/dpu", {"name": "Dinas PUPR"}, '"v1"')
    before = logged(app)

    with app.app_context():
        assert seed_agencies(system_actor("test")) == 0

    assert logged(app) == before
    assert admin("GET", "agencies/dpu").json["data"]["name"] == "Dinas PUPR"


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the reference data does not lie beside the project")
@pytest.mark.usefixtures("context")
def test_nothing_of_the_reference_lists_is_missing() -> None:
    seed_agencies(system_actor("test"))
    with (SHARED_DATA / "reference" / "agencies.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            agency = session.get_one(Agency, row["slug"])
            words = [word.strip() for word in row["abbreviations"].split(";") if word.strip(" -")]
            assert (agency.name, agency.kind, agency.abbreviations) == (row["name"], row["kind"], words)
    with (SHARED_DATA / "reference" / "areas.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            area = session.get_one(Area, row["code"])
            assert (area.name, area.level, area.parent_code) == (row["name"], row["level"], row["parent_code"] or None)


def test_areas_are_listed_by_code_level_and_parent(app: Flask, admin: Caller) -> None:
    with app.app_context():
        seed_agencies(system_actor("test"))

    below = admin("GET", "areas?parent=64.71.06").json["data"]
    assert [area["code"] for area in below] == [f"64.71.06.100{number}" for number in range(1, 6)]
    assert len(admin("GET", "areas?level=provinsi,kota").json["data"]) == 2
    first = admin("GET", "areas?limit=40")
    assert len(first.json["data"]) == 40
    rest = admin("GET", first.json["links"]["next"].removeprefix("http://localhost/manage/v1/"))
    assert (len(rest.json["data"]), rest.json["links"]["next"]) == (2, None)
    assert admin("GET", "areas?parent=Balikpapan").status_code == 400
