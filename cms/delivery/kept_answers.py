"""Answers kept in the memory of this process, the least recently used go first when their bytes exceed the budget."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from cms.delivery.answers import Answer

RequestKey = tuple[str, str, str, str, str]
"""Host, path, query string, Authorization and Origin of a request: all that an answer depends on but time and the log."""


class KeptAnswers:
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
        # Room for its compressed forms, which are made later.
        size = answer.size + len(answer.body or b"") // 2
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
