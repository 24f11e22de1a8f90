"""Agencies over the management plane: created, renamed, merged; never deleted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask

from cms.agencies.services import update_agency
from cms.core.errors import Invalid, StaleVersion
from tests.agencies.administration import ADMIN, Caller, add_agency, logged

NEW = {"slug": "disperkim", "name": "Dinas Perumahan", "short_name": "Disperkim", "kind": "dinas"}
ENDS = {"valid_to": "2026-12-31"}


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault.get("pointer") or fault.get("parameter"), fault["code"]) for fault in answer.json["errors"]]


def test_an_admin_adds_an_agency_and_reads_it_at_its_address(app: Flask, admin: Caller) -> None:
    contact = {"phone": "112", "email": "halo@disperkim.example", "address": "Jalan Contoh 1\nBalikpapan"}

    made = admin("POST", "agencies", {**NEW, "contact": contact, "site_url": "https://disperkim.example"})

    assert (made.status_code, made.headers["ETag"]) == (201, '"v1"')
    assert made.headers["Location"] == "http://localhost/manage/v1/agencies/disperkim"
    read = admin("GET", "agencies/disperkim")
    assert read.json["data"] == made.json["data"]
    assert read.json["data"]["contact"] == {**contact, "hours": None}
    assert read.json["data"]["created_at"] == "2026-11-24T01:00:00Z"
    assert logged(app) == [("agency.created", "disperkim", [])]


def test_a_slug_is_given_once(app: Flask, admin: Caller, dpu: str) -> None:
    answer = admin("POST", "agencies", {**NEW, "slug": dpu})

    assert (answer.status_code, answer.json["code"]) == (409, "duplicate")
    assert logged(app) == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"slug": "Dinas PU"}, "/slug", "bad_format"),
        ({"kind": "kementerian"}, "/kind", "not_allowed"),
        ({"name": " "}, "/name", "too_short"),
        ({"contact": {"phone": "call me"}}, "/contact/phone", "bad_format"),
        ({"contact": {"email": "nobody"}}, "/contact/email", "bad_format"),
        ({"site_url": "javascript:alert(1)"}, "/site_url", "unsafe_link"),
        ({"site_url": "https://user:secret@dpu.example"}, "/site_url", "unsafe_link"),
        ({"site_url": "https://["}, "/site_url", "unsafe_link"),
        ({"abbreviations": "DPU"}, "/abbreviations", "wrong_type"),
        ({"parent": "nobody"}, "/parent", "not_found"),
        ({"parent": "disperkim"}, "/parent", "leads_back"),
        ({"successor": "dpu"}, "/valid_to", "needed_with"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "/valid_to", "not_before"),
        ({"valid_from": "2026-02-30"}, "/valid_from", "bad_format"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(
    app: Flask, admin: Caller, dpu: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = admin("POST", "agencies", {**NEW, **change})

    assert (answer.status_code, faults(answer)) == (422, [(pointer, code)])
    assert logged(app) == []
    assert admin("GET", "agencies/disperkim").status_code == 404


@pytest.mark.parametrize("change", [{"colour": "red"}, {"contact": {"fax": "1"}}])
def test_unknown_fields_are_refused_on_every_level(admin: Caller, change: dict[str, Any]) -> None:
    answer = admin("POST", "agencies", {**NEW, **change})

    assert (answer.status_code, answer.json["code"]) == (400, "unknown_field")


def test_an_unknown_field_inside_another_names_what_is_allowed_there(admin: Caller) -> None:
    answer = admin("POST", "agencies", {**NEW, "contact": {"fax": "1"}})

    assert answer.json["errors"][0]["detail"] == "Unknown field. Allowed: address, email, hours, phone."


def test_a_rename_keeps_the_slug_and_says_what_changed(app: Flask, admin: Caller, dpu: str) -> None:
    answer = admin("PATCH", "agencies/dpu", {"name": "Dinas PUPR", "aliases": ["Dinas Pekerjaan Umum"]}, '"v1"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v2"')
    assert (answer.json["data"]["slug"], answer.json["data"]["name"]) == ("dpu", "Dinas PUPR")
    assert logged(app) == [("agency.updated", "dpu", ["aliases", "name"])]
    assert admin("PATCH", "agencies/dpu", {"slug": "pupr"}, '"v2"').status_code == 400


def test_a_change_needs_the_version_that_was_read(app: Flask, admin: Caller, dpu: str) -> None:
    assert admin("PATCH", "agencies/dpu", {"name": "Dinas PUPR"}).status_code == 428
    stale = admin("PATCH", "agencies/dpu", {"name": "Dinas PUPR"}, '"v7"')

    assert (stale.status_code, stale.json["current_etag"]) == (412, '"v1"')
    assert logged(app) == []


def test_of_writers_who_saw_the_same_version_one_wins(app: Flask, dpu: str) -> None:
    def rename(number: int) -> bool:
        with app.app_context():
            try:
                update_agency(ADMIN, dpu, frozenset({1}), {"name": f"Dinas {number}"})
            except StaleVersion:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(rename, range(8)))

    assert sorted(outcomes) == [False] * 7 + [True]
    assert len(logged(app)) == 1


def test_two_mergers_at_a_time_make_no_circle(app: Flask) -> None:
    add_agency(app, "a")
    add_agency(app, "b")

    def merge(pair: tuple[str, str]) -> bool:
        with app.app_context():
            try:
                update_agency(ADMIN, pair[0], frozenset({1}), {"valid_to": date(2026, 12, 31), "successor": pair[1]})
            except Invalid:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(merge, [("a", "b"), ("b", "a")])) == [False, True]


def test_a_change_that_changes_nothing_leaves_no_trace(app: Flask, admin: Caller, dpu: str) -> None:
    answer = admin("PATCH", "agencies/dpu", {"name": "Dinas dpu"}, '"v1"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v1"')
    assert logged(app) == []


def test_the_contact_is_patched_entry_by_entry(admin: Caller, dpu: str) -> None:
    admin("PATCH", "agencies/dpu", {"contact": {"phone": "112", "hours": "Senin-Jumat"}}, '"v1"')

    second = admin("PATCH", "agencies/dpu", {"contact": {"phone": None, "email": "a@dpu.example"}}, '"v2"')
    assert second.json["data"]["contact"] == {
        "address": None, "phone": None, "email": "a@dpu.example", "hours": "Senin-Jumat",
    }  # fmt: skip
    third = admin("PATCH", "agencies/dpu", {"contact": None}, '"v3"')
    assert set(third.json["data"]["contact"].values()) == {None}


def test_an_agency_merges_into_another_one_and_can_part_again(admin: Caller, dpu: str) -> None:
    admin("POST", "agencies", NEW)

    merged = admin("PATCH", "agencies/dpu", {**ENDS, "successor": "disperkim"}, '"v1"')
    assert (merged.json["data"]["successor"], merged.json["data"]["valid_to"]) == ("disperkim", "2026-12-31")
    apart = admin("PATCH", "agencies/dpu", {"successor": None, "valid_to": None}, '"v2"')
    assert (apart.json["data"]["successor"], apart.json["data"]["valid_to"]) == (None, None)


@pytest.mark.parametrize("link", ["successor", "parent"])
def test_no_chain_of_agencies_leads_back_to_its_start(app: Flask, admin: Caller, link: str) -> None:
    for slug in ("a", "b", "c"):
        add_agency(app, slug)
    for slug, following in (("a", "b"), ("b", "c")):
        assert admin("PATCH", f"agencies/{slug}", {**ENDS, link: following}, '"v1"').status_code == 200

    for slug in ("a", "b", "c"):
        answer = admin("PATCH", "agencies/c", {**ENDS, link: slug}, '"v1"')
        assert (answer.status_code, faults(answer)) == (422, [(f"/{link}", "leads_back")])


def test_the_list_is_filtered_and_paged_without_gap_or_double(app: Flask, admin: Caller) -> None:
    for number in range(5):
        add_agency(app, f"dinas-{number}", kind="badan" if number % 2 else "dinas")
    add_agency(app, "lama", valid_to=date(2026, 11, 23), parent="dinas-0")

    def slugs(path: str) -> list[str]:
        found, address = [], path
        while address:
            answer = admin("GET", address)
            assert answer.status_code == 200, answer.json
            found += [agency["slug"] for agency in answer.json["data"]]
            following = answer.json["links"]["next"]
            assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
            address = following and following.removeprefix("http://localhost/manage/v1/")
        return found

    everyone = [f"dinas-{number}" for number in range(5)] + ["lama"]
    assert slugs("agencies?limit=2") == slugs("agencies?limit=3") == slugs("agencies") == everyone
    assert slugs("agencies?kind=badan&limit=1") == ["dinas-1", "dinas-3"]
    assert slugs("agencies?kind=badan,dinas&active=true") == everyone[:5]
    assert slugs("agencies?active=false") == slugs("agencies?parent=dinas-0") == ["lama"]


def test_a_cursor_of_another_filter_is_refused(app: Flask, admin: Caller, dpu: str) -> None:
    add_agency(app, "dishub")
    following = admin("GET", "agencies?limit=1").json["links"]["next"].split("cursor=")[1]

    answer = admin("GET", f"agencies?limit=1&kind=dinas&cursor={following}")

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "query", ["kind=kementerian", "active=yes", "limit=0", "limit=101", "colour=red", "parent=%00"]
)
def test_unknown_filters_and_values_are_refused(admin: Caller, query: str) -> None:
    assert admin("GET", f"agencies?{query}").status_code == 400


@pytest.mark.parametrize("slug", ["nobody", "%00", "DPU", "a" * 500, "%ED%A0%80"])
def test_an_address_that_names_no_agency_is_not_found(admin: Caller, slug: str) -> None:
    assert admin("GET", f"agencies/{slug}").status_code == 404
    assert admin("PATCH", f"agencies/{slug}", {"name": "Dinas"}, '"v1"').status_code == 404


def test_an_author_reads_agencies_and_changes_none(app: Flask, author: Caller) -> None:
    assert author("GET", "agencies/dpu").status_code == 200
    assert author("POST", "agencies", NEW).status_code == 403
    assert author("PATCH", "agencies/dpu", {"name": "Dinas Saya"}, '"v1"').status_code == 403
    assert logged(app) == []
