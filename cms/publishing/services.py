"""The door through which schedules become due: it carries out what readers and the log see of them.

It knows nothing of the editors' items, which follow (`cms.editorial.schedules.followers`), so a read that finds something due can
have it carried out (`cms.serving.late_schedules`), and so can the worker.
"""

from __future__ import annotations

from collections.abc import Iterable

from cms.core.db import unit_of_work
from cms.publishing.schedules import carry_out_schedule, hold_schedules


def carry_out_schedules(item_ids: Iterable[str]) -> None:
    """Carry out the due schedules of these items; what somebody else holds or has carried out is left alone."""
    with unit_of_work() as unit:
        for item_id in hold_schedules(unit, item_ids, skip_held=True):
            carry_out_schedule(unit, item_id)
