"""Registering consumers (the websites and apps that pull), and making, rotating and revoking their delivery keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update

from cms.agencies.queries import check_agency, find_agencies
from cms.changes.actions import Action
from cms.changes.log import record
from cms.consumers.key_cache import KeyCache
from cms.consumers.keys import digest, hint, make_key
from cms.consumers.models import Consumer, DeliveryKey, Scope
from cms.consumers.policies import LONGEST_LIFE, USUAL_LIFE, USUAL_OVERLAP_DAYS, KeyState, key_state
from cms.consumers.queries import get_consumer, get_key
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict, InputError, Invalid, invalid_field
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.versions import Expected, check_version

ALL_SCOPES = tuple(scope.value for scope in Scope)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that was just made. `text` is the key itself: it is not stored, so it must be handed over now."""

    key: DeliveryKey
    text: str


def register_consumer(actor: Actor, values: Mapping[str, Any]) -> Consumer:
    """Register a website or app with the agency that owns it. `values` are those of `ConsumerCreateSchema`.

    Raises `Invalid` when there is no such agency, or it is not in office any more.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.CONSUMER_WRITE, Target(agency=values["agency"]))
        check_agency(values["agency"])
        now = clock.now()
        consumer = Consumer(id=new_id(), is_active=True, version=1, created_at=now, updated_at=now, origins=[])
        assign_changed(consumer, _columns(values))
        unit.add(consumer)
        record(unit, Action.CONSUMER_CREATED, consumer.id, actor, agency=consumer.agency)
    return consumer


def update_consumer(actor: Actor, consumer_id: str, expected: Expected, changes: Mapping[str, Any]) -> Consumer:
    """Change a consumer by merge patch. Switched off (`is_active` false) its keys stop working with the next request.

    Raises `NotFound`, `StaleVersion`, and `Invalid` for a new owner that does not exist or is not in office any more.
    """
    with unit_of_work() as unit:
        consumer = get_consumer(consumer_id, lock=True)
        authorize(actor, Permission.CONSUMER_WRITE, Target(agency=consumer.agency))
        check_version(expected, consumer.version)
        if changes.get("agency", consumer.agency) != consumer.agency:
            check_agency(changes["agency"])
        changed = assign_changed(consumer, _columns(changes))
        if changed:
            consumer.version += 1
            consumer.updated_at = clock.now()
            record(unit, Action.CONSUMER_UPDATED, consumer.id, actor, agency=consumer.agency, fields=changed)
    return consumer


def create_key(
    actor: Actor,
    consumer_id: str,
    *,
    label: str = "",
    scopes: Collection[str] = ALL_SCOPES,
    agencies: Collection[str] | None = None,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Make a key for a consumer. `agencies` None means all; `expires_at` None means 365 days, at most 397 are possible.

    Raises `NotFound`, `Conflict("wrong_state")` when the consumer is switched off, `Invalid` for agencies or an expiry
    that do not fit.
    """
    with unit_of_work() as unit:
        consumer = get_consumer(consumer_id, lock=True)
        authorize(actor, Permission.CONSUMER_WRITE, Target(agency=consumer.agency))
        _check_active(consumer)
        _check_agencies(agencies)
        wanted = DeliveryKey(
            label=label,
            scopes=sorted(set(scopes)),
            agencies=None if agencies is None else sorted(set(agencies)),
            expires_at=_expiry(expires_at),
        )
        issued = _issue(unit, consumer, wanted)
        record(unit, Action.KEY_CREATED, issued.key.id, actor, agency=consumer.agency)
    return issued


