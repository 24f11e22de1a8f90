"""What the circuit breakers count: lines of the log. Each line stores what it counts as; an index holds only those that count.

Other writes, however many, do not slow a count down: the index leaves them out, and a count stops at the limit.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column, Integer, ScalarSelect, Select, bindparam, func, literal_column, or_, select

from cms.changes.models import Change, ChangeHead
from cms.core import clock
from cms.core.compiled import CompiledStatement
from cms.core.db import UnitOfWork, table_of
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.moderation.models import WHOLE_CITY, BreakerKind, BreakerTrip, PublishingFreeze, person_scope
from cms.moderation.queries import NEWEST_BLOCK
from cms.publishing.models import Publication
from cms.publishing.visibility import live


class Counted(StrEnum):
    """What a line of the log counts as (`Change.counts_as`).

    A release that a second person approved is one `PUBLISHING` of the person who publishes it and one `RELEASED` in each agency.
    """

    PUBLISHING = "publishing"
    RELEASED = "released"
    TAKING_BACK = "taking_back"


HOUR: Final = timedelta(hours=1)
COUNTED_BY: Final = {
    BreakerKind.PERSON: (Counted.PUBLISHING,),
    BreakerKind.AGENCY: (Counted.PUBLISHING, Counted.RELEASED),
    BreakerKind.REMOVAL: (Counted.TAKING_BACK,),
}

_changes, _trips, _freezes = table_of(Change), table_of(BreakerTrip), table_of(PublishingFreeze)
_head = table_of(ChangeHead)


def _lines(name: str, subject: Column[Any], kind: BreakerKind) -> tuple[Any, ...]:
    """Conditions for the lines that this kind of breaker counts, of a person or an agency, since a moment and since the last reset."""
    trips = _trips.c.subject == bindparam(name), _trips.c.kind == literal_column(f"'{kind}'")
    forgiven = select(func.max(_trips.c.reset_at)).where(*trips).scalar_subquery()
    return (
        subject == bindparam(name),
        # As SQL, not as values: a list of values would be written out again at each execution.
        _changes.c.counts_as.in_([literal_column(f"'{each}'") for each in COUNTED_BY[kind]]),
        _changes.c.recorded_at > bindparam(f"{name}_since"),
        or_(forgiven.is_(None), _changes.c.recorded_at > forgiven),
    )


def _count(name: str, subject: Column[Any], kind: BreakerKind) -> ScalarSelect[int]:
    """The number of lines, counted no further than the limit."""
    # The plan of a bare `LIMIT ?` depends on the value: SQLite would prepare the whole statement again at each execution.
    most = bindparam(f"{name}_most", type_=Integer) + literal_column("0", Integer)
    found: Select[Any] = select(literal_column("1")).where(*_lines(name, subject, kind)).limit(most)
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


_FROZEN = (
    select(func.max(_freezes.c.scope))
    .where(_freezes.c.scope.in_([bindparam("frozen_agency"), bindparam("city"), bindparam("frozen_person")]))
    .scalar_subquery()
)

# If the log is still at this position later, no freeze was set or lifted in between.
_POSITION = select(_head.c.sequence).where(_head.c.id == 1).scalar_subquery()


def _open_trip(*about: Any) -> ScalarSelect[str]:
    is_open = _trips.c.until > bindparam("now"), _trips.c.reset_at.is_(None)
    return select(func.max(_trips.c.id)).where(*about, *is_open).scalar_subquery()


_TAKING_BACK = _trips.c.kind == literal_column(f"'{BreakerKind.REMOVAL}'")
_OF_SUBJECT = or_(_trips.c.subject == bindparam("person"), _trips.c.subject == bindparam("agency"))
_IN_AGENCY = _count("agency", _changes.c.agency, BreakerKind.AGENCY)
_PUBLISHING = select(
    _FROZEN.label("frozen"),
    _POSITION.label("position"),
    _open_trip(_OF_SUBJECT, ~_TAKING_BACK).label("paused"),
    _count("person", _changes.c.actor_id, BreakerKind.PERSON).label("by_person"),
    _IN_AGENCY.label("in_agency"),
    NEWEST_BLOCK.scalar_subquery().label("newest_block"),
)
_LOOK_BEFORE_PUBLISHING = CompiledStatement(_PUBLISHING)
_TAKING = select(
    _FROZEN.label("frozen"),
    _POSITION.label("position"),
    _open_trip(_trips.c.subject == bindparam("person"), _TAKING_BACK).label("paused"),
    _count("person", _changes.c.actor_id, BreakerKind.REMOVAL).label("by_person"),
)
_WHO = select(_changes.c.actor_id).where(*_lines("agency", _changes.c.agency, BreakerKind.AGENCY)).distinct()


def look_before_publishing(unit: UnitOfWork, actor: Actor, agency: str) -> Any:
    """The freeze, the open trip and the counts that concern this actor in this agency.

    `frozen`, `position` (the number of the newest line), `paused`, `by_person`, `in_agency`, `newest_block` (the driver's value).
    """
    settings = runtime().settings
    least = settings.breaker_agency_least if settings.breaker_agency_percent else 0
    asked = {
        **_of_person(actor, agency, timedelta(minutes=settings.breaker_minutes), settings.breaker_person),
        **_of_agency(agency, least),
    }
    return _LOOK_BEFORE_PUBLISHING.run(unit.session.connection(), asked).one()


def look_before_taking_back(unit: UnitOfWork, actor: Actor, agency: str) -> Any:
    """The same reads before something is taken back: `frozen`, `position`, `paused`, `by_person`."""
    asked = _of_person(actor, agency, HOUR, runtime().settings.breaker_taking_back)
    return unit.session.connection().execute(_TAKING, asked).one()


def find_freeze(unit: UnitOfWork, actor: Actor, agency: str) -> Any:
    """The scope of a freeze that holds for this actor in this agency (`frozen`), and the number of the newest line (`position`)."""
    asked = select(_FROZEN.label("frozen"), _POSITION.label("position"))
    return unit.session.connection().execute(asked, _scopes(actor, agency)).one()


def count_in_agency(unit: UnitOfWork, agency: str, limit: int) -> int:
    """What the agency published within the hour, counted as far as this limit."""
    return unit.session.connection().scalar(select(_IN_AGENCY), _of_agency(agency, limit)) or 0


def count_live(unit: UnitOfWork, agency: str) -> int:
    """The number of live items of the agency; asked only when an agency publishes much."""
    found = select(func.count()).select_from(Publication).where(Publication.agency == agency, live())
    return unit.session.scalar(found) or 0


def publishers_in(unit: UnitOfWork, agency: str) -> set[str]:
    """The people whose publications within the hour count for the agency."""
    rows = unit.session.connection().execute(_WHO, {"agency": agency, "agency_since": clock.now() - HOUR})
    return {row.actor_id for row in rows if row.actor_id is not None}


def _scopes(actor: Actor, agency: str) -> dict[str, Any]:
    return {"frozen_agency": agency, "city": WHOLE_CITY, "frozen_person": person_scope(actor.id or "")}


def _of_person(actor: Actor, agency: str, span: timedelta, most: int) -> dict[str, Any]:
    now = clock.now()
    person = {"person": actor.id, "person_since": now - span, "person_most": most}
    return {**_scopes(actor, agency), "now": now, **person}


def _of_agency(agency: str, most: int) -> dict[str, Any]:
    return {"agency": agency, "agency_since": clock.now() - HOUR, "agency_most": most}
