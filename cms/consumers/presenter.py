"""Consumers and keys as the API writes them; a key itself is written once, when it is made."""

from __future__ import annotations

from typing import Any

from cms.consumers.models import Consumer, DeliveryKey
from cms.consumers.policies import key_state
from cms.core import clock
from cms.core.versions import written


def render_consumer(consumer: Consumer) -> dict[str, Any]:
    """A registered website or app."""
    return {
        "id": consumer.id,
        "name": consumer.name,
        "kind": consumer.kind,
        "agency": consumer.agency,
        "contact": {"name": consumer.contact_name, "email": consumer.contact_email},
        "origins": consumer.origins,
        "requests_per_minute": consumer.requests_per_minute,
        "is_active": consumer.is_active,
        "version": written(consumer.version),
        "created_at": consumer.created_at,
        "updated_at": consumer.updated_at,
    }


def render_key(key: DeliveryKey) -> dict[str, Any]:
    """What may be known of a key after it was made."""
    return {
        "id": key.id,
        "label": key.label,
        "hint": key.hint,
        "state": key_state(key, clock.now()).value,
        "scopes": key.scopes,
        "agencies": key.agencies,
        "version": written(key.version),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }


def render_issued_key(key: DeliveryKey, text: str) -> dict[str, Any]:
    """A key that was just made, with the key itself: this once."""
    return {**render_key(key), "key": text}
