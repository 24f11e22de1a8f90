"""Circuit breakers and the freeze, asked before anything becomes public or ceases to be (R-C8).

One small statement per publication. What stops people is a row in a table: it holds in every process at once, and delivery
goes on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Column, ScalarSelect, bindparam, column, func, literal_column, or_, select, table

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.models import Change
from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.db import UnitOfWork, table_of
from cms.core.errors import Conflict
from cms.core.ids import new_id
from cms.core.logging import get_logger
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.guard.models import WHOLE_CITY, BreakerKind, BreakerTrip, PublishingFreeze

log = get_logger(__name__)
HOUR: Final = timedelta(hours=1)
LINES_PER_PUBLICATION: Final = 10
"""So many lines of the log are looked at for each publication that is allowed."""
COUNTED: Final = frozenset(
    action.value
    for action in Action
    if action.value.rpartition(".")[2] in {"published", "unpublished", "scheduled", "reposted"}
)

_changes, _trips, _freezes = table_of(Change), table_of(BreakerTrip), table_of(PublishingFreeze)
# The read model lies above this feature; nothing but the number of its live rows is asked.
_publications = table("publications", column("agency"), column("superseded_sequence"))


def _published(name: str, subject: Column[Any]) -> ScalarSelect[int]:
    """Counts the publications among the newest lines of a person or an agency: a bounded walk along one index.

    What came in as no request (the demonstration city, the worker) and what a reset forgave does not count.
    """
    newest = (
        select(_changes.c.action, _changes.c.recorded_at, _changes.c.request_id)
        .where(subject == bindparam(name))
        .order_by(_changes.c.sequence.desc())
        .limit(bindparam(f"{name}_lines"))
        .subquery()
    )
    forgiven = select(func.max(_trips.c.reset_at)).where(_trips.c.subject == bindparam(name)).scalar_subquery()
    counted = (
        # As SQL, not as values: a list of values would be written out again at each execution.
        newest.c.action.in_([literal_column(f"'{action}'") for action in sorted(COUNTED)]),
        newest.c.recorded_at > bindparam(f"{name}_since"),
        newest.c.request_id.is_not(None),
        or_(forgiven.is_(None), newest.c.recorded_at > forgiven),
    )
    return select(func.count()).select_from(newest).where(*counted).scalar_subquery()


_FROZEN = (
    select(func.max(_freezes.c.scope))
    .where(or_(_freezes.c.scope == bindparam("agency"), _freezes.c.scope == bindparam("city")))
    .scalar_subquery()
)
_PAUSED = (
    select(func.max(_trips.c.id))
    .where(
        or_(_trips.c.subject == bindparam("person"), _trips.c.subject == bindparam("agency")),
        _trips.c.until > bindparam("now"),
        _trips.c.reset_at.is_(None),
    )
    .scalar_subquery()
)
_IN_AGENCY = _published("agency", _changes.c.agency)
_LOOK = select(
    _FROZEN.label("frozen"),
    _PAUSED.label("paused"),
    _published("person", _changes.c.actor_id).label("by_person"),
    _IN_AGENCY.label("in_agency"),
)
_LIVE = (
    select(func.count())
    .select_from(_publications)
    .where(_publications.c.agency == bindparam("agency"), _publications.c.superseded_sequence.is_(None))
)


def mark_release(unit: UnitOfWork) -> None:
    """Say that this unit of work publishes a release: it counts, but is not cut off in the middle."""
    unit.state["is_release"] = True


def mark_rollback(unit: UnitOfWork) -> None:
    """Say that this unit of work undoes what somebody did: neither freezes nor breakers stand in its way."""
    unit.state["is_rollback"] = True


def check_publishing(unit: UnitOfWork, actor: Actor, agency: str) -> None:
    """Raise `Conflict` when this actor must not publish, unpublish or schedule in this agency now.

    `publishing_frozen` and `publishing_paused`. Call it once for every change that readers will see, before it is recorded.
    The change that reaches the limit is the last: it goes through and trips the breaker. Several changes in one transaction
    count together and cannot pass the limit, except in a release (`mark_release`), which people planned and checked as a whole.
    """
    if unit.state.get("is_rollback"):
        return
    known: dict[str, tuple[int, int]] = unit.state.setdefault("breaker", {})
    if agency not in known:
        known[agency] = _look(unit, actor, agency)
    by_person, in_agency = known[agency]
    _count(unit, actor, agency, by_person, in_agency)


def check_freeze(unit: UnitOfWork, agency: str) -> None:
    """Raise `Conflict("publishing_frozen")` when a freeze holds for this agency; counts nothing."""
    frozen = unit.session.scalar(select(_FROZEN), {"agency": agency, "city": WHOLE_CITY})
    if frozen is not None:
        _refuse_frozen(unit, frozen)


def _look(unit: UnitOfWork, actor: Actor, agency: str) -> tuple[int, int]:
    """How much the actor and the agency have published lately. Raises when they are stopped."""
    now, settings = clock.now(), runtime().settings
    least = settings.breaker_agency_least if settings.breaker_agency_percent else 0
    asked = {
        "city": WHOLE_CITY,
        "now": now,
        "person": actor.id,
        "person_since": now - timedelta(minutes=settings.breaker_minutes),
        "person_lines": settings.breaker_person * LINES_PER_PUBLICATION,
        "agency": agency,
        "agency_since": now - HOUR,
        "agency_lines": least * LINES_PER_PUBLICATION,
    }
    found = unit.session.connection().execute(_LOOK, asked).one()
    if found.frozen is not None:
        _refuse_frozen(unit, found.frozen)
    if found.paused is not None:
        _refuse_paused(unit.session.get_one(BreakerTrip, found.paused))
    return found.by_person, found.in_agency


def _refuse_frozen(unit: UnitOfWork, scope: str) -> None:
    freeze = unit.session.get_one(PublishingFreeze, scope)
    shown = "the whole city" if scope == WHOLE_CITY else scope
    raise Conflict("publishing_frozen", scope=shown, reason=freeze.reason)


def _refuse_paused(trip: BreakerTrip) -> None:
    raise Conflict("publishing_paused", subject=trip.label, until=rfc3339(trip.until))


def _count(unit: UnitOfWork, actor: Actor, agency: str, by_person: int, in_agency: int) -> None:
    """Trip the breaker whose limit this change reaches; refuse what one transaction adds beyond it."""
    settings = runtime().settings
    pending = [line for line in unit.state.get("changes", ()) if line.action in COUNTED and line.request_id]
    if settings.breaker_person and actor.id:
        count = by_person + sum(line.actor_id == actor.id for line in pending) + 1
        _reach(unit, actor, BreakerKind.PERSON, actor.id, actor.label, count, settings.breaker_person)
    here = sum(line.agency == agency for line in pending) + 1
    if settings.breaker_agency_percent and in_agency + here >= settings.breaker_agency_least:
        limit = max(settings.breaker_agency_least, _live(unit, agency) * settings.breaker_agency_percent // 100)
        _reach(unit, actor, BreakerKind.AGENCY, agency, agency, _in_agency(unit, agency, limit) + here, limit)


def _in_agency(unit: UnitOfWork, agency: str, limit: int) -> int:
    """Publications of the agency within the hour, walking as far back as this limit needs."""
    asked = {"agency": agency, "agency_since": clock.now() - HOUR, "agency_lines": limit * LINES_PER_PUBLICATION}
    return unit.session.connection().scalar(select(_IN_AGENCY), asked) or 0


def _reach(unit: UnitOfWork, actor: Actor, kind: BreakerKind, subject: str, label: str, count: int, limit: int) -> None:
    if count < limit:
        return
    tripped: set[str] = unit.state.setdefault("tripped", set())
    if subject not in tripped:
        tripped.add(subject)
        _trip(unit, actor, kind, subject, label, count)
    elif not unit.state.get("is_release"):
        until = clock.now() + timedelta(minutes=runtime().settings.breaker_pause_minutes)
        raise Conflict("publishing_paused", subject=label, until=rfc3339(until))


def _trip(unit: UnitOfWork, actor: Actor, kind: BreakerKind, subject: str, label: str, count: int) -> None:
    now = clock.now()
    until = now + timedelta(minutes=runtime().settings.breaker_pause_minutes)
    trip = BreakerTrip(
        id=new_id(), kind=kind.value, subject=subject, label=label, published=count, tripped_at=now, until=until
    )
    unit.add(trip)
    record(unit, Action.BREAKER_TRIPPED, trip.id, actor, agency=subject if kind is BreakerKind.AGENCY else None)
    unit.after_commit(lambda: log.warning("breaker_tripped", kind=kind.value, subject=subject, published=count))


def _live(unit: UnitOfWork, agency: str) -> int:
    """How many items of the agency readers have; asked only when an agency publishes much."""
    return unit.session.connection().scalar(_LIVE, {"agency": agency}) or 0
