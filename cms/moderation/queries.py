"""Reading the link lists and breakers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import String, any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from cms.agencies.models import Agency
from cms.core.clock import now
from cms.core.db import UnitOfWork, session, table_of
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.moderation.models import BreakerTrip, LinkDomain, LinkVerdict

_domains = table_of(LinkDomain)
NEWEST_BLOCK = select(func.max(_domains.c.updated_at)).where(
    _domains.c.verdict == literal_column(f"'{LinkVerdict.BLOCKED}'")
)
"""When a domain was last blocked."""
# All domains are one parameter: a text with many domains meets no limit of the database and makes no long statement.
_entries = select(LinkDomain.domain, LinkDomain.verdict, LinkDomain.changed_by_id)
_IN_ARRAY = _entries.where(LinkDomain.domain == any_(bindparam("domains", type_=ARRAY(String))))
_named = func.json_each(bindparam("domains", type_=String)).table_valued("value")
_IN_JSON = _entries.where(LinkDomain.domain.in_(select(_named.c.value)))


def known_entries(domains: Collection[str]) -> Mapping[str, tuple[LinkVerdict, str | None]]:
    """The entries of these domains in the link lists, and who made them; domains without an entry are left out."""
    if not domains:
        return {}
    wanted = sorted(domains)
    if session.get_bind().dialect.name == "postgresql":
        rows = session.execute(_IN_ARRAY, {"domains": wanted})
    else:
        rows = session.execute(_IN_JSON, {"domains": orjson.dumps(wanted).decode()})
    return {domain: (LinkVerdict(verdict), person) for domain, verdict, person in rows}


@dataclass(slots=True)
class NewestBlock:
    """When a domain was last blocked, as a unit of work has found it."""

    is_known: bool = False
    at: datetime | None = None

    def note(self, at: datetime | None) -> None:
        """It was read."""
        self.is_known, self.at = True, at


def newest_block(unit: UnitOfWork) -> datetime | None:
    """When a domain was last blocked; None when none is. Read once in a unit of work, together with the breakers if they are asked."""
    found = unit.part(NewestBlock)
    if not found.is_known:
        found.note(unit.session.connection().scalar(NEWEST_BLOCK))
    return found.at


def agency_sites() -> Sequence[str]:
    """The addresses of the agencies' own websites."""
    return [site for site in session.scalars(select(Agency.site_url).where(Agency.site_url.is_not(None))) if site]


def find_link_domain(domain: str) -> LinkDomain | None:
    """The entry for exactly this domain."""
    return session.get(LinkDomain, domain)


def list_link_domains(*, verdict: str | None = None, after: str | None = None, limit: int) -> Sequence[LinkDomain]:
    """Entries of the link lists by domain; `after` is a domain."""
    statement = select(LinkDomain).order_by(LinkDomain.domain).limit(limit)
    if verdict is not None:
        statement = statement.where(LinkDomain.verdict == verdict)
    if after is not None:
        statement = statement.where(LinkDomain.domain > after)
    return session.scalars(statement).all()


def list_trips(*, is_open: bool | None = None, after: str | None = None, limit: int) -> Sequence[BreakerTrip]:
    """Trips of the breakers, the newest first; `after` is an id. `is_open`: those that are still in force."""
    statement = select(BreakerTrip).order_by(BreakerTrip.id.desc()).limit(limit)
    holds = BreakerTrip.reset_at.is_(None) & (BreakerTrip.until > now())
    if is_open is not None:
        statement = statement.where(holds if is_open else ~holds)
    if after is not None:
        statement = statement.where(BreakerTrip.id < after)
    return session.scalars(statement).all()


def get_trip(trip_id: str) -> BreakerTrip:
    """The trip with this id, locked until the end of the unit of work. Raises `NotFound`."""
    statement = select(BreakerTrip).where(BreakerTrip.id == trip_id).with_for_update()
    trip = session.scalar(statement.execution_options(populate_existing=True)) if is_id(trip_id) else None
    if trip is None:
        raise NotFound
    return trip
