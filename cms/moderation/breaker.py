"""Circuit breakers and the freeze, checked before anything is published or taken back (R-C8).

A check costs one small statement per change. Freezes and trips are rows in a table, so they hold in every process at once;
delivery goes on. A user who publishes unusually often is paused. The pause does not stop taking something back, because a
mistake must not stay public; that has a limit of its own, because emptying a site is an attack too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from cms.changes.actions import Action
from cms.changes.log import Lines, record, take_turn
from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.db import UnitOfWork
from cms.core.errors import Conflict, Forbidden
from cms.core.ids import new_id
from cms.core.logging import current_request_id
from cms.core.permissions import Actor
from cms.core.raw_columns import moment_value
from cms.core.runtime import runtime
from cms.moderation.alarms import raise_alarm
from cms.moderation.counting import (
    HOUR,
    Counted,
    count_in_agency,
    count_live,
    find_freeze,
    look_before_publishing,
    look_before_taking_back,
    publishers_in,
)
from cms.moderation.models import WHOLE_CITY, BreakerKind, BreakerTrip, PublishingFreeze
from cms.moderation.queries import NewestBlock


@dataclass(slots=True)
class Seen:
    """What one unit of work has found and added: earlier counts by agency, and its own changes."""

    before: dict[str, tuple[int, int]] = field(default_factory=dict)
    taken_back: int | None = None
    published: int = 0
    in_agencies: dict[str, int] = field(default_factory=dict)
    tripped: set[str] = field(default_factory=set)
    is_approved_release: bool = False
    is_release: bool = False
    is_rollback: bool = False
    freezes: dict[str, tuple[Actor, int]] = field(default_factory=dict)
    """For each agency: the actor, and the last line of the log at which its freezes were checked."""


def mark_release(unit: UnitOfWork) -> None:
    """Mark this unit of work as publishing a release: it counts, but is not cut off in the middle."""
    unit.part(Seen).is_release = True


def mark_rollback(unit: UnitOfWork) -> None:
    """Mark this unit of work as a rollback: neither freezes nor breakers stop it, and it counts towards no limit."""
    unit.part(Seen).is_rollback = True


def check_publishing(unit: UnitOfWork, actor: Actor, agency: str, *, is_approved: bool = False) -> Counted | None:
    """Return what this publication counts as, for its line of the log.

    Raises `Conflict` (`publishing_frozen`, `publishing_paused`) when the actor must not publish here now. Call it once for
    each thing that becomes public, before it is recorded: publishing, scheduling, reposting, redirecting readers.

    The change that reaches the limit is the last: it goes through and trips the breaker. Several changes in one transaction
    count together and cannot pass the limit, except in a release (`mark_release`), which people prepared and checked as a
    whole. `is_approved`: a second person approved this item of a release; all such items count once for the person
    (`count_release`) and once in each agency.
    """
    seen = unit.part(Seen)
    if seen.is_rollback:
        return None
    if agency not in seen.before:
        # Once per agency: a release of hundreds of items must not ask again for each.
        found = look_before_publishing(unit, actor, agency)
        _look_again_later(unit, actor, agency, found.position)
        _refuse(unit, found.frozen, found.paused)
        seen.before[agency] = found.by_person, found.in_agency
        unit.part(NewestBlock).note(found.newest_block and moment_value(found.newest_block))
    if current_request_id() is None:
        # The demonstration city and the worker: no user made this change, so it counts for no one.
        return None
    if is_approved and seen.is_release:
        # A second person has checked it, so a large release must not trip the person's breaker item by item.
        return _count_approved(unit, seen, actor, agency)
    _count_for_person(unit, seen, actor, agency)
    _count_for_agency(unit, seen, actor, agency)
    return Counted.PUBLISHING


def count_release(unit: UnitOfWork, actor: Actor) -> Counted | None:
    """Return what the line of a release counts as: one publication, if any of its items were counted as approved."""
    seen = unit.part(Seen)
    if not seen.is_approved_release:
        return None
    _count_for_person(unit, seen, actor, next(iter(seen.before)))
    return Counted.PUBLISHING


def check_taking_back(unit: UnitOfWork, actor: Actor, agency: str) -> Counted | None:
    """Return what taking something back counts as: endings as `gone` or `withdrawn`, and the end of a repost.

    Raises `Conflict`: `publishing_frozen`, or `second_person_needed` beyond the limit. A breaker that publishing has tripped
    does not stop it.
    """
    seen = unit.part(Seen)
    if seen.is_rollback:
        return None
    if seen.taken_back is None:
        found = look_before_taking_back(unit, actor, agency)
        _look_again_later(unit, actor, agency, found.position)
        _refuse(unit, found.frozen, found.paused)
        seen.taken_back = found.by_person
    else:
        # The counts stay those of the first call, but this may be another agency with its own freeze.
        check_freeze(unit, actor, agency)
    if current_request_id() is None:
        return None
    seen.taken_back += 1
    limit = runtime().settings.breaker_taking_back
    if limit and actor.id:
        _reach(unit, actor, BreakerKind.REMOVAL, actor.id, actor.label, seen.taken_back, limit)
    return Counted.TAKING_BACK


def check_freeze(unit: UnitOfWork, actor: Actor, agency: str) -> None:
    """Raise when a freeze holds for this agency (`Conflict`, `publishing_frozen`) or this actor (`Forbidden`, `person_frozen`)."""
    found = find_freeze(unit, actor, agency)
    _look_again_later(unit, actor, agency, found.position)
    _refuse(unit, found.frozen, None)


def _look_again_later(unit: UnitOfWork, actor: Actor, agency: str, position: int) -> None:
    """Check the freezes once more when this unit has its turn in the log: another unit may commit one until then.

    PostgreSQL lets others commit while this unit works. A freeze whose line is before this unit's lines holds for it, a later
    one does not.
    """
    watched = unit.part(Seen).freezes
    if not watched:
        # A step added by a step runs after the one that numbers the lines, whichever was added first.
        unit.before_commit(lambda: unit.before_commit(lambda: _look_again(unit)))
    watched.setdefault(agency, (actor, position))


def _look_again(unit: UnitOfWork) -> None:
    take_turn(unit)
    changes = unit.part(Lines).changes
    newest_of_others = changes[0].sequence - 1 if changes else None
    for agency, (actor, position) in unit.part(Seen).freezes.items():
        if position != newest_of_others:
            _refuse(unit, find_freeze(unit, actor, agency).frozen, None)


def _refuse(unit: UnitOfWork, frozen: str | None, paused: str | None) -> None:
    if frozen is not None:
        freeze = unit.session.get_one(PublishingFreeze, frozen)
        if freeze.person_label is not None:
            raise Forbidden("person_frozen", reason=freeze.reason)
        shown = "the whole city" if frozen == WHOLE_CITY else frozen
        raise Conflict("publishing_frozen", scope=shown, reason=freeze.reason)
    if paused is not None:
        trip = unit.session.get_one(BreakerTrip, paused)
        _pause(trip.kind, trip.label, trip.published, rfc3339(trip.until))


def _pause(kind: str, label: str, count: int, until: str) -> None:
    if kind == BreakerKind.REMOVAL:
        raise Conflict("second_person_needed", count=count, until=until)
    raise Conflict("publishing_paused", subject=label, until=until)


def _count_approved(unit: UnitOfWork, seen: Seen, actor: Actor, agency: str) -> Counted | None:
    seen.is_approved_release = True
    if agency in seen.in_agencies:
        return None
    _count_for_agency(unit, seen, actor, agency)
    return Counted.RELEASED


def _count_for_person(unit: UnitOfWork, seen: Seen, actor: Actor, agency: str) -> None:
    seen.published += 1
    limit = runtime().settings.breaker_person
    if limit and actor.id:
        count = seen.before[agency][0] + seen.published
        _reach(unit, actor, BreakerKind.PERSON, actor.id, actor.label, count, limit)


def _count_for_agency(unit: UnitOfWork, seen: Seen, actor: Actor, agency: str) -> None:
    settings = runtime().settings
    here = seen.in_agencies[agency] = seen.in_agencies.get(agency, 0) + 1
    if settings.breaker_agency_percent and seen.before[agency][1] + here >= settings.breaker_agency_least:
        share = count_live(unit, agency) * settings.breaker_agency_percent // 100
        limit = max(settings.breaker_agency_least, share)
        count = count_in_agency(unit, agency, limit) + here
        _reach(unit, actor, BreakerKind.AGENCY, agency, agency, count, limit)


def _reach(unit: UnitOfWork, actor: Actor, kind: BreakerKind, subject: str, label: str, count: int, limit: int) -> None:
    """Trip the breaker whose limit this change reaches; refuse further changes of the same transaction."""
    if count < limit:
        return
    seen = unit.part(Seen)
    key = f"{kind}:{subject}"
    if key not in seen.tripped:
        seen.tripped.add(key)
        _trip(unit, actor, kind, subject, label, count)
    elif not seen.is_release:
        _pause(kind, label, count, rfc3339(clock.now() + _span(kind)))


def _span(kind: BreakerKind) -> timedelta:
    return HOUR if kind is BreakerKind.REMOVAL else timedelta(minutes=runtime().settings.breaker_pause_minutes)


def _trip(unit: UnitOfWork, actor: Actor, kind: BreakerKind, subject: str, label: str, count: int) -> None:
    """Store the trip and the people whose changes led to it: none of them may reset it."""
    now = clock.now()
    people = {actor.id} | (publishers_in(unit, subject) if kind is BreakerKind.AGENCY else set())
    trip = BreakerTrip(
        id=new_id(), kind=kind.value, subject=subject, label=label, published=count, tripped_at=now,
        until=now + _span(kind), made_up_by=sorted(person for person in people if person),
    )  # fmt: skip
    unit.add(trip)
    record(unit, Action.BREAKER_TRIPPED, trip.id, actor, agency=subject if kind is BreakerKind.AGENCY else None)
    raise_alarm(unit, "breaker_tripped", kind=kind.value, subject=subject, label=label, counted=count)
