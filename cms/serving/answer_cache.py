"""Answers cached in the memory of this process; the least recently used are dropped when their bytes exceed the budget."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from cachetools import LRUCache

from cms.serving.answers import Answer

# The memory of a key besides its texts: a tuple, its entries in four tables, and a string header for each part.
KEY_BYTES = 900
USE_SECONDS: Final = 1.0
"""Among answers that were used within the same second, the order of their use is not known."""
RequestKey = tuple[str, str, str, str, str]
"""Host, path, query string, Authorization and Origin of a request: all that an answer depends on but time and the log."""


@dataclass(slots=True)
class _Kept:
    """An answer, the bytes that it takes together with its key, and when it was last counted as used (monotonic seconds)."""

    answer: Answer
    size: int
    used_at: float = 0.0


class _Answers(LRUCache[RequestKey, _Kept]):
    """The answers in the order of their use, and all of them by their key: a look-up there costs a fifth, and needs no lock."""

    def __init__(self, budget: int) -> None:
        super().__init__(budget, getsizeof=lambda kept: kept.size)
        self.by_key: dict[RequestKey, _Kept] = {}

    def __setitem__(self, key: RequestKey, kept: _Kept, *rest: Any) -> None:
        super().__setitem__(key, kept, *rest)
        self.by_key[key] = kept

    def __delitem__(self, key: RequestKey, *rest: Any) -> None:
        super().__delitem__(key, *rest)
        del self.by_key[key]

    def clear(self) -> None:
        super().clear()
        self.by_key.clear()


class AnswerCache:
    """Finds the answer to a repeated request. The caller checks whether it is still valid."""

    def __init__(self, budget: int) -> None:
        self._largest = budget // 10
        self._answers = _Answers(budget)
        self._lock = Lock()

    def find(self, key: RequestKey, moment: float) -> Answer | None:
        """The answer kept for this request. Its use at this moment (monotonic seconds) counts once a second."""
        kept = self._answers.by_key.get(key)
        if kept is None:
            return None
        if moment - kept.used_at >= USE_SECONDS:
            kept.used_at = moment
            with self._lock:
                self._answers.get(key)
        return kept.answer

    def keep(self, key: RequestKey, answer: Answer) -> None:
        """Keep an answer; one that is larger than a tenth of the budget is not kept."""
        text = "".join(key)
        # At most four bytes for each character, one where all are ASCII.
        size = answer.size + KEY_BYTES + (len(text) if text.isascii() else 4 * len(text))
        if size <= self._largest:
            with self._lock:
                self._answers[key] = _Kept(answer, size)

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._answers.clear()
