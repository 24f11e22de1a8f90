"""What endpoints get: signed, thin, at least once, and what one that fails does to itself and to others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from cms.changes.trust import accepting_clock
from cms.core import clock
from cms.core.db import session
from cms.webhooks.models import WebhookDelivery
from cms.webhooks.services.endpoints import rotate_secret
from cms.webhooks.signatures import signature_header
from cms.webhooks.tasks import purge_old
from tests.agencies.administration import ADMIN, Caller
from tests.conftest import NOW
from tests.factories import add_post, add_published_document, add_published_post
from tests.webhooks.receivers import receiving
from tests.webhooks.sending import endpoint, state_of, tried

Send = Callable[..., None]
Moment = Callable[[timedelta], None]


def test_the_signature_is_that_of_the_specification() -> None:
    body = b'{"event_type":"ping","data":{"success":true}}'
    at = datetime.fromtimestamp(1731705121, UTC)
    assert (
        signature_header(["whsec_plJ3nmyCDGBKInavdOK15jsl"], "msg_loFOjxBNrRLzqYUf", at, body)
        == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
    )


def test_a_publication_is_told_thinly(app: Flask, admin: Caller, webhooks: str, sending: Send) -> None:
    with receiving() as receiver:
        endpoint(app, admin, webhooks, receiver)
        add_post(app)
        item = add_published_post(app)
        sending(receiver)

    (request,) = receiver.received
    data = request.message["data"]
    assert request.message == {
        "type": "post.published",
        "timestamp": "2026-11-24T01:00:00Z",
        "data": {
            "epoch": data["epoch"],
            "sequence": data["sequence"],
            "type": "post",
            "id": item.id,
            "agency": "dpu",
            "update": "major",
            "ending": None,
            "cause": None,
            "digest": data["digest"],
            "url": f"http://localhost/v1/posts/{item.id}",
        },
    }
    assert (request.headers["webhook-id"], len(data["digest"])) == (f"{data['epoch']}-{data['sequence']}", 64)


def test_receivers_verify_with_the_library_and_during_a_rotation_with_either_secret(
    app: Flask, admin: Caller, consumer: str, webhooks: str, sending: Send
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        # The library goes by the real time.
        with clock.frozen(datetime.now(UTC)):
            add_published_post(app)
            sending(receiver)
            with app.app_context():
                newer = rotate_secret(ADMIN, consumer, made["id"], None, overlap_hours=1)
            add_published_post(app)
            sending(receiver)
        first, second = receiver.received

        for secret, request in ((made["secret"], first), (made["secret"], second), (newer.secret, second)):
            assert Verifier(secret).verify(request.body, request.headers) == request.message
        with pytest.raises(WebhookVerificationError):
            Verifier(newer.secret).verify(first.body, first.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(made["secret"]).verify(first.body + b" ", first.headers)


def test_after_the_overlap_only_the_new_secret_signs(
    app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        admin("POST", f"{webhooks}/{made['id']}/rotate", {"overlap_hours": 1}, match='"v1"')
        moment(timedelta(hours=1, seconds=1))
        add_published_post(app)
        sending(receiver)
    assert " " not in receiver.received[0].headers["webhook-signature"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({}, ["post.published", "document.published", "reference.changed"]),
        ({"types": ["post"]}, ["post.published", "reference.changed"]),
        ({"actions": ["published"]}, ["post.published", "document.published"]),
        ({"agencies": ["dishub"]}, []),
        ({"agencies": ["dpu"], "actions": ["published"]}, ["post.published", "document.published"]),
        ({"actions": ["withdrawn"]}, []),
    ],
)
def test_an_endpoint_is_told_of_what_it_asks_for(
    app: Flask, admin: Caller, webhooks: str, sending: Send, wanted: dict[str, Any], told: list[str]
) -> None:
    with receiving() as receiver:
        endpoint(app, admin, webhooks, receiver, **wanted)
        add_published_post(app)
        add_published_document(app)
        version = admin("GET", "agencies/dpu").headers["ETag"]
        assert admin("PATCH", "agencies/dpu", {"name": "Dinas PU"}, match=version).status_code == 200
        sending(receiver)
    assert sorted(receiver.types()) == sorted(told)


def test_what_was_before_an_endpoint_is_not_told(
    app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment
) -> None:
    add_published_post(app)
    moment(timedelta(seconds=1))
    with receiving() as receiver:
        endpoint(app, admin, webhooks, receiver)
        sending(receiver)
    assert receiver.received == []


def test_a_ping_comes_at_once_and_its_result_is_listed(app: Flask, admin: Caller, webhooks: str, sending: Send) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        answer = admin("POST", f"{webhooks}/{made['id']}/ping")
        assert (answer.status_code, answer.json["data"]["state"]) == (202, "waiting")
        sending(receiver)
    assert receiver.received[0].message["type"] == "webhook.ping"
    (delivery,) = tried(app, made)
    assert (delivery["state"], delivery["sequence"], delivery["tries"][0]["status"]) == ("delivered", None, 204)
    assert state_of(app, made)["last_success_at"] == NOW


def test_a_replay_sends_what_came_before_with_the_same_id(
    app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment
) -> None:
    add_published_post(app)
    with app.app_context():
        number = session.scalars(select(func.max(WebhookDelivery.sequence))).one()
        assert number is None
    moment(timedelta(seconds=1))
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        path = f"{webhooks}/{made['id']}/replay"
        for _ in range(2):
            assert admin("POST", path, {"from": 1, "to": 1_000}).status_code == 202
            sending(receiver)
    ids = [
        request.headers["webhook-id"] for request in receiver.received if request.message["type"] == "post.published"
    ]
    assert (len(ids), len(set(ids))) == (2, 1)


@pytest.mark.parametrize(
    ("body", "code"), [({"from": 5, "to": 4}, "too_small"), ({"from": 1, "to": 10_001}, "too_big"), ({}, "required")]
)
def test_ranges_of_a_replay_are_bounded(
    app: Flask, admin: Caller, webhooks: str, body: dict[str, int], code: str
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
    answer = admin("POST", f"{webhooks}/{made['id']}/replay", body)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, code)


def test_paused_endpoints_and_those_of_switched_off_consumers_get_nothing(
    app: Flask, admin: Caller, webhooks: str, consumer: str, sending: Send
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        path = f"{webhooks}/{made['id']}"
        assert admin("PATCH", path, {"state": "paused"}, match='"v1"').json["data"]["state"] == "paused"
        add_published_post(app)
        sending(receiver)
        assert admin("PATCH", path, {"state": "active"}, match='"v2"').status_code == 200
        version = admin("GET", f"consumers/{consumer}").headers["ETag"]
        assert admin("PATCH", f"consumers/{consumer}", {"is_active": False}, match=version).status_code == 200
        add_published_post(app)
        sending(receiver)
    assert receiver.received == []


def test_old_messages_are_removed_and_waiting_ones_stay(
    app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        sending(receiver)
        admin("POST", f"{webhooks}/{made['id']}/ping")
        moment(timedelta(days=31))
        with app.app_context(), accepting_clock():
            assert (purge_old(), purge_old()) == (True, False)
    assert [delivery["state"] for delivery in tried(app, made)] == ["waiting"]
