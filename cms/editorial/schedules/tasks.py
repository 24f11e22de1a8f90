"""Carrying out due schedules to the end: for readers, and for the items of the editors."""

from __future__ import annotations

from cms.changes.followers import follow_log
from cms.editorial.schedules.followers import LINES, NAME, follow_schedules
from cms.publishing.tasks import carry_out_due_schedules


def carry_out_and_follow() -> bool:
    """Carry out due schedules and let their items follow; True when more may wait. The worker does both, each as a task of its own."""
    has_more = carry_out_due_schedules()
    while follow_log(NAME, follow_schedules, LINES):
        pass
    return has_more
