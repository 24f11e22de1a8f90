"""The heads of the log as this process has read them a moment ago: enough to tell whether a kept answer still holds.

They are used for REMEMBERED_SECONDS, counted from before they were asked for, and only while no process of this node has marked a
commit (`cms.core.commit_marks`). So on one node whoever asks after a write was answered gets its result, and what another node has
written is seen REMEMBERED_SECONDS later at the latest. Nothing has to be delivered for that, so nothing can be lost. What is computed is
never computed from remembered heads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from cms.changes.heads import Heads
from cms.core import clock
from cms.core.commit_marks import REMEMBERED_SECONDS, CommitMarks

_REMEMBERED: Final = round(1e6 * REMEMBERED_SECONDS)
Item = TypeVar("Item")


@dataclass(slots=True)
class RememberedHeads:
    """Remembers the heads that were read last. One per process; safe to share between threads."""

    marks: CommitMarks
    _known: tuple[Heads, int, bytes] | None = None
    """The heads, the moment on the monotonic clock until which they count, and the mark that was there before they were read."""

    def find(self) -> Heads | None:
        """The heads, unless they are too old or somebody has written."""
        known = self._known
        if known is None or clock.spent() >= known[1] or self.marks.current() != known[2]:
            return None
        return known[0]

    def noted(self, read: Callable[[], tuple[Heads, Item]]) -> tuple[Heads, Item]:
        """What `read` finds: the heads and something read together with them."""
        mark, until = self.marks.settled(), clock.spent() + _REMEMBERED
        heads, item = read()
        self._known = (heads, until, mark) if mark else None
        return heads, item

    def forget(self) -> None:
        """Forget them."""
        self._known = None
