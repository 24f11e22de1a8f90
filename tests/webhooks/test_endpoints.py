"""Endpoints over the management plane: who may, what is shown once, which addresses are refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.accounts.services.signing_keys import rotate_signing_keys
from cms.core import clock
from cms.core.db import session
from cms.core.errors import Conflict
from cms.core.permissions import system_actor
from cms.core.sealed_secrets import CannotOpen, open_sealed
from cms.core.signing_keys import SigningKeys
from cms.webhooks.models import Webhook
from cms.webhooks.presenter import render_webhook
from cms.webhooks.services.endpoints import add_webhook, rotate_secret
from cms.webhooks.tasks import seal_all_anew
from tests.agencies.administration import ADMIN, AUTHOR, Caller, logged

URL = "https://situs.example/hook"


@pytest.fixture
def set_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the running server other settings."""

    def change(**settings: Any) -> None:
        runtime = app.extensions["simpul"]
        monkeypatch.setitem(app.extensions, "simpul", replace(runtime, settings=replace(runtime.settings, **settings)))

    return change


def made(admin: Caller, webhooks: str, **values: Any) -> dict[str, Any]:
    answer = admin("POST", webhooks, {"url": URL, **values})
    assert answer.status_code == 201, answer.json
    data: dict[str, Any] = answer.json["data"]
    return data


def test_an_endpoint_is_added_and_its_secret_shown_once(app: Flask, admin: Caller, webhooks: str) -> None:
    answer = admin("POST", webhooks, {"url": URL, "label": "Situs DPU", "types": ["post"], "actions": ["published"]})

    data = answer.json["data"]
    assert answer.headers["Location"] == f"http://localhost/manage/v1/{webhooks}/{data['id']}"
    secret = data.pop("secret")
    assert secret.startswith("whsec_")
    assert data == {
        "id": data["id"],
        "url": URL,
        "label": "Situs DPU",
        "types": ["post"],
        "agencies": None,
        "actions": ["published"],
        "state": "active",
        "disabled_because": None,
        "failures": 0,
        "failing_since": None,
        "last_success_at": None,
        "previous_secret_until": None,
        "version": "v1",
        "created_at": "2026-11-24T01:00:00Z",
        "updated_at": "2026-11-24T01:00:00Z",
    }
    assert admin("GET", webhooks).json["data"] == [data]
    assert admin("GET", f"{webhooks}/{data['id']}").json["data"] == data
    assert ("webhook.created", data["id"], []) in logged(app)


def test_the_database_has_no_secret_in_clear(app: Flask, admin: Caller, webhooks: str) -> None:
    data = made(admin, webhooks)
    with app.app_context():
        stored = session.scalars(select(Webhook.secret)).one()
        assert data["secret"].removeprefix("whsec_") not in stored
        assert open_sealed(app.extensions["simpul"].signing_keys, stored) == data["secret"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://situs.example/hook", "endpoint_scheme"),
        ("ftp://situs.example/hook", "endpoint_scheme"),
        ("https://situs.example:22/hook", "endpoint_port"),
        ("https://127.0.0.1/hook", "endpoint_address"),
        ("https://[::1]/hook", "endpoint_address"),
        ("https://10.0.0.1/hook", "endpoint_address"),
        ("https://169.254.169.254/latest/meta-data", "endpoint_address"),
        ("https://localhost/hook", "endpoint_address"),
        ("https://LOCALHOST./hook", "endpoint_address"),
        ("https://situs.localhost/hook", "endpoint_address"),
        ("https://user:kunci@situs.example/", "endpoint_url"),
        ("https://127.1/hook", "endpoint_url"),
        ("https://0x7f000001/hook", "endpoint_url"),
        ("https://2130706433./hook", "endpoint_url"),
        ("https://0/hook", "endpoint_url"),
        ("https://", "endpoint_url"),
        ("https://a..b/", "endpoint_url"),
        ("https://.situs.example/", "endpoint_url"),
        ("https://situs.example../", "endpoint_url"),
        (f"https://{64 * 'a'}.example/", "endpoint_url"),
        (f"https://{'abcdefg.' * 32}example/", "endpoint_url"),
        ("https://situs,lain.example/", "endpoint_url"),
        ("https://[::1/", "endpoint_url"),
        ("https://situs.example\\@lain.example/", "endpoint_url"),
        ("situs.example/hook", "endpoint_scheme"),
    ],
)
def test_addresses_that_could_never_be_called_are_refused(admin: Caller, webhooks: str, url: str, code: str) -> None:
    answer = admin("POST", webhooks, {"url": url})
    assert (answer.status_code, [(each["pointer"], each["code"]) for each in answer.json["errors"]]) == (
        422,
        [("/url", code)],
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "situs.localhost"])
def test_the_own_machine_is_open_under_all_its_names_where_a_developer_opened_it(
    set_up: Callable[..., None], admin: Caller, webhooks: str, host: str
) -> None:
    set_up(outbound_networks=("127.0.0.0/8",), outbound_ports=("9000",), outbound_http=True)
    assert admin("POST", webhooks, {"url": f"http://{host}:9000/"}).status_code == 201


