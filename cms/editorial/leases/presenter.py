"""Leases as colleagues get them."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.editorial.items.queries import Lease
from cms.editorial.leases.models import EditLease


def render_lease(lease: EditLease | Lease) -> dict[str, Any]:
    """A lease as colleagues get it."""
    holder = person_reference(lease.holder_id, lease.holder_label)
    return {"holder": holder, "since": rfc3339(lease.since), "until": rfc3339(lease.until)}
