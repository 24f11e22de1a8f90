"""Consumers over the management plane."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.agencies.administration import Caller, add_agency, logged

WEBSITE = {
    "name": "Situs DPU",
    "kind": "website",
    "agency": "dpu",
    "contact": {"name": "Pengelola", "email": "situs@dpu.example"},
    "origins": ["https://dpu.example", "http://localhost:5173", "https://dpu.example"],
}


def test_an_admin_registers_a_website_and_reads_it_at_its_address(app: Flask, admin: Caller, dpu: str) -> None:
    made = admin("POST", "consumers", WEBSITE)

    assert (made.status_code, made.headers["ETag"]) == (201, '"v1"')
    data = made.json["data"]
    assert made.headers["Location"] == f"http://localhost/manage/v1/consumers/{data['id']}"
    assert data == {
        **WEBSITE,
        "id": data["id"],
        "origins": ["http://localhost:5173", "https://dpu.example"],
        "requests_per_minute": None,
        "is_active": True,
        "created_at": "2026-11-24T01:00:00Z",
        "updated_at": "2026-11-24T01:00:00Z",
        "version": "v1",
    }
    assert admin("GET", f"consumers/{data['id']}").json == made.json
    assert logged(app) == [("consumer.created", data["id"], [])]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"agency": "nobody"}, "/agency"),
        ({"agency": "bubar"}, "/agency"),
        ({"kind": "fridge"}, "/kind"),
        ({"contact": {"name": "Pengelola"}}, "/contact/email"),
        ({"contact": None}, "/contact"),
        ({"origins": ["http://dpu.example"]}, "/origins/0"),
        ({"origins": ["https://dpu.example/"]}, "/origins/0"),
        ({"origins": ["https://*.dpu.example"]}, "/origins/0"),
        ({"origins": ["https://DPU.example"]}, "/origins/0"),
        ({"origins": ["https://a@dpu.example"]}, "/origins/0"),
        ({"origins": ["http://localhost.dpu.example"]}, "/origins/0"),
        ({"origins": ["null"]}, "/origins/0"),
        ({"origins": ["*"]}, "/origins/0"),
        ({"origins": "https://dpu.example"}, "/origins"),
    ],
)
def test_what_does_not_fit_is_named_and_changes_nothing(
    app: Flask, admin: Caller, dpu: str, change: dict[str, Any], pointer: str
) -> None:
    add_agency(app, "bubar", valid_to=date(2020, 1, 1))

    answer = admin("POST", "consumers", {**WEBSITE, **change})

    assert (answer.status_code, [fault["pointer"] for fault in answer.json["errors"]]) == (422, [pointer])
    assert logged(app) == []


def test_a_change_says_what_changed_and_needs_the_version_that_was_read(app: Flask, admin: Caller, dpu: str) -> None:
    add_agency(app, "dishub")
    address = f"consumers/{admin('POST', 'consumers', WEBSITE).json['data']['id']}"

    assert admin("PATCH", address, {"agency": "dishub"}).status_code == 428
    assert admin("PATCH", address, {"agency": "dishub"}, '"v3"').status_code == 412
    assert admin("PATCH", address, {"agency": "nobody"}, '"v1"').status_code == 422
    answer = admin("PATCH", address, {"agency": "dishub", "contact": {"name": "Tim Situs"}}, '"v1"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v2"')
    assert answer.json["data"]["contact"] == {"name": "Tim Situs", "email": "situs@dpu.example"}
    assert [line[0] for line in logged(app)] == ["consumer.created", "consumer.updated"]
    assert logged(app)[-1][2] == ["agency", "contact_name"]


def test_a_consumer_of_an_agency_that_ended_can_still_be_switched_off(app: Flask, admin: Caller, dpu: str) -> None:
    address = f"consumers/{admin('POST', 'consumers', WEBSITE).json['data']['id']}"
    admin("PATCH", "agencies/dpu", {"valid_to": "2026-11-01"}, '"v1"')

    assert admin("PATCH", address, {"is_active": False}, '"v1"').json["data"]["is_active"] is False


def test_the_list_is_filtered_and_paged(app: Flask, admin: Caller, dpu: str) -> None:
    add_agency(app, "dishub")
    ids = [
        admin("POST", "consumers", {**WEBSITE, **change}).json["data"]["id"]
        for change in ({}, {"kind": "mobile"}, {"agency": "dishub"})
    ]
    admin("PATCH", f"consumers/{ids[0]}", {"is_active": False}, '"v1"')

    def listed(query: str) -> list[str]:
        return [consumer["id"] for consumer in admin("GET", f"consumers?{query}").json["data"]]

    assert listed("") == listed("agency=dpu,dishub") == ids
    assert (listed("kind=mobile"), listed("agency=dishub")) == ([ids[1]], [ids[2]])
    assert (listed("active=false"), listed("active=true")) == ([ids[0]], ids[1:])
    following = admin("GET", "consumers?limit=2").json["links"]["next"].split("cursor=")[1]
    assert listed(f"limit=2&cursor={following}") == [ids[2]]


@pytest.mark.parametrize("consumer_id", ["1", "%00", "019ac1a0-7c00-7000-8000-000000000002"])
def test_an_address_that_names_no_consumer_is_not_found(admin: Caller, consumer_id: str) -> None:
    address = f"consumers/{consumer_id}"

    assert admin("GET", address).status_code == 404
    assert admin("PATCH", address, {"is_active": False}, '"v1"').status_code == 404
    assert admin("GET", f"{address}/keys").status_code == 404
    assert admin("POST", f"{address}/keys", {}).status_code == 404
    assert admin("GET", f"{address}/keys/{consumer_id}").status_code == 404
    assert admin("DELETE", f"{address}/keys/{consumer_id}", None, '"v1"').status_code == 404
    assert admin("POST", f"{address}/keys/{consumer_id}/rotate", {}, '"v1"').status_code == 404


def test_an_author_sees_no_consumers(app: Flask, admin: Caller, author: Caller) -> None:
    address = f"consumers/{admin('POST', 'consumers', WEBSITE).json['data']['id']}"

    for method, path in (("GET", "consumers"), ("GET", address), ("GET", f"{address}/keys")):
        assert author(method, path).status_code == 403
    for method, path in (("POST", "consumers"), ("PATCH", address), ("POST", f"{address}/keys")):
        assert author(method, path, {}, '"v1"').status_code == 403
    assert len(logged(app)) == 1