@pytest.mark.parametrize(("has_http", "ports"), [(False, "443, 8443"), (True, "80, 443, 8443")])
def test_the_port_of_http_is_offered_only_where_http_is_spoken(
    set_up: Callable[..., None], admin: Caller, webhooks: str, has_http: bool, ports: str
) -> None:
    set_up(outbound_ports=("80", "443", "8443"), outbound_http=has_http)
    answer = admin("POST", webhooks, {"url": "https://situs.example:22/"})
    assert answer.json["errors"][0]["detail"] == f"Addresses may name these ports: {ports}."


def test_types_and_agencies_must_exist(admin: Caller, webhooks: str) -> None:
    answer = admin("POST", webhooks, {"url": URL, "agencies": ["dpu", "tidak-ada"]})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/agencies/1")
    assert admin("POST", webhooks, {"url": URL, "types": ["berita"]}).status_code == 422
    assert admin("POST", webhooks, {"url": URL, "actions": ["created"]}).status_code == 422


def test_a_consumer_has_a_bounded_number_of_endpoints(admin: Caller, webhooks: str) -> None:
    for _ in range(10):
        made(admin, webhooks)
    answer = admin("POST", webhooks, {"url": URL})
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_webhooks")
    assert len(admin("GET", f"{webhooks}?limit=100").json["data"]) == 10


def test_pages_of_the_list_are_whole(admin: Caller, webhooks: str) -> None:
    ids = [made(admin, webhooks)["id"] for _ in range(5)]
    first = admin("GET", f"{webhooks}?limit=3").json
    rest = admin("GET", first["links"]["next"].partition("/manage/v1/")[2]).json
    assert [each["id"] for each in first["data"] + rest["data"]] == ids
    assert rest["links"]["next"] is None


def test_a_change_needs_the_version_and_counts(admin: Caller, webhooks: str) -> None:
    path = f"{webhooks}/{made(admin, webhooks)['id']}"
    assert admin("PATCH", path, {"label": "Baru"}).status_code == 428
    changed = admin("PATCH", path, {"label": "Baru", "types": None}, match='"v1"')
    assert (changed.status_code, changed.json["data"]["version"], changed.json["data"]["label"]) == (200, "v2", "Baru")
    assert admin("PATCH", path, {"label": "Lama"}, match='"v1"').status_code == 412
    assert admin("PATCH", path, {"state": "disabled"}, match='"v2"').status_code == 422
    assert admin("PATCH", path, {"secret": "x"}, match='"v2"').status_code == 400


def test_a_removed_endpoint_is_gone(app: Flask, admin: Caller, webhooks: str) -> None:
    data = made(admin, webhooks)
    path = f"{webhooks}/{data['id']}"
    assert admin("POST", f"{path}/ping").status_code == 202
    assert admin("DELETE", path, match='"v1"').status_code == 204
    assert admin("GET", path).status_code == 404
    assert ("webhook.deleted", data["id"], []) in logged(app)


