"""The one thing of the database that a page here shows: the name of the city."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cms.agencies.models import Agency
from cms.core.db import rolled_back, session
from cms.core.errors import Unavailable


def find_city_name(channel: str) -> str | None:
    """The name of the city, which is that of its channel. None while there is none, and while the database cannot tell: the page helps
    people then, too.
    """
    try:
        with rolled_back():
            return session.scalar(select(Agency.name).where(Agency.slug == channel))
    except (SQLAlchemyError, Unavailable):
        return None
