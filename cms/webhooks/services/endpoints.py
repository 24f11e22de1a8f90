"""Adding, changing and removing endpoints, and changing their secrets."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from cms.agencies.queries import find_agencies
from cms.changes.actions import Action
from cms.changes.heads import log_head
from cms.changes.log import record
from cms.consumers.models import Consumer
from cms.consumers.queries import get_consumer
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict, InputError, Invalid, invalid_field
from cms.core.ids import new_id
from cms.core.outbound_rules import (
    DEFAULT_PORTS,
    THIS_MACHINE,
    Address,
    OutboundError,
    Reason,
    Rules,
    is_this_machine,
    rules_of,
)
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.runtime import runtime
from cms.core.sealed_secrets import CannotOpen, open_sealed, seal
from cms.core.versions import Expected, check_version
from cms.webhooks.models import Webhook, WebhookDelivery, WebhookState
from cms.webhooks.policies import MOST_ENDPOINTS
from cms.webhooks.queries import count_webhooks, get_webhook
from cms.webhooks.queueing import switch_off
from cms.webhooks.signatures import make_secret

_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class WithSecret:
    """An endpoint whose secret was just made. The secret is not shown again, so it must be handed over now."""

    webhook: Webhook
    secret: str


def add_webhook(actor: Actor, consumer_id: str, values: Mapping[str, Any]) -> WithSecret:
    """Add an endpoint to a consumer. `values` are those of `WebhookCreateSchema`.

    It is told of what happens from now on. Raises `NotFound`, `Forbidden`, `Conflict("too_many_webhooks")`, and `Invalid` for an
    address that may not be called and for types and agencies that do not exist.
    """
    with unit_of_work() as unit:
        # Held, so that those who add at the same time are counted one after the other.
        consumer = _writable(actor, consumer_id, lock=True)
        if count_webhooks(consumer_id) >= MOST_ENDPOINTS:
            raise Conflict("too_many_webhooks", max=MOST_ENDPOINTS)
        _check(values)
        secret, now = make_secret(), clock.now()
        webhook = Webhook(
            id=new_id(), consumer_id=consumer_id, label="", state=WebhookState.ACTIVE.value, version=1, created_at=now, updated_at=now,
            secret=seal(runtime().signing_keys, secret), failures=0,
        )  # fmt: skip
        assign_changed(webhook, _columns(values))
        unit.add(webhook)
        record(unit, Action.WEBHOOK_CREATED, webhook.id, actor, agency=consumer.agency)
    return WithSecret(webhook, secret)


def update_webhook(
    actor: Actor, consumer_id: str, webhook_id: str, expected: Expected, changes: Mapping[str, Any]
) -> Webhook:
    """Change an endpoint by merge patch; with `state` pause it, or switch it on again.

    Switched on, or with another address, it starts without the failures of before. What happens while it is paused or disabled is not kept for it: it is
    replayed on request. Raises `NotFound`, `Forbidden`, `StaleVersion`, `Invalid`.
    """
    with unit_of_work() as unit:
        consumer = _writable(actor, consumer_id)
        webhook = get_webhook(consumer_id, webhook_id, lock=True)
        check_version(expected, webhook.version)
        _check(changes)
        changed = assign_changed(webhook, _columns(changes))
        if changed:
            webhook.version += 1
            webhook.updated_at = clock.now()
            if {"state", "url"} & set(changed):
                _begin_anew(unit, webhook)
            record(unit, Action.WEBHOOK_UPDATED, webhook.id, actor, agency=consumer.agency, fields=changed)
    return webhook


def rotate_secret(
    actor: Actor, consumer_id: str, webhook_id: str, expected: Expected, *, overlap_hours: int
) -> WithSecret:
    """Make the next secret; for `overlap_hours` messages carry a signature of each of the two.

    Raises `NotFound`, `Forbidden`, `StaleVersion`.
    """
    with unit_of_work() as unit:
        consumer = _writable(actor, consumer_id)
        webhook = get_webhook(consumer_id, webhook_id, lock=True)
        check_version(expected, webhook.version)
        secret = make_secret()
        webhook.previous_secret, webhook.secret = webhook.secret, seal(runtime().signing_keys, secret)
        webhook.previous_ends_at = clock.now() + timedelta(hours=overlap_hours)
        webhook.version += 1
        webhook.updated_at = clock.now()
        record(unit, Action.WEBHOOK_ROTATED, webhook.id, actor, agency=consumer.agency)
    return WithSecret(webhook, secret)


def delete_webhook(actor: Actor, consumer_id: str, webhook_id: str, expected: Expected) -> None:
    """Remove an endpoint and its messages. Raises `NotFound`, `Forbidden`, `StaleVersion`."""
    with unit_of_work() as unit:
        consumer = _writable(actor, consumer_id)
        webhook = get_webhook(consumer_id, webhook_id, lock=True)
        check_version(expected, webhook.version)
        unit.session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id))
        unit.session.delete(webhook)
        record(unit, Action.WEBHOOK_DELETED, webhook_id, actor, agency=consumer.agency)


def seal_anew(webhook_id: str) -> None:
    """Seal the secrets of an endpoint under the newest key of the ring; one that cannot be opened any more stays, one whose overlap is over
    goes.
    """
    keys = runtime().signing_keys
    with unit_of_work() as unit:
        webhook = unit.session.get(Webhook, webhook_id, with_for_update=True)
        if webhook is None:
            return
        with suppress(CannotOpen):
            webhook.secret = seal(keys, open_sealed(keys, webhook.secret))
        if webhook.previous_secret is None or (webhook.previous_ends_at or clock.now()) <= clock.now():
            webhook.previous_secret = webhook.previous_ends_at = None
            return
        with suppress(CannotOpen):
            webhook.previous_secret = seal(keys, open_sealed(keys, webhook.previous_secret))


def _writable(actor: Actor, consumer_id: str, *, lock: bool = False) -> Consumer:
    consumer = get_consumer(consumer_id, lock=lock)
    authorize(actor, Permission.CONSUMER_WRITE, Target(agency=consumer.agency))
    return consumer


def _begin_anew(unit: UnitOfWork, webhook: Webhook) -> None:
    webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    webhook.disabled_because = None
    if webhook.state != WebhookState.ACTIVE:
        switch_off(unit, webhook)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lists sorted and without doubles."""
    return {
        name: sorted(set(value)) if isinstance(value, list) else value
        for name, value in values.items()
    }  # fmt: skip


