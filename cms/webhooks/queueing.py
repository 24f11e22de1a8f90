"""Queueing messages, and giving up what is queued: steps of the services and of the follower."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from cms.changes.installation import current_epoch
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, table_of
from cms.core.ids import new_id
from cms.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from cms.webhooks.presenter import message_id

AT_ONCE = 1_000
Wanted = tuple[str, Change]
"""The id of an endpoint, and a line that it is told of."""
Key = tuple[str, str]
"""The name of a message and the id of the endpoint."""


def queue_messages(unit: UnitOfWork, wanted: Iterable[Wanted], *, again: bool = False) -> None:
    """Queue a message for each endpoint and line; one that was queued before only `again`."""
    epoch, now = current_epoch(unit), clock.now()
    messages = {(message_id(line, epoch), webhook_id): line for webhook_id, line in wanted}
    known = _known(unit, messages)
    if again and known:
        _queue_again(unit, known, now)
    new: list[dict[str, Any]] = [
        {
            "id": new_id(), "webhook_id": webhook_id, "message_id": name, "sequence": line.sequence, "failures": 0, "tries": [],
            "state": DeliveryState.WAITING.value, "next_at": now, "lease": None,
            "created_at": now, "finished_at": None,
        }
        for (name, webhook_id), line in messages.items()
        if (name, webhook_id) not in known
    ]  # fmt: skip
    if new:
        unit.session.execute(insert(table_of(WebhookDelivery)), new)


def switch_off(unit: UnitOfWork, webhook: Webhook) -> None:
    """Give up what waits for an endpoint."""
    unit.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == DeliveryState.WAITING)
        .values(state=DeliveryState.FAILED.value, finished_at=clock.now(), lease=None)
        .execution_options(synchronize_session=False)
    )


def _known(unit: UnitOfWork, messages: Collection[Key]) -> dict[Key, str]:
    """Which of these messages were queued before, with their ids."""
    known: dict[Key, str] = {}
    for some in _batched(sorted({name for name, _webhook_id in messages}), AT_ONCE):
        found = select(WebhookDelivery.message_id, WebhookDelivery.webhook_id, WebhookDelivery.id).where(
            WebhookDelivery.message_id.in_(some)
        )
        known |= {(name, webhook_id): delivery_id for name, webhook_id, delivery_id in unit.session.execute(found)}
    return {key: delivery_id for key, delivery_id in known.items() if key in messages}


def _queue_again(unit: UnitOfWork, known: Mapping[Key, str], first_try: datetime) -> None:
    waiting = {
        "state": DeliveryState.WAITING.value,
        "next_at": first_try,
        "failures": 0,
        "lease": None,
        "finished_at": None,
    }
    for some in _batched(sorted(known.values()), AT_ONCE):
        unit.session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id.in_(some))
            .values(**waiting)
            .execution_options(synchronize_session=False)
        )


def _batched(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The ids, so many at a time: databases bound the parameters of a statement."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
