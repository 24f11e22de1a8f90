"""The writes of moderation: link lists, and the reset of a breaker. Freezing: `cms.editorial.freezes`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_first_version, keep_version
from cms.core import clock
from cms.core.database_errors import violated_unique_constraint
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict, NotFound, invalid_parameter
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.moderation.alarms import raise_alarm
from cms.moderation.links import is_registrable
from cms.moderation.models import (
    BreakerKind,
    BreakerTrip,
    LinkDomain,
    LinkVerdict,
)
from cms.moderation.queries import get_trip

DOMAIN = "link_domain"


def set_link_domain(actor: Actor, domain: str, verdict: LinkVerdict, note: str | None) -> LinkDomain:
    """Allow or block a domain with everything below it. It applies to what is saved from now on.

    Raises `BadRequest` when a public suffix (`com`, `go.id`) is to be allowed: anyone can register a name below it.
    """
    said = {"verdict": verdict.value, "note": note}
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        _check_allowable(domain, verdict)
        entry, is_new = _present_domain(unit, actor, domain, said)
        if not is_new and _said(entry) == said:
            return entry
        keep_first_version(unit, DOMAIN, domain, None if is_new else _said(entry))
        entry.verdict, entry.note = verdict.value, note
        keep_version(unit, DOMAIN, domain, _said(entry), actor)
        entry.changed_by_id, entry.changed_by_label, entry.updated_at = actor.id, actor.label, clock.now()
        is_allowed = verdict is LinkVerdict.ALLOWED
        record(unit, Action.LINK_DOMAIN_ALLOWED if is_allowed else Action.LINK_DOMAIN_BLOCKED, _log_id(domain), actor)
    return entry


def _check_allowable(domain: str, verdict: LinkVerdict) -> None:
    """Raise `BadRequest` when a public suffix is to be allowed."""
    if verdict is LinkVerdict.ALLOWED and not is_registrable(domain):
        raise invalid_parameter("domain", "public_suffix")


def remove_link_domain(actor: Actor, domain: str) -> None:
    """Take a domain out of the lists: links to it are unknown again. Raises `NotFound`."""
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        entry = _locked_domain(unit, domain)
        if entry is None:
            raise NotFound
        keep_first_version(unit, DOMAIN, domain, _said(entry))
        keep_version(unit, DOMAIN, domain, None, actor)
        unit.session.delete(entry)
        record(unit, Action.LINK_DOMAIN_REMOVED, _log_id(domain), actor)


def reset_breaker(actor: Actor, trip_id: str, *, reason: str | None = None) -> BreakerTrip:
    """Let the person or agency go on; earlier changes no longer count. Idempotent.

    A person cannot reset their own trip, nor an agency's trip that their own changes led to. `reason` comes from the
    command line. Raises `NotFound`, `Conflict("approval_not_yours")`.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.MODERATION_WRITE, Target())
        trip = get_trip(trip_id)
        # A reset needs a second pair of eyes.
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


def _present_domain(
    unit: UnitOfWork, actor: Actor, domain: str, said: Mapping[str, str | None]
) -> tuple[LinkDomain, bool]:
    """The locked entry, and whether it was made just now. Between two looks another request may add or remove it."""
    is_new = False
    while (entry := _locked_domain(unit, domain)) is None:
        is_new = _is_added(unit, actor, domain, said)
    return entry, is_new


def _is_added(unit: UnitOfWork, actor: Actor, domain: str, said: Mapping[str, str | None]) -> bool:
    """Add the entry, unless another request is a moment faster; on PostgreSQL this waits for its end."""
    now = clock.now()
    who = {"changed_by_id": actor.id, "changed_by_label": actor.label}
    try:
        with unit.session.begin_nested():
            unit.session.execute(
                insert(LinkDomain).values(domain=domain, **said, **who, created_at=now, updated_at=now)
            )
    except IntegrityError as error:
        if violated_unique_constraint(error) is None:
            raise
        return False
    return True


def _said(entry: LinkDomain) -> dict[str, str | None]:
    return {"verdict": entry.verdict, "note": entry.note}


def _log_id(domain: str) -> str:
    """The domain as the log names it. The log's column is shorter than the longest domain, so only its end is kept."""
    return domain[-63:]