def rotate_key(
    actor: Actor,
    consumer_id: str,
    key_id: str,
    expected: Expected,
    *,
    overlap_days: int = USUAL_OVERLAP_DAYS,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Make the successor of a key, with its label, scopes and agencies; both work for `overlap_days`, 0 ends the old one now.

    An old key that ends sooner anyway keeps its end. Raises `NotFound`, `StaleVersion`, and `Conflict("wrong_state")` when the
    consumer is switched off or the key does not work any more.
    """
    with unit_of_work() as unit:
        consumer = get_consumer(consumer_id, lock=True)
        old = get_key(consumer_id, key_id, lock=True)
        authorize(actor, Permission.CONSUMER_WRITE, Target(agency=consumer.agency))
        check_version(expected, old.version)
        _check_active(consumer)
        state = key_state(old, clock.now())
        if state is not KeyState.ACTIVE:
            raise Conflict("wrong_state", state=state.value, operation="rotate", when=KeyState.ACTIVE.value)
        wanted = DeliveryKey(label=old.label, scopes=old.scopes, agencies=old.agencies, expires_at=_expiry(expires_at))
        issued = _issue(unit, consumer, wanted)
        old.expires_at = min(old.expires_at, clock.now() + timedelta(days=overlap_days))
        old.version += 1
        record(unit, Action.KEY_ROTATED, old.id, actor, agency=consumer.agency, fields=["expires_at"])
        record(unit, Action.KEY_CREATED, issued.key.id, actor, agency=consumer.agency)
    return issued


def revoke_key(actor: Actor, consumer_id: str, key_id: str, expected: Expected) -> DeliveryKey:
    """End a key now; it stops working with the next request of every process. Revoking it again changes nothing.

    Raises `NotFound`, `StaleVersion`.
    """
    with unit_of_work() as unit:
        consumer = get_consumer(consumer_id)
        key = get_key(consumer_id, key_id, lock=True)
        authorize(actor, Permission.CONSUMER_WRITE, Target(agency=consumer.agency))
        check_version(expected, key.version)
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            key.version += 1
            record(unit, Action.KEY_REVOKED, key.id, actor, agency=consumer.agency, fields=["revoked_at"])
    return key


def write_key_uses(keys: KeyCache) -> int:
    """Write when keys were last used, as far as this process has noted it; returns how many keys that were.

    Called about once a minute. It records no change: the time of last use is bookkeeping, not an action of a person.
    """
    uses = keys.noted_uses()
    if not uses:
        return 0
    with unit_of_work() as unit:
        for key_id, used_at in sorted(uses.items()):
            is_older = or_(DeliveryKey.last_used_at.is_(None), DeliveryKey.last_used_at < used_at)
            unit.session.execute(
                update(DeliveryKey)
                .where(DeliveryKey.id == key_id, is_older)
                .values(last_used_at=used_at)
                .execution_options(synchronize_session=False)
            )
    keys.forget_uses(uses)
    return len(uses)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The wire's nested contact as the columns of the table; origins sorted and without doubles."""
    columns = {name: value for name, value in values.items() if name != "contact"}
    columns |= {f"contact_{name}": value for name, value in values.get("contact", {}).items()}
    if "origins" in columns:
        columns["origins"] = sorted(set(columns["origins"]))
    return columns


def _issue(unit: UnitOfWork, consumer: Consumer, wanted: DeliveryKey) -> IssuedKey:
    text = make_key()
    wanted.id, wanted.consumer_id = new_id(), consumer.id
    wanted.digest, wanted.hint = digest(text), hint(text)
    wanted.version, wanted.created_at = 1, clock.now()
    unit.add(wanted)
    return IssuedKey(wanted, text)


def _expiry(wanted: datetime | None) -> datetime:
    now = clock.now()
    if wanted is None:
        return now + USUAL_LIFE
    if wanted <= now:
        raise invalid_field("/expires_at", "not_before", other=clock.rfc3339(now))
    if wanted > now + LONGEST_LIFE:
        raise invalid_field("/expires_at", "too_big", max=clock.rfc3339(now + LONGEST_LIFE))
    return wanted


def _check_active(consumer: Consumer) -> None:
    if not consumer.is_active:
        raise Conflict("wrong_state", state="inactive", operation="key", when="active")


def _check_agencies(slugs: Collection[str] | None) -> None:
    """Raise `Invalid` that names every agency of the list that does not exist."""
    present = find_agencies(slugs or ())
    errors = [
        InputError("pointer", f"/agencies/{place}", "not_found", {"what": "agency"})
        for place, slug in enumerate(slugs or ())
        if slug not in present
    ]
    if errors:
        raise Invalid(errors=errors)
