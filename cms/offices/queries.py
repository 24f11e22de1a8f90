"""Finding offices."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from cms.core.db import session
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.offices.models import Office


def find_office(office_id: str) -> Office | None:
    """The office with this id, closed or not."""
    return session.get(Office, office_id) if is_id(office_id) else None


def get_office(office_id: str, *, lock: bool = False) -> Office:
    """The office with this id; `lock` holds it until the end of the unit of work. Raises `NotFound`."""
    if not lock or not is_id(office_id):
        office = find_office(office_id)
    else:
        statement = select(Office).where(Office.id == office_id).with_for_update(key_share=True)
        office = session.scalar(statement.execution_options(populate_existing=True))
    if office is None:
        raise NotFound
    return office


def list_offices(
    *,
    agencies: Collection[str] = (),
    areas: Collection[str] = (),
    closed: bool | None = None,
    after: str | None = None,
    limit: int,
) -> Sequence[Office]:
    """Offices by id, which is the order in which they were made; `areas` include what lies below them, `after` is an id."""
    statement = select(Office).order_by(Office.id).limit(limit)
    if agencies:
        statement = statement.where(Office.agency.in_(agencies))
    if areas:
        within = (or_(Office.area == code, Office.area.startswith(f"{code}.", autoescape=True)) for code in areas)
        statement = statement.where(or_(*within))
    if closed is not None:
        statement = statement.where(Office.is_closed.is_(closed))
    if after is not None:
        statement = statement.where(Office.id > after)
    return session.scalars(statement).all()
