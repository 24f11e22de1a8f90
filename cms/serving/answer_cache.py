"""Answers kept in the memory of this process, the least recently used go first when their bytes exceed the budget."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from cms.serving.answers import Answer

# What a key costs beside its texts: a tuple, the entry of the table, and a string head for each part.
KEY_BYTES = 600
RequestKey = tuple[str, str, str, str, str]
"""Host, path, query string, Authorization and Origin of a request: all that an answer depends on but time and the log."""


def _bytes_of(text: str) -> int:
    """At most four bytes for each character, one where all are ASCII."""
    return len(text) if text.isascii() else 4 * len(text)


class AnswerCache:
    """Finds the answer to a request that was asked before. Whether it still holds is for the caller to check."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._answers: OrderedDict[RequestKey, tuple[Answer, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: RequestKey) -> Answer | None:
        """The answer kept for this request."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
            return found[0]

    def keep(self, key: RequestKey, answer: Answer) -> None:
        """Keep an answer; one that is larger than a tenth of the budget is not kept."""
        size = answer.size + KEY_BYTES + sum(map(_bytes_of, key))
        if size > self._budget // 10:
            return
        with self._lock:
            replaced = self._answers.pop(key, None)
            self._bytes += size - (replaced[1] if replaced else 0)
            self._answers[key] = (answer, size)
            while self._bytes > self._budget:
                _, (_, freed) = self._answers.popitem(last=False)
                self._bytes -= freed

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._answers.clear()
            self._bytes = 0
