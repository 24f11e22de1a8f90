"""What a web process does once a minute, and at its end, with what it has counted about consumers."""

from __future__ import annotations

from cms.consumers.usage.copies import Copies
from cms.consumers.usage.services import write_copies, write_usage
from cms.core import clock
from cms.core.traffic import Traffic


def keep_usage(traffic: Traffic, copies: Copies) -> None:
    """Write what consumers have asked this process for, and how far their copies are. Raises `Unavailable`; then it is written later."""
    traffic.carry_on(clock.now_micros())
    write_usage(traffic)
    write_copies(copies)
