"""Taking due messages from the queue: a step of the sender's transaction.

Each endpoint has a queue of its own in one index, and each of them is asked for its first messages: one with a hundred thousand that wait
costs as much as one with a single message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

import orjson
from sqlalchemy import BindParameter, ScalarSelect, Select, bindparam, case, select, update

from cms.changes.heads import log_head
from cms.changes.installation import current_epoch
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.ids import new_id
from cms.core.runtime import runtime
from cms.core.sealed_secrets import CannotOpen, open_sealed
from cms.core.types import UTCDateTime
from cms.webhooks.jobs import AT_ONCE, Job, Lane, Room
from cms.webhooks.models import Webhook, WebhookDelivery
from cms.webhooks.policies import LEASE
from cms.webhooks.presenter import render_message, render_ping
from cms.webhooks.queries import first_due_at, is_waiting, may_be_tried

_LANE = case(
    (Webhook.failures > 0, Lane.FAILING.value),
    (Webhook.last_success_at.is_(None), Lane.NEW.value),
    else_=Lane.PROVEN.value,
)
_MOST_AT_ONCE = max(AT_ONCE.values())
_OF_MESSAGE = (WebhookDelivery.id, WebhookDelivery.webhook_id, WebhookDelivery.message_id, WebhookDelivery.created_at)
_OF_ENDPOINT = (Webhook.url, Webhook.secret, Webhook.previous_secret, Webhook.previous_ends_at)
_OF_LINE = (
    WebhookDelivery.sequence, Change.recorded_at, Change.action, Change.resource_type, Change.resource_id, Change.agency, Change.facts,
)  # fmt: skip
_NOW = bindparam("now", type_=UTCDateTime())
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _waiting_statement() -> Select[Any]:
    """Endpoints for which something is due, with their lanes; who has waited longest comes first."""
    due = select(Webhook.id, _LANE.label("lane"), first_due_at().label("due_at")).where(may_be_tried(_NOW)).subquery()
    return select(due.c.id, due.c.lane).where(due.c.due_at <= _NOW).order_by(due.c.due_at)


def _due_message(place: int) -> ScalarSelect[str]:
    """The id of the message at this place of an endpoint's queue; null when nothing is due there."""
    due = select(WebhookDelivery.id).where(
        WebhookDelivery.webhook_id == Webhook.id, is_waiting(), WebhookDelivery.next_at <= _NOW
    )
    return due.order_by(WebhookDelivery.next_at).offset(place).limit(1).correlate(Webhook).scalar_subquery()


# Built once: building them for each tenth of a second costs as much as running them.
_WAITING = _waiting_statement()
_FIRST_MESSAGES = select(Webhook.id, *map(_due_message, range(_MOST_AT_ONCE))).where(Webhook.id.in_(_IDS))
_FREE = (
    select(WebhookDelivery.id)
    .where(WebhookDelivery.id.in_(_IDS), is_waiting(), WebhookDelivery.next_at <= _NOW)
    .order_by(WebhookDelivery.id)
    .with_for_update(skip_locked=True)
)
_LEASED = (
    update(WebhookDelivery)
    .where(WebhookDelivery.id.in_(_IDS))
    .values(lease=bindparam("new_lease"), next_at=bindparam("ends_at", type_=UTCDateTime()))
    .execution_options(synchronize_session=False)
)
_MESSAGES = (
    select(*_OF_MESSAGE, *_OF_ENDPOINT, *_OF_LINE)
    .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    .outerjoin(Change, Change.sequence == WebhookDelivery.sequence)
    .where(WebhookDelivery.id.in_(_IDS))
)


def take_due(unit: UnitOfWork, room: Room) -> list[Job]:
    """Lease the next messages, the oldest first, so many as there is room for."""
    lanes: dict[str, Lane] = {}
    if any(free > 0 for free in room.free.values()):
        lanes = dict(_chosen(unit.session.execute(_WAITING, {"now": clock.now()}).all(), room))
    ids = _leased(unit, list(_first_messages(unit, lanes, room)), lease := new_id())
    return _jobs(unit, ids, lanes, lease)


def _chosen(waiting: Sequence[Any], room: Room) -> Iterator[tuple[str, Lane]]:
    free = dict(room.free)
    for webhook_id, name in waiting:
        lane = Lane(name)
        if free[lane] > 0 and room.at_endpoint(webhook_id, lane) > 0:
            free[lane] -= 1
            yield webhook_id, lane


def _first_messages(unit: UnitOfWork, lanes: dict[str, Lane], room: Room) -> Iterator[str]:
    """The ids of the next messages of these endpoints: the first one of each, then the second ones, as far as there is room."""
    if not lanes:
        return
    rows = unit.session.execute(_FIRST_MESSAGES, {"ids": list(lanes), "now": clock.now()}).all()
    order = {webhook_id: place for place, webhook_id in enumerate(lanes)}
    queues = [
        [(webhook_id, message) for message in messages[: room.at_endpoint(webhook_id, lanes[webhook_id])]]
        for webhook_id, *messages in sorted(rows, key=lambda row: order[row[0]])
    ]
    free = dict(room.free)
    for pair in chain.from_iterable(zip_longest(*queues)):
        if pair is not None and pair[1] is not None and free[lanes[pair[0]]] > 0:
            free[lanes[pair[0]]] -= 1
            yield pair[1]


def _leased(unit: UnitOfWork, ids: Sequence[str], lease: str) -> Sequence[str]:
    """Lease these messages, without those that another sender takes at the same moment or has taken."""
    if not ids:
        return ()
    now = clock.now()
    own = unit.session.scalars(_FREE, {"ids": list(ids), "now": now}).all()
    unit.session.connection().execute(_LEASED, {"ids": own, "new_lease": lease, "ends_at": now + LEASE})
    return own


def _jobs(unit: UnitOfWork, ids: Sequence[str], lanes: dict[str, Lane], lease: str) -> list[Job]:
    """The messages as they are sent. One whose secret cannot be opened any more fails like one that does not arrive."""
    if not ids:
        return []
    rows = unit.session.execute(_MESSAGES, {"ids": ids}).all()
    epoch, public_url, topics = current_epoch(unit), runtime().settings.public_url.rstrip("/"), log_head().topics
    taken_at = clock.monotonic()
    return [
        Job(
            delivery_id=row.id,
            lease=lease,
            webhook_id=row.webhook_id,
            lane=lanes[row.webhook_id],
            url=row.url,
            secrets=_secrets(row),
            message_id=row.message_id,
            body=orjson.dumps(
                render_ping(row.webhook_id, row.created_at)
                if row.sequence is None
                else render_message(row, epoch, public_url, topics)
            ),
            taken_at=taken_at,
        )
        for row in rows
    ]


def _secrets(webhook: Any) -> Sequence[str]:
    """The newest secret first; none when they cannot be opened."""
    sealed = [webhook.secret]
    if webhook.previous_secret is not None and (webhook.previous_ends_at or clock.now()) > clock.now():
        sealed.append(webhook.previous_secret)
    try:
        return [open_sealed(runtime().signing_keys, each) for each in sealed]
    except CannotOpen:
        return ()
