"""Freezes publishing, lifts freezes, and cancels schedules.

The table is in `cms.moderation.models`, because the circuit breaker there checks it before each publication.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from cms.accounts.queries import get_locked_user
from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict, NotFound, invalid_field
from cms.core.permissions import Actor, Permission, Role, Target, authorize
from cms.editorial.edit import Edit
from cms.editorial.freezes.queries import ScheduledItem, get_freeze, waiting_schedules
from cms.editorial.items.models import Item
from cms.editorial.schedules.catching_up import catch_up
from cms.editorial.schedules.schedule import drop_schedule
from cms.moderation.alarms import raise_alarm
from cms.moderation.models import (
    OF_PERSON,
    WHOLE_CITY,
    PublishingFreeze,
    person_scope,
)

BATCH: Final = 50
"""Items of one transaction: few, so that no other transaction waits for long."""

DUPLICATES = {"pk_publishing_freezes": "agency", "uq_publishing_freezes_scope": "agency"}


def freeze_publishing(actor: Actor, agency: str | None, reason: str) -> PublishingFreeze:
    """Stop all publishing, unpublishing and scheduling of an agency, or of the whole city (None).

    Delivery goes on, drafts can be written. Raises `Invalid` for an unknown agency, `Conflict("duplicate")` when it is
    frozen already.
    """
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        if agency is not None and unit.session.get(Agency, agency) is None:
            raise invalid_field("/agency", "not_found", what="agency")
        freeze = _add_freeze(unit, actor, agency or WHOLE_CITY, reason, "agency")
        record(unit, Action.FREEZE_SET, freeze.scope, actor, agency=agency)
    return freeze


def freeze_person(actor: Actor, user_id: str, reason: str) -> PublishingFreeze:
    """Stop all changes by a person, from the next request on. The person can still read and use their own account.

    Only a manager of people may freeze another manager of people. Raises `Invalid` for an unknown person, `Forbidden`,
    `Conflict("duplicate")`.
    """
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        try:
            user = get_locked_user(unit, user_id)
        except NotFound:
            raise invalid_field("/person", "not_found", what="person") from None
        # Otherwise a hijacked editor's account could freeze those who would stop it.
        if any(held.role == Role.ADMIN for held in user.memberships):
            authorize(actor, Permission.USER_WRITE, Target())
        freeze = _add_freeze(unit, actor, person_scope(user.id), reason, "person")
        freeze.person_label, user.frozen = user.name, reason
        record(unit, Action.FREEZE_SET, freeze.scope, actor)
    return freeze


def _add_freeze(unit: UnitOfWork, actor: Actor, scope: str, reason: str, field: str) -> PublishingFreeze:
    if unit.session.get(PublishingFreeze, scope) is not None:
        raise Conflict("duplicate", field=field)
    freeze = PublishingFreeze(
        scope=scope, reason=reason, frozen_by_id=actor.id, frozen_by_label=actor.label, frozen_at=clock.now()
    )
    unit.add(freeze)
    raise_alarm(unit, "publishing_frozen", scope=scope, actor_id=actor.id)
    return freeze


def lift_freeze(actor: Actor, scope: str, *, reason: str | None = None) -> None:
    """Let an agency, the city (`city`) or a person (`person:<id>`) go on; the person who ordered the freeze may do it too.

    `reason` comes from the command line. Raises `NotFound` when there is no such freeze.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        locked = select(PublishingFreeze).where(PublishingFreeze.scope == scope).with_for_update()
        freeze = unit.session.scalar(locked)
        if freeze is None:
            raise NotFound
        unit.session.delete(freeze)
        is_person = scope.startswith(OF_PERSON)
        if is_person:
            get_locked_user(unit, scope.removeprefix(OF_PERSON)).frozen = None
        record(unit, Action.FREEZE_LIFTED, scope, actor, agency=None if is_person or scope == WHOLE_CITY else scope)
        raise_alarm(unit, "freeze_lifted", scope=scope, actor=actor.label, reason=reason)


def cancel_schedules_step(actor: Actor, scope: str) -> Sequence[ScheduledItem]:
    """Cancel the schedules of up to `BATCH` items and return them; empty when none are left."""
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        get_freeze(scope)
        locked = select(Item).where(*waiting_schedules(scope)).order_by(Item.id).limit(BATCH).with_for_update(of=Item)
        items = unit.session.scalars(locked.execution_options(populate_existing=True)).all()
        taken = [ScheduledItem.of(item) for item in items]
        for item in items:
            # A schedule whose moment has come is live already, so it is carried out first.
            catch_up(unit, item)
            drop_schedule(Edit(unit, actor, item), reason=f"freeze:{scope}")
    return taken