def test_authors_neither_see_nor_add_endpoints(app: Flask, client: FlaskClient, webhooks: str) -> None:
    author = Caller(app, client, AUTHOR)
    assert author("GET", webhooks).status_code == 403
    assert author("POST", webhooks, {"url": URL}).status_code == 403


def test_an_endpoint_belongs_to_its_consumer(admin: Caller, webhooks: str) -> None:
    data = made(admin, webhooks)
    assert admin("GET", f"consumers/{data['id']}/webhooks/{data['id']}").status_code == 404
    assert admin("GET", f"consumers/{data['id']}/webhooks").status_code == 404


def test_a_rotated_secret_is_another_and_both_hold_for_a_day(app: Flask, admin: Caller, webhooks: str) -> None:
    data = made(admin, webhooks)
    rotated = admin("POST", f"{webhooks}/{data['id']}/rotate", {}, match='"v1"')
    assert rotated.status_code == 200
    assert rotated.json["data"]["secret"] not in {data["secret"], None}
    assert rotated.json["data"]["previous_secret_until"] == "2026-11-25T01:00:00Z"
    assert ("webhook.rotated", data["id"], []) in logged(app)


@pytest.mark.parametrize("ends_older", [False, True])
def test_secrets_are_sealed_anew_when_the_ring_was_rotated(
    app: Flask, admin: Caller, webhooks: str, ends_older: bool
) -> None:
    data = made(admin, webhooks)
    with app.app_context():
        keys = app.extensions["simpul"].signing_keys
        before = session.scalars(select(Webhook.secret)).one()
        newest = rotate_signing_keys(system_actor("test"), ends_older=ends_older)
        assert open_sealed(keys, before) == data["secret"]

        seal_all_anew()

        after = session.scalars(select(Webhook.secret)).one()
        assert (before.partition(":")[0] != newest, after.partition(":")[0]) == (True, newest)
        assert open_sealed(keys, after) == data["secret"]


def test_an_overlap_outlives_a_rotation_of_the_ring(app: Flask, admin: Caller, webhooks: str) -> None:
    data = made(admin, webhooks)
    newer = admin("POST", f"{webhooks}/{data['id']}/rotate", {"overlap_hours": 48}, match='"v1"').json["data"]
    with app.app_context():
        keys = app.extensions["simpul"].signing_keys
        newest = rotate_signing_keys(system_actor("test"), ends_older=True)
        seal_all_anew()
        stored = session.scalars(select(Webhook)).one()
        assert stored.previous_secret is not None
        assert [each.partition(":")[0] for each in (stored.secret, stored.previous_secret)] == [newest] * 2
        assert open_sealed(keys, stored.secret) == newer["secret"]
        assert open_sealed(keys, stored.previous_secret) == data["secret"]
        assert render_webhook(stored)["previous_secret_until"] == clock.now() + timedelta(hours=48)


def test_an_older_secret_is_sealed_anew_although_the_newer_one_is(
    app: Flask, admin: Caller, consumer: str, webhooks: str
) -> None:
    data = made(admin, webhooks)
    with app.app_context():
        newest = rotate_signing_keys(system_actor("test"), ends_older=True)
        rotate_secret(ADMIN, consumer, data["id"], None, overlap_hours=24)
        seal_all_anew()
        older = session.scalars(select(Webhook.previous_secret)).one()
        assert older is not None
        assert older.partition(":")[0] == newest


def test_the_limit_holds_for_those_who_add_at_the_same_time(app: Flask, consumer: str) -> None:
    def add(_number: int) -> bool:
        with app.app_context():
            try:
                add_webhook(ADMIN, consumer, {"url": URL})
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(add, range(14))) == [*[False] * 4, *[True] * 10]


def test_a_secret_of_another_installation_is_not_opened(app: Flask, admin: Caller, webhooks: str) -> None:
    made(admin, webhooks)
    with app.app_context():
        stored = session.scalars(select(Webhook.secret)).one()
        other = SigningKeys("another-root-secret" * 3, app.extensions["simpul"].reader)
        with pytest.raises(CannotOpen):
            open_sealed(other, stored)
