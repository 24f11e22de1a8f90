"""What an endpoint that fails does to itself: it rests, is asked again, gets everything when it is back, or is switched off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.sealed_secrets import seal
from cms.core.signing_keys import SigningKeys
from cms.webhooks.models import Webhook
from cms.webhooks.services.endpoints import update_webhook
from cms.webhooks.services.messages import replay_messages
from tests.agencies.administration import ADMIN, Caller, logged
from tests.factories import add_published_post
from tests.webhooks.receivers import Receiver, receiving
from tests.webhooks.sending import drain, endpoint, sender_to, state_of, tried

Send = Callable[..., None]
Moment = Callable[[timedelta], None]


def test_a_message_that_fails_is_tried_again_for_three_days_with_the_same_id_and_then_given_up(
    app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment
) -> None:
    with receiving(lambda _request: (500, {})) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        began = clock.now()
        for _ in range(20):
            sending(receiver)
            (delivery,) = tried(app, made)
            if delivery["state"] == "failed":
                break
            moment(delivery["next_try_at"] - clock.now())

    assert (len(receiver.received), len({request.headers["webhook-id"] for request in receiver.received})) == (10, 1)
    assert timedelta(days=2.4) < clock.now() - began < timedelta(days=3.8)
    assert {each["status"] for each in delivery["tries"]} == {500}
    assert (state_of(app, made)["failures"], state_of(app, made)["state"]) == (10, "active")


def test_an_endpoint_that_fails_rests_and_gets_everything_when_it_is_back(
    app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment
) -> None:
    broken = [True]
    with receiving(lambda _request: (503, {}) if broken[0] else (200, {})) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        for _ in range(12):
            add_published_post(app)
        sending(receiver)
        assert len(receiver.received) == 1
        broken[0] = False
        moment(timedelta(seconds=7))
        sending(receiver)

    assert {delivery["state"] for delivery in tried(app, made)} == {"delivered"}
    assert len(receiver.received) == 13
    assert state_of(app, made)["failing_since"] is None


def test_retry_after_is_respected(app: Flask, admin: Caller, webhooks: str, sending: Send, moment: Moment) -> None:
    with receiving(lambda _request: (429, {"Retry-After": "600"})) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        sending(receiver)
        moment(timedelta(seconds=599))
        sending(receiver)
        assert len(receiver.received) == 1
        moment(timedelta(seconds=1))
        sending(receiver)
        assert len(receiver.received) == 2
    assert tried(app, made)[0]["tries"][0]["status"] == 429


def test_410_ends_an_endpoint(app: Flask, admin: Caller, webhooks: str, sending: Send) -> None:
    with receiving(lambda _request: (410, {})) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        add_published_post(app)
        sending(receiver)
        add_published_post(app)
        sending(receiver)

    assert len(receiver.received) == 1
    found = state_of(app, made)
    assert (found["state"], found["disabled_because"], found["version"]) == ("disabled", "gone", "v2")
    assert {delivery["state"] for delivery in tried(app, made)} == {"failed"}
    assert ("webhook.disabled", made["id"], ["state"]) in logged(app)
    assert admin("POST", f"{webhooks}/{made['id']}/ping").status_code == 409


def test_five_days_of_failures_end_an_endpoint_and_a_person_switches_it_on_again(
    app: Flask, admin: Caller, consumer: str, webhooks: str, sending: Send, moment: Moment
) -> None:
    broken = [True]
    with receiving(lambda _request: (500, {}) if broken[0] else (200, {})) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        for _ in range(6):
            add_published_post(app)
            sending(receiver)
            moment(timedelta(days=1))
        sending(receiver)
        found = state_of(app, made)
        assert (found["state"], found["disabled_because"]) == ("disabled", "failing")

        broken[0] = False
        numbers = sorted(delivery["sequence"] for delivery in tried(app, made))
        before = len(receiver.received)
        with app.app_context():
            assert update_webhook(ADMIN, consumer, made["id"], None, {"state": "active"}).disabled_because is None
            assert replay_messages(ADMIN, consumer, made["id"], numbers[0], numbers[-1]) == 6
        sending(receiver)

    assert len(receiver.received) == before + 6
    assert {delivery["state"] for delivery in tried(app, made)} == {"delivered"}


@pytest.mark.parametrize(
    ("answers", "error"),
    [(lambda _request: None, "bad_answer"), (lambda _request: (302, {"Location": "http://situs.example/"}), None)],
)
def test_hanging_up_and_redirects_are_failures(
    app: Flask, admin: Caller, webhooks: str, sending: Send, answers: Any, error: str | None
) -> None:
    with receiving(answers) as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        sending(receiver)
    (delivery,) = tried(app, made)
    assert (delivery["state"], delivery["tries"][0]["error"], len(receiver.received)) == ("waiting", error, 1)


@pytest.mark.parametrize("address", ["10.0.0.8", "169.254.169.254", "::ffff:10.0.0.8", "fd00::1", "0.0.0.0"])  # noqa: S104
def test_a_name_that_has_moved_into_a_closed_network_is_not_called(
    app: Flask, admin: Caller, webhooks: str, address: str
) -> None:
    """The name is judged at each try: one that was harmless when it was entered reaches nothing of the city's own network."""
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        drain(app, sender_to(receiver, address=address))
    (delivery,) = tried(app, made)
    assert (delivery["tries"][0]["error"], receiver.received) == ("address", [])


def test_a_port_that_was_closed_meanwhile_is_not_called(
    app: Flask, admin: Caller, webhooks: str, sending: Send
) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        add_published_post(app)
        sending(Receiver(port=1))
    (delivery,) = tried(app, made)
    assert (delivery["tries"][0]["error"], receiver.received) == ("port", [])


def test_a_lost_secret_is_a_failure_that_says_so(app: Flask, admin: Caller, webhooks: str, sending: Send) -> None:
    with receiving() as receiver:
        made = endpoint(app, admin, webhooks, receiver)
        with app.app_context(), unit_of_work() as unit:
            other = SigningKeys("another-root-secret" * 3, app.extensions["simpul"].reader)
            unit.session.get_one(Webhook, made["id"]).secret = seal(other, made["secret"])
        add_published_post(app)
        sending(receiver)
    assert (tried(app, made)[0]["tries"][0]["error"], receiver.received) == ("secret_lost", [])
