"""Whether a kept answer still holds: by heads that this process remembers, else by one small read."""

from __future__ import annotations

from dataclasses import dataclass

from cms.changes.heads import Heads
from cms.changes.trust import believed
from cms.core import clock
from cms.serving.answers import Answer
from cms.serving.state import ServingState
from cms.serving.validity import ItemLive

Check = tuple[int, int, bool, Heads | None]
"""The present and the moment that counts (microseconds since 1970), whether the answer holds, and the heads if they were read for this
request alone.
"""


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """Checks the kept answers of a process."""

    state: ServingState

    def check(self, answer: Answer) -> Check:
        """Check one answer. Raises `DomainError` when the database does not answer."""
        heads = self.state.remembered.find()
        if heads is not None:
            present = clock.now_micros()
            now = believed(present, heads.seen_at)
            validity = answer.validity
            # What an item is cannot be remembered: any line may have changed it.
            if validity.holds(heads, now) or (validity.item is None and self._is_renewed(answer, heads, now, None)):
                return present, now, validity.opens(present), None
        return self._asked(answer)

    def _asked(self, answer: Answer) -> Check:
        present, now, heads, item_live = self.state.at_believed_moment(lambda moment: self._read(answer, moment))
        holds = self._is_renewed(answer, heads, now, item_live)
        return present, now, holds and answer.validity.opens(present), heads

    def _read(self, answer: Answer, now: int) -> tuple[Heads, ItemLive | None]:
        """The position of the log, and for a detail its live publication and when that ends; one statement."""
        state, item = self.state, answer.validity.item
        if item is None:
            heads, item_live = state.remembered.noted(lambda: (state.head.read(state.reader), None))
        else:
            heads, item_live = state.remembered.noted(lambda: state.publications.heads_and_live(*item, now))
        state.note_epoch(heads.epoch)
        return heads, item_live

    def _is_renewed(self, answer: Answer, heads: Heads, now: int, item_live: ItemLive | None) -> bool:
        """True when only others have moved what the answer depends on; the next check is quick again."""
        renewed = answer.validity.renewed(heads, now, item_live, self.state.positions)
        if renewed is None:
            return False
        answer.validity = renewed
        return True
