"""Answers cached in the memory of this process; the least recently used are dropped when their bytes exceed the budget."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from cms.serving.answers import Answer

# The memory of a key besides its texts: a tuple, its entries in three tables, and a string header for each part.
KEY_BYTES = 800
RequestKey = tuple[str, str, str, str, str]
"""Host, path, query string, Authorization and Origin of a request: all that an answer depends on but time and the log."""


class _Kept(NamedTuple):
    """An answer and the bytes that it takes together with its key."""

    answer: Answer
    size: int


class AnswerCache:
    """Finds the answer to a repeated request. The caller checks whether it is still valid."""

    def __init__(self, budget: int) -> None:
        self._largest = budget // 10
        self._answers: LRUCache[RequestKey, _Kept] = LRUCache(budget, getsizeof=lambda kept: kept.size)
        self._lock = Lock()

    def find(self, key: RequestKey) -> Answer | None:
        """The answer kept for this request."""
        with self._lock:
            kept = self._answers.get(key)
        return None if kept is None else kept.answer

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