def _check(values: Mapping[str, Any]) -> None:
    if "url" in values:
        _check_address(values["url"])
    unknown = [
        *_unknown("types", values, log_head().topics),
        *_unknown("agencies", values, find_agencies(values.get("agencies") or ())),
    ]
    if unknown:
        raise Invalid(errors=unknown)


def _unknown(field: str, values: Mapping[str, Any], known: Any) -> Sequence[InputError]:
    what = "agency" if field == "agencies" else "type"
    return [
        InputError("pointer", f"/{field}/{place}", "not_found", {"what": what})
        for place, name in enumerate(values.get(field) or ())
        if name not in known
    ]


def _check_address(url: str) -> None:
    """Refuse an address that could never be called; what its name leads to is judged at each try. Raises `Invalid`."""
    rules = rules_of(runtime().settings)
    try:
        _check_host(rules, rules.target(url).host)
    except OutboundError as error:
        code = {
            Reason.SCHEME: "endpoint_scheme",
            Reason.PORT: "endpoint_port",
            Reason.ADDRESS: "endpoint_address",
        }.get(error.reason, "endpoint_url")
        raise invalid_field("/url", code, ports=", ".join(map(str, _ports_to_name(rules)))) from None


def _ports_to_name(rules: Rules) -> Sequence[int]:
    """The ports to offer: that of http is none where only https is spoken."""
    return sorted(rules.ports if rules.allows_http else rules.ports - {DEFAULT_PORTS["http"]})


def _check_host(rules: Rules, host: str) -> None:
    addresses = _written_addresses(host)
    if not addresses and _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        # An IPv4 address as no form asks for it (127.1, 0x7f000001): names do not end in a number.
        raise OutboundError(Reason.BAD_URL)
    if addresses and not any(rules.allow(address) for address in addresses):
        raise OutboundError(Reason.ADDRESS)


def _written_addresses(host: str) -> Sequence[Address]:
    """What a host leads to wherever it is asked for: an address, or this machine (RFC 6761). Empty for every other name."""
    if is_this_machine(host):
        return THIS_MACHINE
    with suppress(ValueError):
        return [ipaddress.ip_address(host)]
    return []
