"""Offices of agencies: written by the agency, read by everybody, and documents may belong to one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cms.agencies.models import Agency
from cms.changes.followers import follow_log
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Role
from cms.editorial.followers import rebuild_changed
from cms.offices.services import _changed
from tests.factories import add_areas, add_office, add_published_document, document_content
from tests.people import Caller, People

OFFICES = "/manage/v1/offices"
NEW: dict[str, Any] = {
    "agency": "dpu", "name": "Kantor UPTD Kota", "address": "Jalan Contoh 12", "area": "64.71.06.1005",
    "hours": "Senin-Jumat 08.00-15.00 Wita", "contact": {"phone": "+62 542 555 0101"},
}  # fmt: skip


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def site(people: People, city: None) -> Caller:
    return people.website()


def made(caller: Caller, **values: Any) -> str:
    answer = caller.post(OFFICES, {**NEW, **values})
    assert answer.status_code == 201, answer.json
    return str(answer.json["data"]["id"])


def change(caller: Caller, office: str, version: int, **values: Any) -> Any:
    return caller("PATCH", f"{OFFICES}/{office}", match=version, json=values)


def test_an_office_is_with_readers_as_soon_as_it_is_written(editor: Caller, site: Caller) -> None:
    assert site.get("/v1/offices").json["data"] == []

    office = made(editor)

    shown = {
        **NEW, "id": office, "contact": {"phone": "+62 542 555 0101", "email": None}, "is_closed": False,
        "agency": {"slug": "dpu", "name": "Dinas Dpu", "short_name": "DPU"},
    }  # fmt: skip
    assert site.get("/v1/offices").json["data"] == [shown]
    assert site.get(f"/v1/offices/{office}").json["data"] == shown
    assert site.get(f"/v1/offices/{new_id()}").status_code == 404
    assert editor.get(f"{OFFICES}/{office}").json["data"]["agency"] == "dpu"


def test_a_change_keeps_what_it_does_not_name_and_a_closed_office_stays(editor: Caller, site: Caller) -> None:
    office = made(editor)
    first = site.get("/v1/offices").headers["ETag"]

    moved = change(editor, office, 1, contact={"email": "uptd@dpu.balikpapan.example"}, hours=None)
    closed = change(editor, office, 2, is_closed=True)
    same = change(editor, office, 3, is_closed=True)

    assert moved.json["data"]["contact"] == {"phone": "+62 542 555 0101", "email": "uptd@dpu.balikpapan.example"}
    assert (moved.json["data"]["hours"], moved.json["data"]["address"]) == (None, "Jalan Contoh 12")
    assert [each.headers["ETag"] for each in (moved, closed, same)] == ['"v2"', '"v3"', '"v3"']
    assert change(editor, office, 1, name="Lain").status_code == 412
    assert site.get("/v1/offices", headers={"If-None-Match": first}).status_code == 200
    counts = {
        query: len(site.get(f"/v1/offices?{query}").json["data"]) for query in ("", "closed=true", "closed=false")
    }
    assert counts == {"": 1, "closed=true": 1, "closed=false": 0}
    assert editor.get(f"{OFFICES}?closed=false").json["data"] == []


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"agency": "tidak-ada"}, "/agency", "not_found"),
        ({"area": "64.99"}, "/area", "not_found"),
        ({"name": "x"}, "/name", "too_short"),
        ({"name": "..."}, "/name", "blank"),
        ({"hours": "Daftar di slot88.com"}, "/hours", "suspicious_note"),
        ({"contact": {"phone": "hubungi kami"}}, "/contact/phone", "bad_format"),
    ],
)
def test_what_does_not_fit_is_refused(
    people: People, city: None, site: Caller, values: dict[str, Any], pointer: str, code: str
) -> None:
    admin = people.person(Role.ADMIN)

    refused = admin.post(OFFICES, {**NEW, **values})

    assert [(error["pointer"], error["code"]) for error in refused.json["errors"]] == [(pointer, code)]
    assert site.get("/v1/offices").json["data"] == []


def test_offices_are_found_by_agency_and_by_area_with_what_lies_below(
    app: Flask, people: People, editor: Caller, site: Caller
) -> None:
    add_areas(app, {"64.71.05": "kecamatan"})
    below, beside, nowhere = made(editor), add_office(app, "dishub", area="64.71.05"), add_office(app, "dishub")

    def found(caller: Caller, path: str) -> list[str]:
        return [each["id"] for each in caller.get(path).json["data"]]

    for caller, path in ((site, "/v1/offices"), (people.person(Role.ADMIN), OFFICES)):
        assert found(caller, path) == [below, beside, nowhere]
        assert found(caller, f"{path}?area=64.71.06") == [below]
        assert found(caller, f"{path}?area=64.71") == [below, beside]
        assert found(caller, f"{path}?agency=dishub") == [beside, nowhere]
        first = caller.get(f"{path}?limit=2").json
        rest = caller.get(first["links"]["next"].removeprefix("http://localhost")).json
        assert [each["id"] for each in (*first["data"], *rest["data"])] == [below, beside, nowhere]


@pytest.mark.parametrize(
    ("query", "codes"),
    [("agency=tidak-ada", ["unknown_agency"]), ("area=64.99", ["unknown_area"]), ("agency=dpu&area=64.71", None)],
)
def test_a_word_that_names_nothing_is_told(site: Caller, query: str, codes: list[str] | None) -> None:
    meta = site.get(f"/v1/offices?{query}").json["meta"]

    assert [each["code"] for each in meta.get("warnings", ())] == (codes or [])


def test_readers_find_the_offices_of_a_merged_agency_with_its_successor(
    app: Flask, editor: Caller, site: Caller
) -> None:
    office = add_office(app, "dishub")
    with app.app_context(), unit_of_work():
        dishub = session.get_one(Agency, "dishub")
        dishub.valid_to, dishub.successor = clock.now().date().replace(year=2025), "dpu"

    shown = site.get("/v1/offices?agency=dpu").json["data"]

    assert [(each["id"], each["agency"]["slug"]) for each in shown] == [(office, "dishub")]


def test_an_office_is_handed_over_by_who_may_write_for_both(people: People, editor: Caller) -> None:
    office = made(editor)
    people.person(Role.AGENCY_EDITOR, "dishub")

    assert change(editor, office, 1, agency="dishub").status_code == 403
    assert change(people.person(Role.PPID_UTAMA), office, 1, agency="dishub").status_code == 200
    assert change(editor, office, 2, name="Kembali").status_code == 403


def test_a_document_belongs_to_an_office_of_its_agency(app: Flask, editor: Caller, site: Caller) -> None:
    office, foreign, closed = made(editor), add_office(app, "dishub"), add_office(app, is_closed=True)
    add_published_document(app, title="Lain")

    document = add_published_document(app, title="Prosedur evakuasi", office=office)

    assert [card["office"] for card in site.get("/v1/documents").json["data"]] == [office, None]
    listed = site.get(f"/v1/documents?office={office}&include=office").json["data"]
    assert [(card["id"], card["office"]["name"]) for card in listed] == [(document.id, "Kantor UPTD Kota")]
    unknown = site.get(f"/v1/documents?office={new_id()}").json
    assert (unknown["data"], [each["code"] for each in unknown["meta"]["warnings"]]) == ([], ["unknown_office"])
    for wrong, code in ((foreign, "not_found"), (new_id(), "not_found"), (closed, "not_valid_any_more")):
        refused = editor.post("/manage/v1/documents", document_content(office=wrong))
        assert [(error["pointer"], error["code"]) for error in refused.json["errors"]] == [("/office", code)]


def test_a_document_keeps_an_office_that_was_closed(app: Flask, editor: Caller, site: Caller) -> None:
    office = made(editor)
    document = add_published_document(app, office=office)
    assert change(editor, office, 1, is_closed=True).status_code == 200
    path = f"/manage/v1/documents/{document.id}"

    edited = editor("PATCH", path, match=document.version, json={"summary": "Ringkasan baru."})

    assert (edited.status_code, edited.json["data"]["office"]) == (200, office)
    moved = editor("PATCH", path, match=document.version + 1, json={"office": None})
    assert moved.json["data"]["office"] is None
    again = editor("PATCH", path, match=document.version + 2, json={"office": office})
    assert again.json["errors"][0]["code"] == "not_valid_any_more"


def test_a_changed_office_moves_the_documents_that_belong_to_it(
    app: Flask, editor: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    office = made(editor)
    document = add_published_document(app, office=office)
    add_published_document(app, title="Lain")

    def moments() -> dict[str, str]:
        return {card["id"]: card["changed_at"] for card in site.get("/v1/documents").json["data"]}

    before = moments()
    moment(timedelta(minutes=1))
    assert change(editor, office, 1, hours="08.00-12.00").status_code == 200
    with app.app_context():
        while follow_log("presenter", rebuild_changed):
            pass

    after = moments()
    assert [each for each in after if after[each] != before[each]] == [document.id]


CONTACTS = st.dictionaries(st.sampled_from(["phone", "email"]), st.sampled_from(["a", "b"]))
PATCHES = st.dictionaries(st.sampled_from(["phone", "email"]), st.sampled_from(["a", "b", None]))


@given(present=CONTACTS, patch=st.none() | PATCHES)
def test_a_contact_is_merged_entry_by_entry(present: dict[str, str], patch: dict[str, str | None] | None) -> None:
    after = _changed({"contact": present, "name": "x"}, {"contact": patch})["contact"]

    for name in ("phone", "email"):
        expected = None if patch is None else patch.get(name, present.get(name))
        assert after.get(name, "absent") == ("absent" if expected is None else expected)
