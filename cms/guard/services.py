"""The writes of the guard: link lists, freeze, and the reset of a breaker."""

from __future__ import annotations

from sqlalchemy import select

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict, NotFound, invalid_field
from cms.core.logging import get_logger
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.guard.models import WHOLE_CITY, BreakerTrip, LinkDomain, LinkStanding, PublishingFreeze
from cms.guard.queries import get_trip

log = get_logger(__name__)
DUPLICATES = {
    "pk_link_domains": "domain",
    "uq_link_domains_domain": "domain",
    "pk_publishing_freezes": "agency",
    "uq_publishing_freezes_scope": "agency",
}


def set_link_domain(actor: Actor, domain: str, standing: LinkStanding, note: str | None) -> LinkDomain:
    """Allow or block a domain with everything below it. Counts for what is saved from now on."""
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        entry = _locked_domain(unit, domain)
        if entry is None:
            entry = LinkDomain(domain=domain, created_at=clock.now())
            unit.add(entry)
        elif (entry.standing, entry.note) == (standing.value, note):
            return entry
        entry.standing, entry.note = standing.value, note
        entry.changed_by_id, entry.changed_by_label, entry.updated_at = actor.id, actor.label, clock.now()
        is_allowed = standing is LinkStanding.ALLOWED
        record(unit, Action.LINK_DOMAIN_ALLOWED if is_allowed else Action.LINK_DOMAIN_BLOCKED, _log_id(domain), actor)
    return entry


def remove_link_domain(actor: Actor, domain: str) -> None:
    """Take a domain out of the lists: links to it are unknown again. Raises `NotFound`."""
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        entry = _locked_domain(unit, domain)
        if entry is None:
            raise NotFound
        unit.session.delete(entry)
        record(unit, Action.LINK_DOMAIN_REMOVED, _log_id(domain), actor)


def freeze_publishing(actor: Actor, agency: str | None, reason: str) -> PublishingFreeze:
    """Stop all publishing, unpublishing and scheduling of an agency, or of the whole city (None).

    Delivery goes on, drafts can be written. Raises `Invalid` for an unknown agency, `Conflict("duplicate")` when it is
    frozen already.
    """
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        if agency is not None and unit.session.get(Agency, agency) is None:
            raise invalid_field("/agency", "not_found", what="agency")
        scope = agency or WHOLE_CITY
        if unit.session.get(PublishingFreeze, scope) is not None:
            raise Conflict("duplicate", field="agency")
        freeze = PublishingFreeze(
            scope=scope, reason=reason, frozen_by_id=actor.id, frozen_by_label=actor.label, frozen_at=clock.now()
        )
        unit.add(freeze)
        record(unit, Action.FREEZE_SET, scope, actor, agency=agency)
        unit.after_commit(lambda: log.warning("publishing_frozen", scope=scope, actor_id=actor.id))
    return freeze


def lift_freeze(actor: Actor, scope: str) -> None:
    """Let an agency, or the city (`city`), publish again. Raises `NotFound` when it is not frozen."""
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        locked = select(PublishingFreeze).where(PublishingFreeze.scope == scope).with_for_update()
        freeze = unit.session.scalar(locked)
        if freeze is None:
            raise NotFound
        unit.session.delete(freeze)
        record(unit, Action.FREEZE_LIFTED, scope, actor, agency=None if scope == WHOLE_CITY else scope)


def reset_breaker(actor: Actor, trip_id: str) -> BreakerTrip:
    """Let the person or agency publish again; what was published before does not count any more. Idempotent.

    Nobody resets a breaker that he or she tripped. Raises `NotFound`, `Conflict("approval_not_yours")`.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        trip = get_trip(trip_id)
        if trip.subject == actor.id:
            raise Conflict("approval_not_yours", whose="another central editor")
        if trip.reset_at is None:
            trip.reset_at, trip.reset_by_id, trip.reset_by_label = clock.now(), actor.id, actor.label
            record(unit, Action.BREAKER_RESET, trip.id, actor)
    return trip


def _locked_domain(unit: UnitOfWork, domain: str) -> LinkDomain | None:
    locked = select(LinkDomain).where(LinkDomain.domain == domain).with_for_update()
    return unit.session.scalar(locked.execution_options(populate_existing=True))


def _log_id(domain: str) -> str:
    """The domain as the log names it; the log's column is shorter than the longest domain, whose end is what counts."""
    return domain[-63:]
