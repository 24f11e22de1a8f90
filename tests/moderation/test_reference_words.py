"""Names, descriptions and sites of reference data go out at once in thousands of answers: they are looked at, and rolled back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.editorial.rollback.orders import MOST_ITEMS_ALONE, reaches_far
from tests.cli.test_commands import run
from tests.conftest import second_app
from tests.moderation.rollbacks import counts, make, publish, roll_back
from tests.moderation.test_breakers import act
from tests.people import Caller, People, sign_in

MANAGE = "/manage/v1"
ADVERT = "Situs slot gacor maxwin deposit pulsa"
LATER = timedelta(minutes=5)
CATEGORY = {"slug": "lingkungan", "name_id": "Lingkungan", "name_en": "Environment"}


@pytest.fixture
def admin(people: People, city: None) -> Caller:
    return people.person(Role.ADMIN)


@pytest.fixture
def other_admin(app: Flask, admin: Caller) -> Caller:
    actor = Actor(new_id(), "Admin lain", frozenset({(Role.ADMIN, None)}))
    return Caller(admin.client, sign_in(app, actor), actor)


def change(caller: Caller, path: str, **values: Any) -> Any:
    return caller("PATCH", f"{MANAGE}/{path}", match=caller.get(f"{MANAGE}/{path}").headers["ETag"], json=values)


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"name": ADVERT}, "/name"),
        ({"short_name": "Slot gacor maxwin"}, "/short_name"),
        ({"description": f"Dinas. {ADVERT}."}, "/description"),
        ({"description": "Kunjungi slot88.com"}, "/description"),
        ({"aliases": ["DPU", ADVERT]}, "/aliases/1"),
        ({"abbreviations": ["slot gacor"]}, "/abbreviations/0"),
        ({"contact": {"address": ADVERT}}, "/contact/address"),
        ({"contact": {"hours": "Buka di 103.152.118.20"}}, "/contact/hours"),
        ({"contact": {"email": "slotgacor.maxwin@slot88.com"}}, "/contact/email"),
    ],
)
def test_words_of_an_agency_are_refused(admin: Caller, values: dict[str, Any], pointer: str) -> None:
    refused = change(admin, "agencies/dpu", **values)
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json["errors"]] == [(pointer, "suspicious_note")]


def test_words_are_not_put_together_piece_by_piece(admin: Caller) -> None:
    assert change(admin, "agencies/dpu", short_name="Slot").status_code == 200
    assert change(admin, "agencies/dpu", aliases=["gacor maxwin deposit pulsa"]).status_code == 422
    assert change(admin, "agencies/dpu", description="Melayani pekerjaan umum.").status_code == 200


def test_words_of_a_new_agency_and_of_a_category_are_refused(admin: Caller) -> None:
    agency = {"slug": "slot-gacor-maxwin", "name": "Dinas", "short_name": "D", "kind": "dinas"}
    assert admin.post(f"{MANAGE}/agencies", agency).json["errors"][0]["pointer"] == "/slug"
    assert admin.post(f"{MANAGE}/categories", {**CATEGORY, "name_en": ADVERT}).status_code == 422
    assert admin.post(f"{MANAGE}/categories", CATEGORY).status_code == 201
    assert change(admin, "categories/lingkungan", description="Lihat slot88.com").status_code == 422
    assert change(admin, "categories/lingkungan", name_id="Lingkungan hidup").status_code == 200


def test_a_site_on_an_unknown_domain_waits_for_a_second_person(
    admin: Caller, other_admin: Caller, editor: Caller, site: Caller
) -> None:
    """Alone it neither goes out nor makes its domain an allowed one."""
    address = "https://dpu-balikpapan.com"
    item = make(editor)
    publish(editor, item)

    proposed = change(admin, "agencies/dpu", site_url=address, name="Dinas PU")

    data = proposed.json["data"]
    assert (proposed.status_code, data["site_url"], data["name"]) == (200, None, "Dinas PU")
    assert (data["proposed"]["site_url"], data["proposed"]["by"]["id"]) == (address, admin.actor.id)
    assert change(admin, "agencies/dpu", site_url=address).json["data"]["site_url"] is None, "not by the same person"
    assert site.get("/v1/agencies/dpu").json["data"]["site_url"] is None
    held = make(editor, body="Lihat [situs](https://dpu-balikpapan.com/x).")
    assert act(editor, held, "publish").json["code"] == "held"
    assert change(other_admin, "agencies/dpu", site_url="https://lain.com").json["data"]["site_url"] is None
    assert change(admin, "agencies/dpu", site_url="https://lain.com").json["data"]["site_url"] == "https://lain.com"
    assert change(admin, "agencies/dpu", site_url="https://dpu.balikpapan.go.id").json["data"]["proposed"] is None
    assert change(admin, "agencies/dpu", site_url=None).json["data"]["site_url"] is None


def test_a_new_agency_has_no_site_that_nobody_else_saw(admin: Caller, other_admin: Caller, central: Caller) -> None:
    agency = {
        "slug": "baru",
        "name": "Dinas Baru",
        "short_name": "Baru",
        "kind": "dinas",
        "site_url": "https://baru.com",
    }
    made = admin.post(f"{MANAGE}/agencies", agency)
    assert (made.status_code, made.json["data"]["site_url"]) == (201, None)
    assert (
        change(other_admin, "agencies/baru", site_url="https://baru.com").json["data"]["site_url"] == "https://baru.com"
    )
    central("PUT", f"{MANAGE}/link-domains/jahat.com", json={"verdict": "blocked"})
    assert change(admin, "agencies/baru", site_url="https://jahat.com").json["errors"][0]["code"] == "blocked_link"


def test_a_rollback_puts_reference_data_right(
    admin: Caller, other_admin: Caller, central: Caller, moment: Callable[[timedelta], None], site: Caller
) -> None:
    change(other_admin, "agencies/dpu", name="Dinas Pekerjaan Umum", description="Jalan dan drainase.")
    other_admin.post(f"{MANAGE}/categories", CATEGORY)
    central("PUT", f"{MANAGE}/link-domains/judi.com", json={"verdict": "blocked"})
    for term in ("lpj", "bbm"):
        central("PUT", f"{MANAGE}/search/synonyms/{term}", json={"means": ["lama"]})
    moment(LATER)
    change(admin, "agencies/dpu", name="Rusak", short_name="Rusak", valid_to="2026-01-01", successor="dishub")
    change(admin, "agencies/dishub", site_url="https://jahat.com")
    change(admin, "categories/lingkungan", name_id="Rusak", is_retired=True)
    admin.post(f"{MANAGE}/categories", {"slug": "palsu", "name_id": "Palsu", "name_en": "Fake"})
    admin.post(f"{MANAGE}/agencies", {"slug": "palsu", "name": "Dinas Palsu", "short_name": "P", "kind": "dinas"})
    admin("PUT", f"{MANAGE}/link-domains/mitra.com", json={"verdict": "allowed"})
    admin("DELETE", f"{MANAGE}/link-domains/judi.com")
    admin("PUT", f"{MANAGE}/search/synonyms/ktp", json={"means": ["rusak"]})
    admin("PUT", f"{MANAGE}/search/synonyms/lpj", json={"means": ["rusak"]})
    admin("DELETE", f"{MANAGE}/search/synonyms/bbm")

    assert counts(roll_back(central, admin)) == {"reverted": 10}

    dpu = central.get(f"{MANAGE}/agencies/dpu").json["data"]
    assert (dpu["name"], dpu["short_name"], dpu["description"], dpu["valid_to"], dpu["successor"]) == (
        "Dinas Pekerjaan Umum", "DPU", "Jalan dan drainase.", None, None,
    )  # fmt: skip
    assert central.get(f"{MANAGE}/agencies/dishub").json["data"]["proposed"] is None
    category = central.get(f"{MANAGE}/categories/lingkungan").json["data"]
    assert (category["name_id"], category["is_retired"]) == ("Lingkungan", False)
    fake = central.get(f"{MANAGE}/categories/palsu").json["data"]
    assert (fake["name_id"], fake["is_retired"]) == ("palsu", True)
    assert site.get("/v1/agencies/palsu").json["data"]["name"] == "palsu"
    domains = {entry["domain"]: entry["verdict"] for entry in central.get(f"{MANAGE}/link-domains").json["data"]}
    assert domains == {"judi.com": "blocked"}
    own = central.get(f"{MANAGE}/search/synonyms?origin=city").json["data"]
    assert [(each["term"], each["means"]) for each in own] == [("bbm", ["lama"]), ("lpj", ["lama"])]
    assert counts(roll_back(central, admin)) == {"unchanged": 10}


def test_a_rollback_puts_offices_right(
    admin: Caller, other_admin: Caller, central: Caller, moment: Callable[[timedelta], None], site: Caller
) -> None:
    office = {"agency": "dpu", "name": "Kantor UPTD", "hours": "08.00-15.00", "contact": {"phone": "112"}}
    kept = other_admin.post(f"{MANAGE}/offices", office).json["data"]["id"]
    moment(LATER)
    change(admin, f"offices/{kept}", hours="Tutup", contact={"phone": "555"}, agency="dishub", is_closed=True)
    false = admin.post(f"{MANAGE}/offices", {**office, "name": "Kantor Palsu"}).json["data"]["id"]

    assert counts(roll_back(central, admin)) == {"reverted": 2}

    shown = {each["id"]: each for each in site.get("/v1/offices").json["data"]}
    said = [(each["hours"], each["contact"]["phone"], each["is_closed"], each["name"]) for each in shown.values()]
    assert shown.keys() == {kept, false}
    assert said == [("08.00-15.00", "112", False, "Kantor UPTD"), (None, None, True, "dpu")]
    assert shown[kept]["agency"]["slug"] == "dpu"
    assert counts(roll_back(central, admin)) == {"unchanged": 2}


def test_what_a_colleague_said_since_stays(
    admin: Caller, other_admin: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    moment(LATER)
    change(admin, "agencies/dpu", name="Rusak")
    change(other_admin, "agencies/dpu", name="Diperbaiki")
    assert counts(roll_back(central, admin)) == {"unchanged": 1}
    assert central.get(f"{MANAGE}/agencies/dpu").json["data"]["name"] == "Diperbaiki"


def test_a_rollback_over_years_needs_a_second_person(
    app: Flask, people: People, editor: Caller, central: Caller, environment: dict[str, str]
) -> None:
    item = make(editor)
    publish(editor, item)
    second = Actor(new_id(), "Redaksi lain", frozenset({(Role.CENTRAL_EDITOR, None)}))
    other = Caller(central.client, sign_in(app, second), second)
    long_ago = "2024-01-01T00:00:00Z"

    waits = roll_back(central, editor, since=long_ago)

    assert (waits["is_waiting"], waits["finished_at"], waits["items"], waits["confirmed_by"]) == (True, None, 1, None)
    assert roll_back(central, editor, since=long_ago)["is_waiting"], "the same person is no second one"
    assert central.get(f"{MANAGE}/posts/{item}").json["data"]["state"] == "published"
    done = roll_back(other, editor, since=long_ago)
    assert (done["id"], done["is_waiting"], done["confirmed_by"]["id"]) == (waits["id"], False, other.actor.id)
    assert counts(done) == {"withdrawn": 1}
    assert not roll_back(central, editor, since="2026-11-24T00:00:00Z")["is_waiting"], (
        "what is recent and small goes at once"
    )
    assert (reaches_far(MOST_ITEMS_ALONE, clock.now()), reaches_far(MOST_ITEMS_ALONE + 1, clock.now())) == (False, True)
    with second_app(environment) as server:
        alone = roll_back(central, central, since=long_ago)
        assert (
            run(server, "moderation", "confirm", alone["id"], "--reason", "Diperiksa bersama auditor.").exit_code == 0
        )
    assert not roll_back(central, central, since=long_ago)["is_waiting"]
