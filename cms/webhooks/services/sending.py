"""What a sender takes from the queue, and the results that it brings back: one transaction for both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, not_, select, update

from cms.changes.actions import Action
from cms.changes.heads import log_head
from cms.changes.installation import current_epoch
from cms.changes.log import record
from cms.changes.models import Change
from cms.consumers.models import Consumer
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.ids import new_id
from cms.core.logging import get_logger
from cms.core.permissions import system_actor
from cms.core.runtime import runtime
from cms.core.sealed_secrets import CannotOpen, open_sealed
from cms.webhooks.jobs import PROVEN_AT_ONCE, UNPROVEN_AT_ONCE, Job, Result, Room
from cms.webhooks.models import DeliveryState, DisabledBecause, Webhook, WebhookDelivery, WebhookState
from cms.webhooks.policies import DISABLED_AFTER, LEASE, next_try_after, rest_after
from cms.webhooks.presenter import render_message, render_ping
from cms.webhooks.queries import told
from cms.webhooks.queueing import switch_off

log = get_logger(__name__)
KEPT_TRIES = 20
GONE = 410
_SUCCESS_NOTED_EVERY = timedelta(minutes=1)


def exchange(results: Sequence[Result], room: Room) -> list[Job]:
    """Write results and take the next messages, so many as there is room for."""
    with unit_of_work() as unit:
        for result in results:
            _write(unit, result)
        is_proven = and_(Webhook.failures == 0, Webhook.last_success_at.is_not(None))
        lease = new_id()
        taken = [
            *_take(unit, is_proven, room.proven, PROVEN_AT_ONCE, room.busy, lease),
            *_take(unit, not_(is_proven), room.unproven, UNPROVEN_AT_ONCE, room.busy, lease),
        ]
        return _jobs(unit, taken, lease)


def _take(
    unit: UnitOfWork, which: ColumnElement[bool], most: int, most_each: int, busy: Collection[str], lease: str
) -> Sequence[str]:
    """Lease due messages to endpoints of this kind, a few for each of them; returns their ids."""
    if most <= 0:
        return ()
    now = clock.now()
    place = func.row_number().over(partition_by=WebhookDelivery.webhook_id, order_by=WebhookDelivery.next_at)
    due = (
        select(WebhookDelivery.id, WebhookDelivery.next_at, place.label("place"))
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(_is_due(now), told(), which, Webhook.id.not_in(busy))
        .subquery()
    )
    ids = unit.session.scalars(
        select(due.c.id).where(due.c.place <= most_each).order_by(due.c.next_at).limit(most)
    ).all()
    if not ids:
        return ()
    # Another sender may have been faster: then the moment of the next try has moved.
    return unit.session.scalars(
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(ids), _is_due(now))
        .values(lease=lease, next_at=now + LEASE)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    ).all()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(WebhookDelivery.state == DeliveryState.WAITING, WebhookDelivery.next_at <= now)


def _jobs(unit: UnitOfWork, ids: Sequence[str], lease: str) -> list[Job]:
    """The messages as they are sent. One whose secret cannot be opened any more fails like one that does not arrive."""
    if not ids:
        return []
    rows = unit.session.execute(
        select(WebhookDelivery, Webhook, Change)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .outerjoin(Change, Change.sequence == WebhookDelivery.sequence)
        .where(WebhookDelivery.id.in_(ids))
        .execution_options(populate_existing=True)
    ).all()
    epoch, public_url, topics = current_epoch(unit), runtime().settings.public_url.rstrip("/"), log_head().topics
    jobs: list[Job] = []
    for delivery, webhook, change in rows:
        message = render_message(change, epoch, public_url, topics) if delivery.sequence else render_ping(delivery)
        is_proven = webhook.failures == 0 and webhook.last_success_at is not None
        jobs.append(
            Job(
                delivery_id=delivery.id,
                lease=lease,
                webhook_id=webhook.id,
                is_proven=is_proven,
                url=webhook.url,
                secrets=_secrets(webhook),
                message_id=delivery.message_id,
                body=orjson.dumps(message),
            )
        )
    return jobs


def _secrets(webhook: Webhook) -> Sequence[str]:
    """The newest secret first; none when they cannot be opened."""
    sealed = [webhook.secret]
    if webhook.previous_secret is not None and (webhook.previous_ends_at or clock.now()) > clock.now():
        sealed.append(webhook.previous_secret)
    try:
        return [open_sealed(runtime().signing_keys, each) for each in sealed]
    except CannotOpen:
        return ()


def _write(unit: UnitOfWork, result: Result) -> None:
    """Write how a try went, unless the message is no longer leased to it."""
    delivery = unit.session.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == result.job.delivery_id, WebhookDelivery.lease == result.job.lease)
        .with_for_update()
    )
    webhook = unit.session.get(Webhook, result.job.webhook_id, populate_existing=True, with_for_update=True)
    if delivery is None or webhook is None:
        return
    delivery.lease = None
    delivery.tries = [*delivery.tries, _as_try(result)][-KEPT_TRIES:]
    if result.has_arrived:
        delivery.state, delivery.finished_at = DeliveryState.DELIVERED.value, result.at
        _note_success(unit, webhook, result.at)
    else:
        _note_failure(unit, webhook, delivery, result)


def _as_try(result: Result) -> dict[str, Any]:
    return {
        "at": clock.rfc3339(result.at),
        "status": result.status,
        "error": result.error,
        "milliseconds": result.milliseconds,
    }


def _note_success(unit: UnitOfWork, webhook: Webhook, at: datetime) -> None:
    if webhook.failures:
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
        # What waited for the endpoint, without having failed itself, need not wait any longer.
        _move(unit, webhook, WebhookDelivery.failures == 0, at)
    if webhook.last_success_at is None or at - webhook.last_success_at >= _SUCCESS_NOTED_EVERY:
        webhook.last_success_at = at


def _note_failure(unit: UnitOfWork, webhook: Webhook, delivery: WebhookDelivery, result: Result) -> None:
    delivery.failures += 1
    wait = next_try_after(delivery.failures, result.retry_after)
    if wait is None:
        delivery.state, delivery.finished_at = DeliveryState.FAILED.value, result.at
    else:
        delivery.next_at = result.at + wait
    if webhook.rests_until is None or webhook.rests_until <= result.at:
        # Not for tries that were under way when the first of them failed.
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or result.at
        webhook.rests_until = result.at + max(rest_after(webhook.failures), result.retry_after or timedelta())
    unit.session.flush()
    _move(unit, webhook, WebhookDelivery.next_at < webhook.rests_until, webhook.rests_until)
    if result.status == GONE:
        _disable(unit, webhook, DisabledBecause.GONE)
    elif result.at - (webhook.failing_since or result.at) >= DISABLED_AFTER:
        _disable(unit, webhook, DisabledBecause.FAILING)


def _move(unit: UnitOfWork, webhook: Webhook, which: ColumnElement[bool], to: datetime) -> None:
    """Give waiting messages that nobody sends now another moment for the next try."""
    unit.session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook.id,
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.lease.is_(None),
            which,
        )
        .values(next_at=to)
        .execution_options(synchronize_session=False)
    )


def _disable(unit: UnitOfWork, webhook: Webhook, reason: DisabledBecause) -> None:
    if webhook.state != WebhookState.ACTIVE:
        return
    webhook.state, webhook.disabled_because = WebhookState.DISABLED.value, reason.value
    webhook.version += 1
    webhook.updated_at = clock.now()
    switch_off(unit, webhook)
    agency = unit.session.scalar(select(Consumer.agency).where(Consumer.id == webhook.consumer_id))
    record(unit, Action.WEBHOOK_DISABLED, webhook.id, system_actor("webhooks"), agency=agency, fields=["state"])
    log.error("webhook_disabled", webhook=webhook.id, reason=reason.value)
