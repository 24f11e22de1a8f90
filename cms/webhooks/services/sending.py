"""The results that a sender brings back, and what it takes next: one transaction for both, and as many statements for a hundred as for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from cms.changes.actions import Action
from cms.changes.log import record
from cms.consumers.models import Consumer
from cms.core import clock
from cms.core.db import UnitOfWork, table_of, unit_of_work
from cms.core.logging import get_logger
from cms.core.permissions import system_actor
from cms.webhooks.jobs import Job, Result, Room
from cms.webhooks.models import DeliveryState, DisabledBecause, Webhook, WebhookDelivery, WebhookState
from cms.webhooks.policies import DISABLED_AFTER, next_try_after, rest_after
from cms.webhooks.queueing import switch_off
from cms.webhooks.taking import take_due

log = get_logger(__name__)
KEPT_TRIES = 20
GONE = 410
_SUCCESS_NOTED_EVERY = timedelta(minutes=1)
_WRITTEN = ("state", "next_at", "lease", "failures", "tries", "finished_at")
_COLUMNS = tuple(getattr(WebhookDelivery, name) for name in ("id", *_WRITTEN))


def exchange(results: Sequence[Result], room: Room) -> list[Job]:
    """Write results and take the next messages, so many as there is room for."""
    with unit_of_work() as unit:
        if results:
            _write_all(unit, results)
            unit.session.flush()
        return take_due(unit, room)


def _write_all(unit: UnitOfWork, results: Sequence[Result]) -> None:
    """Write how tries went, unless a message is no longer leased to its try. Endpoints are locked first, as by those who change them."""
    webhooks = {
        webhook.id: webhook
        for webhook in unit.session.scalars(
            _in_order(select(Webhook), Webhook.id, {result.job.webhook_id for result in results})
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    }
    queued = _in_order(select(*_COLUMNS), WebhookDelivery.id, {result.job.delivery_id for result in results})
    leased = {(row.id, row.lease): row._asdict() for row in unit.session.execute(queued.with_for_update())}
    written, ended = [], []
    for result in sorted(results, key=lambda each: each.at):
        webhook = webhooks.get(result.job.webhook_id)
        delivery = leased.get((result.job.delivery_id, result.job.lease))
        if webhook is not None and delivery is not None:
            reason = _write(result, webhook, delivery)
            written.append(delivery)
            ended += [(webhook, reason)] if reason else []
    _update(unit, written)
    for webhook, reason in ended:
        _disable(unit, webhook, reason)


def _in_order(statement: Any, column: Any, ids: set[str]) -> Any:
    """In one order for all senders, so that none waits for another in a circle."""
    return statement.where(column.in_(ids)).order_by(column)


def _update(unit: UnitOfWork, written: Sequence[dict[str, Any]]) -> None:
    if written:
        table = table_of(WebhookDelivery)
        values = {
            column.name: bindparam(f"new_{column.name}", type_=column.type)
            for column in table.c
            if column.name in _WRITTEN
        }
        rows = [{f"new_{name}": row[name] for name in ("id", *_WRITTEN)} for row in written]
        unit.session.connection().execute(update(table).where(table.c.id == bindparam("new_id")).values(values), rows)


def _write(result: Result, webhook: Webhook, delivery: dict[str, Any]) -> DisabledBecause | None:
    """Note how it went in both; returns why the endpoint is to be switched off."""
    delivery["lease"] = None
    delivery["tries"] = [*delivery["tries"], _as_try(result)][-KEPT_TRIES:]
    if result.has_arrived:
        delivery.update(state=DeliveryState.DELIVERED.value, finished_at=result.at)
        _note_success(webhook, result)
        return None
    return _note_failure(webhook, delivery, result)


def _as_try(result: Result) -> dict[str, Any]:
    return {
        "at": clock.rfc3339(result.at),
        "status": result.status,
        "error": result.error,
        "milliseconds": result.milliseconds,
    }


def _note_success(webhook: Webhook, result: Result) -> None:
    """What waited for the endpoint waits no longer."""
    if webhook.failures:
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    if webhook.last_success_at is None or result.at - webhook.last_success_at >= _SUCCESS_NOTED_EVERY:
        webhook.last_success_at = result.at


def _note_failure(webhook: Webhook, delivery: dict[str, Any], result: Result) -> DisabledBecause | None:
    delivery["failures"] += 1
    wait = next_try_after(delivery["failures"], result.retry_after)
    if wait is None:
        delivery.update(state=DeliveryState.FAILED.value, finished_at=result.at)
    else:
        delivery["next_at"] = result.at + wait
    if webhook.rests_until is None or webhook.rests_until <= result.at:
        # Not for tries that were under way when the first of them failed.
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or result.at
        webhook.rests_until = result.at + rest_after(webhook.failures, result.retry_after)
    if result.status == GONE:
        return DisabledBecause.GONE
    lasts = result.at - (webhook.failing_since or result.at)
    return DisabledBecause.FAILING if lasts >= DISABLED_AFTER else None


def _disable(unit: UnitOfWork, webhook: Webhook, reason: DisabledBecause) -> None:
    if webhook.state != WebhookState.ACTIVE:
        return
    webhook.state, webhook.disabled_because = WebhookState.DISABLED.value, reason.value
    webhook.version += 1
    webhook.updated_at = clock.now()
    unit.session.flush()
    switch_off(unit, webhook)
    agency = unit.session.scalar(select(Consumer.agency).where(Consumer.id == webhook.consumer_id))
    record(unit, Action.WEBHOOK_DISABLED, webhook.id, system_actor("webhooks"), agency=agency, fields=["state"])
    log.error("webhook_disabled", webhook=webhook.id, reason=reason.value)
