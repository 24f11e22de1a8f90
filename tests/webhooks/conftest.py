"""A consumer of Dinas Pekerjaan Umum, an administrator, and a sender that reaches loopback alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.webhooks.tasks import Sender
from tests.agencies.administration import ADMIN, Caller
from tests.factories import add_city, add_consumer
from tests.webhooks.receivers import Receiver
from tests.webhooks.sending import drain, sender_to


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> Caller:
    return Caller(app, client, ADMIN)


@pytest.fixture
def city(app: Flask) -> None:
    add_city(app)


@pytest.fixture
def consumer(app: Flask, city: None) -> str:
    """The id of a registered website."""
    return add_consumer(app)


@pytest.fixture
def webhooks(consumer: str) -> str:
    """The address of its endpoints."""
    return f"consumers/{consumer}/webhooks"


@pytest.fixture
def sending(app: Flask) -> Iterator[Callable[..., None]]:
    """Runs a sender until nothing is under way and nothing more is due; `sending(receiver, ...)`."""
    senders: list[Sender] = []

    def send(*receivers: Receiver) -> None:
        sender = sender_to(*receivers)
        senders.append(sender)
        drain(app, sender)

    yield send
    for sender in senders:
        with app.app_context():
            sender.finish()
