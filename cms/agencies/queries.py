"""Finding agencies and areas."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import and_, not_, or_, select

from cms.agencies.models import Agency, Area
from cms.agencies.policies import has_ended
from cms.core import clock
from cms.core.db import session
from cms.core.errors import InputError, Invalid, NotFound
from cms.core.ids import is_slug
from cms.core.runtime import runtime


def city_today() -> date:
    """The present day in the city: an agency begins and ends at the city's midnight."""
    return clock.now().astimezone(ZoneInfo(runtime().settings.city_timezone)).date()


def find_agency(slug: str) -> Agency | None:
    """The agency with this slug, whether in office or not."""
    return session.get(Agency, slug) if is_slug(slug) else None


def get_agency(slug: str) -> Agency:
    """The agency with this slug. Raises `NotFound`."""
    agency = find_agency(slug)
    if agency is None:
        raise NotFound
    return agency


def agency_fault(slug: str) -> InputError | None:
    """Why this agency cannot own anything new (an error about `/agency`): it does not exist or has ended. None when it can."""
    agency = find_agency(slug)
    if agency is None:
        return InputError("pointer", "/agency", "not_found", {"what": "agency"})
    if has_ended(agency, city_today()):
        return InputError("pointer", "/agency", "not_valid_any_more", {"what": "agency"})
    return None


def check_agency(slug: str) -> None:
    """Raise `Invalid` unless this agency can own something new."""
    if fault := agency_fault(slug):
        raise Invalid(errors=[fault])


def find_agencies(slugs: Collection[str]) -> dict[str, Agency]:
    """Those of the agencies that exist, by slug, in one statement."""
    rows = session.scalars(select(Agency).where(Agency.slug.in_(slugs))) if slugs else ()
    return {agency.slug: agency for agency in rows}


def with_predecessors(slug: str) -> set[str]:
    """The agency and all that name it as their successor, directly or through others, whether their last day has come or not."""
    rows = session.execute(select(Agency.slug, Agency.successor).where(Agency.successor.is_not(None))).all()
    found, pending = {slug}, [slug]
    while pending:
        into = pending.pop()
        merged = {row.slug for row in rows if row.successor == into} - found
        found |= merged
        pending += merged
    return found


def lock_agencies() -> dict[str, Agency]:
    """All agencies by slug, held until the end of the unit of work.

    All of them and always in the same order: a chain of parents or successors is only known to have no loop while no
    other link changes. Rows of content may still refer to them meanwhile.
    """
    statement = select(Agency).order_by(Agency.slug).with_for_update(key_share=True)
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return {agency.slug: agency for agency in rows}


def list_agencies(
    *,
    kinds: Collection[str] = (),
    parent: str | None = None,
    active: bool | None = None,
    after: str | None = None,
    limit: int,
) -> Sequence[Agency]:
    """Agencies by slug. `active` asks for those that are in office today, or for the others; `after` is a slug."""
    statement = select(Agency).order_by(Agency.slug).limit(limit)
    if kinds:
        statement = statement.where(Agency.kind.in_(kinds))
    if parent is not None:
        statement = statement.where(Agency.parent == parent)
    if active is not None:
        day = city_today()
        in_office = and_(
            or_(Agency.valid_from.is_(None), Agency.valid_from <= day),
            or_(Agency.valid_to.is_(None), Agency.valid_to >= day),
        )
        statement = statement.where(in_office if active else not_(in_office))
    if after is not None:
        statement = statement.where(Agency.slug > after)
    return session.scalars(statement).all()


def find_areas(codes: Collection[str]) -> dict[str, Area]:
    """Those of the areas that exist, by code, in one statement."""
    rows = session.scalars(select(Area).where(Area.code.in_(codes))) if codes else ()
    return {area.code: area for area in rows}


def list_areas(
    *, levels: Collection[str] = (), parent: str | None = None, after: str | None = None, limit: int
) -> Sequence[Area]:
    """Areas by code; `parent` asks for what lies directly below that code, `after` is a code."""
    statement = select(Area).order_by(Area.code).limit(limit)
    if levels:
        statement = statement.where(Area.level.in_(levels))
    if parent is not None:
        statement = statement.where(Area.parent_code == parent)
    if after is not None:
        statement = statement.where(Area.code > after)
    return session.scalars(statement).all()
