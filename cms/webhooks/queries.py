"""Finding endpoints and their messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Label,
    ScalarSelect,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from cms.changes.models import Change
from cms.consumers.models import Consumer
from cms.core.db import session
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.core.types import UTCDateTime
from cms.webhooks.models import DeliveryState, Webhook, WebhookDelivery, WebhookState
from cms.webhooks.policies import RESTORES


def get_webhook(consumer_id: str, webhook_id: str, *, lock: bool = False) -> Webhook:
    """An endpoint of this consumer; `lock` holds it until the end of the unit of work. Raises `NotFound`."""
    statement = select(Webhook).where(Webhook.id == webhook_id, Webhook.consumer_id == consumer_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(statement) if is_id(consumer_id) and is_id(webhook_id) else None
    if found is None:
        raise NotFound
    return found


def list_webhooks(consumer_id: str, *, after: str | None = None, limit: int) -> Sequence[Webhook]:
    """Endpoints of a consumer, in the order in which they were added; `after` is an id."""
    statement = select(Webhook).where(Webhook.consumer_id == consumer_id)
    if after is not None:
        statement = statement.where(Webhook.id > after)
    return session.scalars(statement.order_by(Webhook.id).limit(limit)).all()


def count_webhooks(consumer_id: str) -> int:
    """How many endpoints a consumer has."""
    return session.scalar(select(func.count()).where(Webhook.consumer_id == consumer_id)) or 0


def list_deliveries(
    webhook_id: str, *, states: Collection[str] = (), before: str | None = None, limit: int
) -> Sequence[WebhookDelivery]:
    """Messages to an endpoint, the newest first; `before` is an id."""
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if states:
        statement = statement.where(WebhookDelivery.state.in_(states))
    if before is not None:
        statement = statement.where(WebhookDelivery.id < before)
    return session.scalars(statement.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def told() -> ColumnElement[bool]:
    """The condition that an endpoint is told of changes: it is active, and so is its consumer."""
    return and_(
        Webhook.state == WebhookState.ACTIVE,
        Webhook.consumer_id.in_(select(Consumer.id).where(Consumer.is_active)),
    )


def lines_to_tell(first: int, last: int) -> Sequence[Change]:
    """The lines of this range that endpoints may be told of, oldest first."""
    in_range = (Change.sequence >= first, Change.sequence <= last, or_(Change.is_public, Change.action.in_(RESTORES)))
    return session.scalars(select(Change).where(*in_range).order_by(Change.sequence)).all()


def is_waiting() -> ColumnElement[bool]:
    """The condition that a message waits; written as in the index."""
    return WebhookDelivery.state == literal_column(f"'{DeliveryState.WAITING.value}'")


def may_be_tried(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that an endpoint is told of changes and does not rest."""
    return and_(told(), or_(Webhook.rests_until.is_(None), Webhook.rests_until <= now))


def first_due_at() -> ScalarSelect[datetime]:
    """The moment of the next try at an endpoint: one look into the index for each."""
    waiting = (WebhookDelivery.webhook_id == Webhook.id, is_waiting())
    return select(func.min(WebhookDelivery.next_at)).where(*waiting).correlate(Webhook).scalar_subquery()


_NOW = bindparam("now", type_=UTCDateTime())
_DUE = select(Webhook.id).where(may_be_tried(_NOW), first_due_at() <= _NOW).limit(1)


def is_due(now: datetime) -> bool:
    """True when something waits whose moment has come."""
    return session.scalar(_DUE, {"now": now}) is not None


def sending_figures(now: datetime) -> Sequence[Label[Any]]:
    """The figures of what waits, for `/metrics` and `doctor`, as columns of one statement; `due` counts healthy endpoints alone."""
    first = select(first_due_at().label("due_at")).where(told(), Webhook.failures == 0).subquery()
    due = select(func.min(first.c.due_at)).where(first.c.due_at <= now)
    failing = select(func.count()).select_from(Webhook).where(told(), Webhook.failures > 0)
    disabled = select(func.count()).select_from(Webhook).where(Webhook.state == WebhookState.DISABLED)
    return [
        due.scalar_subquery().label("webhooks_due"),
        failing.scalar_subquery().label("webhooks_failing"),
        disabled.scalar_subquery().label("webhooks_disabled"),
        select(func.count())
        .select_from(WebhookDelivery)
        .where(is_waiting())
        .scalar_subquery()
        .label("webhooks_waiting"),
    ]


def list_sealed() -> Sequence[tuple[str, Sequence[str]]]:
    """The ids of all endpoints with their sealed secrets."""
    found = session.execute(select(Webhook.id, Webhook.secret, Webhook.previous_secret).order_by(Webhook.id))
    return [(row.id, [row.secret, *([] if row.previous_secret is None else [row.previous_secret])]) for row in found]
