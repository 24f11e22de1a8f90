"""The door through which plans become due: it carries out what readers and the log see of them.

It knows nothing of the editors' items, which follow (`cms.editorial.schedules.followers`), so a read that finds something due can
have it carried out (`cms.serving.due`), and so can the worker.
"""

from __future__ import annotations

from collections.abc import Iterable

from cms.core.db import unit_of_work
from cms.publishing.planning import carry_out_due, hold_plans


def carry_out_plans(item_ids: Iterable[str]) -> None:
    """Carry out the due plans of these items; what somebody else holds or has carried out is left alone."""
    with unit_of_work() as unit:
        for item_id in hold_plans(unit, item_ids, skip_held=True):
            carry_out_due(unit, item_id)
