"""Endpoints of tests, and senders that reach this machine alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import update

from cms.core.bulkhead import Bulkhead
from cms.core.db import session, unit_of_work
from cms.core.outbound import Outbound
from cms.webhooks.models import Webhook
from cms.webhooks.presenter import render_delivery, render_webhook
from cms.webhooks.queries import list_deliveries
from cms.webhooks.tasks import Sender
from tests.agencies.administration import Caller
from tests.core.doors import settings
from tests.webhooks.receivers import Receiver

MOST_STEPS = 2_000


def sender_to(*receivers: Receiver, address: str = "127.0.0.1") -> Sender:
    """A sender for which every name leads to this machine (or to another address), and these ports are open."""
    ports = tuple(str(receiver.port) for receiver in receivers) or ("80",)
    bulkhead = Bulkhead(4)
    outbound = Outbound(settings(outbound_ports=ports), bulkhead, lambda _host, _port: [address])
    return Sender(outbound, bulkhead, 0.02)


def drain(app: Flask, sender: Sender) -> None:
    for _step in range(MOST_STEPS):
        with app.app_context():
            if not sender.step():
                return
    raise AssertionError("the sender does not come to an end")


def endpoint(app: Flask, admin: Caller, webhooks: str, receiver: Receiver, **values: Any) -> dict[str, Any]:
    """A new endpoint with its secret. Its address is then that of the receiver, which knows no https and has a port of its own."""
    made = admin("POST", webhooks, {"url": "https://situs.example/hook", **values})
    assert made.status_code == 201, made.json
    data: dict[str, Any] = made.json["data"]
    with app.app_context(), unit_of_work() as unit:
        unit.session.execute(update(Webhook).where(Webhook.id == data["id"]).values(url=receiver.url))
    return data


def tried(app: Flask, made: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The messages of an endpoint as the API writes them, the newest first."""
    with app.app_context():
        webhook = session.get_one(Webhook, made["id"])
        return [render_delivery(webhook, each) for each in list_deliveries(webhook.id, limit=100)]


def state_of(app: Flask, made: dict[str, Any]) -> dict[str, Any]:
    with app.app_context():
        return render_webhook(session.get_one(Webhook, made["id"]))
