"""Finding consumers and their keys. Nothing here ever selects by, or gives out, the key itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from cms.consumers.models import Consumer, DeliveryKey
from cms.core.db import session
from cms.core.errors import NotFound
from cms.core.ids import is_id


def get_consumer(consumer_id: str, *, lock: bool = False) -> Consumer:
    """The consumer; `lock` holds it until the end of the unit of work. Raises `NotFound`."""
    statement = select(Consumer).where(Consumer.id == consumer_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    consumer = session.scalar(statement) if is_id(consumer_id) else None
    if consumer is None:
        raise NotFound
    return consumer


def list_consumers(
    *,
    kinds: Collection[str] = (),
    agencies: Collection[str] = (),
    active: bool | None = None,
    after: str | None = None,
    limit: int,
) -> Sequence[Consumer]:
    """Consumers in the order in which they were registered; `after` is an id."""
    statement = select(Consumer).order_by(Consumer.id).limit(limit)
    if kinds:
        statement = statement.where(Consumer.kind.in_(kinds))
    if agencies:
        statement = statement.where(Consumer.agency.in_(agencies))
    if active is not None:
        statement = statement.where(Consumer.is_active.is_(active))
    if after is not None:
        statement = statement.where(Consumer.id > after)
    return session.scalars(statement).all()


def get_key(consumer_id: str, key_id: str, *, lock: bool = False) -> DeliveryKey:
    """A key of this consumer; `lock` holds it until the end of the unit of work. Raises `NotFound`."""
    statement = select(DeliveryKey).where(DeliveryKey.id == key_id, DeliveryKey.consumer_id == consumer_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    key = session.scalar(statement) if is_id(consumer_id) and is_id(key_id) else None
    if key is None:
        raise NotFound
    return key


def list_keys(consumer_id: str, *, after: str | None = None, limit: int) -> Sequence[DeliveryKey]:
    """Keys of a consumer in the order in which they were made, those that no longer work included; `after` is an id."""
    statement = select(DeliveryKey).where(DeliveryKey.consumer_id == consumer_id)
    if after is not None:
        statement = statement.where(DeliveryKey.id > after)
    return session.scalars(statement.order_by(DeliveryKey.id).limit(limit)).all()
