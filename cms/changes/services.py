"""What an operator says about the clock."""

from __future__ import annotations

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.models import Change
from cms.changes.trust import accepting_clock
from cms.core.db import unit_of_work
from cms.core.permissions import Actor

# The log has one clock.
RESOURCE = "clock"


def accept_clock(actor: Actor) -> Change:
    """Write the line that makes this moment the newest known one, however far the clock is from what was known before.

    Only for the command line: whoever may start it could set the clock as well.
    """
    with accepting_clock(), unit_of_work() as unit:
        return record(unit, Action.CLOCK_ACCEPTED, RESOURCE, actor)
