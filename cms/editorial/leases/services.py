"""Edit leases show who is writing, so that two colleagues do not start at the same time. Only `If-Match` blocks a write.

One row per item, valid for seven minutes from its last renewal, so a closed browser leaves nothing to clean up. Taking and
renewing are not recorded in the log, since they change nothing that anyone reads; taking over is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Conflict
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation, authorize_operation, check_state
from cms.editorial.items.queries import get_item
from cms.editorial.leases.models import EditLease
from cms.editorial.leases.presenter import render_lease
from cms.editorial.leases.queries import find_lease

LEASE = timedelta(minutes=7)


def take_lease(content_type: ContentType, actor: Actor, item_id: str, *, take_over: bool = False) -> EditLease:
    """Take or renew the lease of an item that the actor may edit now.

    Raises `Conflict("lease_held")`, which says who and until when, while another person has it, unless `take_over`.
    """
    with unit_of_work() as unit:
        item = get_item(content_type, item_id, actor, lock=True)
        city_channel = runtime().settings.city_channel
        authorize_operation(actor, Operation.EDIT, item, city_channel)
        check_state(actor, Operation.EDIT, item, city_channel)
        lease = find_lease(item.id)
        if lease is not None and lease.holder_id != actor.id:
            if not take_over:
                raise _held_by(lease)
            # The only lease event in the log, because a colleague loses something.
            Edit(unit, actor, item).record("lease_taken_over")
            lease = None
        return _written(unit, item, actor, since=lease.since if lease else clock.now())


def release_lease(content_type: ContentType, actor: Actor, item_id: str) -> None:
    """Give up the actor's lease; does nothing without one. Raises `Conflict("lease_held")`."""
    with unit_of_work() as unit:
        item = get_item(content_type, item_id, actor, lock=True)
        authorize_operation(actor, Operation.EDIT, item, runtime().settings.city_channel)
        lease = find_lease(item.id)
        if lease is None:
            return
        if lease.holder_id != actor.id:
            raise _held_by(lease)
        unit.session.delete(lease)


def _written(unit: UnitOfWork, item: Item, actor: Actor, since: datetime) -> EditLease:
    """Write the item's row, over a lease that ran out. The item is locked, so no one else writes the row now."""
    lease = unit.session.get(EditLease, item.id, populate_existing=True) or EditLease(item_id=item.id)
    lease.holder_id, lease.holder_label = str(actor.id), actor.label
    lease.since, lease.until = since, clock.now() + LEASE
    unit.add(lease)
    return lease


def _held_by(lease: EditLease) -> Conflict:
    shown = render_lease(lease)
    return Conflict("lease_held", holder=lease.holder_label, until=shown["until"], extra={"lease": shown})
