"""The writes of the guard: link lists, freeze, and the reset of a breaker."""

from __future__ import annotations

from sqlalchemy import select

from cms.accounts.queries import get_locked_user
from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_first_version, keep_version
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict, NotFound, invalid_field, invalid_parameter
from cms.core.permissions import Actor, Permission, Role, Target, authorize
from cms.moderation.alarms import raise_alarm
from cms.moderation.links import is_registrable
from cms.moderation.models import (
    OF_PERSON,
    WHOLE_CITY,
    BreakerKind,
    BreakerTrip,
    LinkDomain,
    LinkStanding,
    PublishingFreeze,
    person_scope,
)
from cms.moderation.queries import get_trip

DOMAIN = "link_domain"
DUPLICATES = {
    "pk_link_domains": "domain",
    "uq_link_domains_domain": "domain",
    "pk_publishing_freezes": "agency",
    "uq_publishing_freezes_scope": "agency",
}


def set_link_domain(actor: Actor, domain: str, standing: LinkStanding, note: str | None) -> LinkDomain:
    """Allow or block a domain with everything below it. Counts for what is saved from now on.

    Raises `BadRequest` for the allowing of what nobody has registered by himself (`com`, `go.id`): everybody can be below it.
    """
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        _check_allowable(domain, standing)
        entry = _locked_domain(unit, domain)
        keep_first_version(unit, DOMAIN, domain, None if entry is None else _said(entry))
        if entry is None:
            entry = LinkDomain(domain=domain, created_at=clock.now())
            unit.add(entry)
        elif (entry.standing, entry.note) == (standing.value, note):
            return entry
        entry.standing, entry.note = standing.value, note
        keep_version(unit, DOMAIN, domain, _said(entry), actor)
        entry.changed_by_id, entry.changed_by_label, entry.updated_at = actor.id, actor.label, clock.now()
        is_allowed = standing is LinkStanding.ALLOWED
        record(unit, Action.LINK_DOMAIN_ALLOWED if is_allowed else Action.LINK_DOMAIN_BLOCKED, _log_id(domain), actor)
    return entry


def _check_allowable(domain: str, standing: LinkStanding) -> None:
    """Raise `BadRequest` for the allowing of a public suffix."""
    if standing is LinkStanding.ALLOWED and not is_registrable(domain):
        raise invalid_parameter("domain", "public_suffix")


def remove_link_domain(actor: Actor, domain: str) -> None:
    """Take a domain out of the lists: links to it are unknown again. Raises `NotFound`."""
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        entry = _locked_domain(unit, domain)
        if entry is None:
            raise NotFound
        keep_first_version(unit, DOMAIN, domain, _said(entry))
        keep_version(unit, DOMAIN, domain, None, actor)
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
        freeze = _frozen(unit, actor, agency or WHOLE_CITY, reason, "agency")
        record(unit, Action.FREEZE_SET, freeze.scope, actor, agency=agency)
    return freeze


def freeze_person(actor: Actor, user_id: str, reason: str) -> PublishingFreeze:
    """Stop everything that a person does, from the next request on; reading and the own account stay.

    Who looks after people may be frozen only by somebody who does, too. Raises `Invalid` for an unknown person, `Forbidden`,
    `Conflict("duplicate")`.
    """
    with unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        try:
            user = get_locked_user(unit, user_id)
        except NotFound:
            raise invalid_field("/person", "not_found", what="person") from None
        if any(held.role == Role.ADMIN for held in user.memberships):
            authorize(actor, Permission.USER_WRITE, Target())
        freeze = _frozen(unit, actor, person_scope(user.id), reason, "person")
        freeze.person_label, user.frozen = user.name, reason
        record(unit, Action.FREEZE_SET, freeze.scope, actor)
    return freeze


def _frozen(unit: UnitOfWork, actor: Actor, scope: str, reason: str, field: str) -> PublishingFreeze:
    if unit.session.get(PublishingFreeze, scope) is not None:
        raise Conflict("duplicate", field=field)
    freeze = PublishingFreeze(
        scope=scope, reason=reason, frozen_by_id=actor.id, frozen_by_label=actor.label, frozen_at=clock.now()
    )
    unit.add(freeze)
    raise_alarm(unit, "publishing_frozen", scope=scope, actor_id=actor.id)
    return freeze


def lift_freeze(actor: Actor, scope: str, *, reason: str | None = None) -> None:
    """Let an agency, the city (`city`) or a person (`person:<id>`) go on; who ordered the freeze may do it too.

    `reason` is what the command line asks for. Raises `NotFound` when nothing is frozen there.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
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


def reset_breaker(actor: Actor, trip_id: str, *, reason: str | None = None) -> BreakerTrip:
    """Let the person or agency go on; what was counted before does not count any more. Idempotent.

    Nobody resets a trip of his or her own, nor one of an agency that own changes made up. `reason` is what the command line
    asks for. Raises `NotFound`, `Conflict("approval_not_yours")`.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.GUARD_WRITE, Target())
        trip = get_trip(trip_id)
        if actor.id is not None and actor.id in {trip.subject, *trip.made_up_by}:
            raise Conflict(
                "approval_not_yours", whose="a central editor or administrator whose changes did not lead to it"
            )
        if trip.reset_at is None:
            trip.reset_at, trip.reset_by_id, trip.reset_by_label = clock.now(), actor.id, actor.label
            trip.reset_reason = reason
            agency = trip.subject if trip.kind == BreakerKind.AGENCY else None
            record(unit, Action.BREAKER_RESET, trip.id, actor, agency=agency)
            told = {
                "trip_id": trip.id,
                "kind": trip.kind,
                "subject": trip.subject,
                "actor": actor.label,
                "reason": reason,
            }
            raise_alarm(unit, "breaker_reset", **told)
    return trip


def _locked_domain(unit: UnitOfWork, domain: str) -> LinkDomain | None:
    locked = select(LinkDomain).where(LinkDomain.domain == domain).with_for_update()
    return unit.session.scalar(locked.execution_options(populate_existing=True))


def _said(entry: LinkDomain) -> dict[str, str | None]:
    return {"standing": entry.standing, "note": entry.note}


def _log_id(domain: str) -> str:
    """The domain as the log names it; the log's column is shorter than the longest domain, whose end is what counts."""
    return domain[-63:]
