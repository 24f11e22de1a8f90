"""Keys over the management plane: shown once, rotated without a gap, revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.consumers.keys import checksum_holds, digest
from cms.consumers.models import DeliveryKey
from cms.core.db import session
from tests.agencies.administration import Caller, add_agency, logged

WEBSITE = {
    "name": "Situs DPU",
    "kind": "website",
    "agency": "dpu",
    "contact": {"name": "Pengelola", "email": "situs@dpu.example"},
}


@pytest.fixture
def consumer(admin: Caller, dpu: str) -> str:
    """The address of a registered website."""
    return f"consumers/{admin('POST', 'consumers', WEBSITE).json['data']['id']}"


@pytest.fixture
def keys(consumer: str) -> str:
    return f"{consumer}/keys"


def test_a_key_is_shown_once_and_stored_as_a_digest(app: Flask, admin: Caller, keys: str) -> None:
    made = admin("POST", keys, {"label": "Produksi"})

    assert (made.status_code, made.headers["ETag"]) == (201, '"v1"')
    data = made.json["data"]
    key = data.pop("key")
    assert checksum_holds(key)
    assert made.headers["Location"] == f"http://localhost/manage/v1/{keys}/{data['id']}"
    assert data == {
        "id": data["id"],
        "version": "v1",
        "label": "Produksi",
        "hint": key[-6:],
        "state": "active",
        "scopes": ["content:read", "files:read"],
        "agencies": None,
        "created_at": "2026-11-24T01:00:00Z",
        "expires_at": "2027-11-24T01:00:00Z",
        "revoked_at": None,
        "last_used_at": None,
    }
    assert admin("GET", keys).json["data"] == [data]
    assert admin("GET", f"{keys}/{data['id']}").json["data"] == data
    for answer in (admin("GET", keys), admin("GET", f"{keys}/{data['id']}")):
        assert key not in answer.text
        assert digest(key) not in answer.text
    with app.app_context():
        assert session.scalars(select(DeliveryKey.digest)).all() == [digest(key)]
    assert logged(app)[-1] == ("key.created", data["id"], [])


def test_a_key_can_be_limited_in_scope_agencies_and_time(app: Flask, admin: Caller, keys: str) -> None:
    add_agency(app, "dishub")
    wanted = {"scopes": ["files:read"], "agencies": ["dpu", "dishub"], "expires_at": "2026-12-24T09:00:00+08:00"}

    data = admin("POST", keys, wanted).json["data"]

    assert (data["scopes"], data["agencies"]) == (["files:read"], ["dishub", "dpu"])
    assert data["expires_at"] == "2026-12-24T01:00:00Z"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["content:write"]}, "/scopes/0"),
        ({"scopes": None}, "/scopes"),
        ({"agencies": []}, "/agencies"),
        ({"agencies": ["dpu", "nobody"]}, "/agencies/1"),
        ({"expires_at": "2026-11-24T01:00:00Z"}, "/expires_at"),
        ({"expires_at": "2027-12-27T01:00:00Z"}, "/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "/expires_at"),
        ({"expires_at": "0001-01-01T00:00:00Z"}, "/expires_at"),
        ({"label": ""}, "/label"),
    ],
)
def test_what_does_not_fit_is_named_and_makes_no_key(
    admin: Caller, keys: str, change: dict[str, Any], pointer: str
) -> None:
    answer = admin("POST", keys, change)

    assert (answer.status_code, [fault["pointer"] for fault in answer.json["errors"]]) == (422, [pointer])
    assert admin("GET", keys).json["data"] == []


def test_a_rotation_makes_a_successor_and_brings_the_old_keys_end_forward(app: Flask, admin: Caller, keys: str) -> None:
    old = admin("POST", keys, {"label": "Produksi", "scopes": ["content:read"]}).json["data"]

    answer = admin("POST", f"{keys}/{old['id']}/rotate", {}, '"v1"')

    assert answer.status_code == 201
    new = answer.json["data"]
    assert (new["label"], new["scopes"]) == ("Produksi", ["content:read"])
    assert (new["key"] != old["key"], new["expires_at"]) == (True, "2027-11-24T01:00:00Z")
    read = admin("GET", f"{keys}/{old['id']}")
    assert (read.json["data"]["expires_at"], read.headers["ETag"]) == ("2026-12-01T01:00:00Z", '"v2"')
    assert logged(app)[-2:] == [("key.rotated", old["id"], ["expires_at"]), ("key.created", new["id"], [])]


def test_a_rotation_never_makes_a_key_live_longer(admin: Caller, keys: str) -> None:
    old = admin("POST", keys, {"expires_at": "2026-11-25T00:00:00Z"}).json["data"]

    admin("POST", f"{keys}/{old['id']}/rotate", {"overlap_days": 30}, '"v1"')

    assert admin("GET", f"{keys}/{old['id']}").json["data"]["expires_at"] == "2026-11-25T00:00:00Z"


@pytest.mark.parametrize("days", [-1, 31, 7.5, True, "7", None])
def test_an_overlap_has_0_to_30_whole_days(admin: Caller, keys: str, days: Any) -> None:
    old = admin("POST", keys, {}).json["data"]

    assert admin("POST", f"{keys}/{old['id']}/rotate", {"overlap_days": days}, '"v1"').status_code == 422
    assert len(admin("GET", keys).json["data"]) == 1


def test_rotating_and_revoking_need_the_version_that_was_read(app: Flask, admin: Caller, keys: str) -> None:
    key = admin("POST", keys, {}).json["data"]
    before = logged(app)

    for method, path, body in (("POST", f"{keys}/{key['id']}/rotate", {}), ("DELETE", f"{keys}/{key['id']}", None)):
        assert admin(method, path, body).status_code == 428
        assert admin(method, path, body, '"v2"').status_code == 412
    assert logged(app) == before


def test_a_revoked_key_stays_in_the_list_and_cannot_be_rotated(app: Flask, admin: Caller, keys: str) -> None:
    key = admin("POST", keys, {}).json["data"]
    address = f"{keys}/{key['id']}"

    assert admin("DELETE", address, None, '"v1"').status_code == 204
    read = admin("GET", address)
    assert (read.json["data"]["state"], read.json["data"]["revoked_at"]) == ("revoked", "2026-11-24T01:00:00Z")
    assert logged(app)[-1] == ("key.revoked", key["id"], ["revoked_at"])
    assert admin("DELETE", address, None, read.headers["ETag"]).status_code == 204
    assert logged(app)[-1] == ("key.revoked", key["id"], ["revoked_at"])
    refused = admin("POST", f"{address}/rotate", {}, read.headers["ETag"])
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")


def test_an_expired_key_says_so_and_cannot_be_rotated(
    admin: Caller, keys: str, moment: Callable[[timedelta], None]
) -> None:
    key = admin("POST", keys, {"expires_at": "2026-11-24T01:05:00Z"}).json["data"]
    moment(timedelta(minutes=5))

    assert admin("GET", f"{keys}/{key['id']}").json["data"]["state"] == "expired"
    assert admin("POST", f"{keys}/{key['id']}/rotate", {}, '"v1"').status_code == 409


def test_a_consumer_that_is_switched_off_gets_no_key(admin: Caller, consumer: str, keys: str) -> None:
    key = admin("POST", keys, {}).json["data"]
    admin("PATCH", consumer, {"is_active": False}, '"v1"')

    for path, match in ((keys, None), (f"{keys}/{key['id']}/rotate", '"v1"')):
        answer = admin("POST", path, {}, match)
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")
    assert admin("DELETE", f"{keys}/{key['id']}", None, '"v1"').status_code == 204


def test_a_key_is_found_under_its_own_consumer_only(admin: Caller, keys: str) -> None:
    key = admin("POST", keys, {}).json["data"]
    other = admin("POST", "consumers", {**WEBSITE, "name": "Situs lain"}).json["data"]["id"]

    for method in ("GET", "DELETE"):
        assert admin(method, f"consumers/{other}/keys/{key['id']}", None, '"v1"').status_code == 404
    assert admin("POST", f"consumers/{other}/keys/{key['id']}/rotate", {}, '"v1"').status_code == 404


def test_the_list_of_keys_is_paged_in_the_order_they_were_made(admin: Caller, keys: str) -> None:
    ids = [admin("POST", keys, {"label": str(number)}).json["data"]["id"] for number in range(3)]

    first = admin("GET", f"{keys}?limit=2").json
    rest = admin("GET", first["links"]["next"].removeprefix("http://localhost/manage/v1/")).json

    assert [key["id"] for key in first["data"] + rest["data"]] == ids
