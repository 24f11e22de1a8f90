"""Reading leases."""

from __future__ import annotations

from sqlalchemy import select

from cms.core import clock
from cms.core.db import session
from cms.editorial.leases.models import EditLease


def find_lease(item_id: str) -> EditLease | None:
    """The lease in force."""
    return session.scalar(select(EditLease).where(EditLease.item_id == item_id, EditLease.until > clock.now()))
