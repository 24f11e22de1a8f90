"""Asking for the addresses of names, with a bound: nothing ends a question to a resolver that does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

MOST_LOOKUPS: Final = 16
"""Bound on simultaneous questions: a resolver that does not answer blocks no more threads than this."""
Resolve = Callable[[str, int], Sequence[str]]


class Lookups:
    """Questions to the system's resolver, each on a thread of its own. Whoever asks for a name that is being asked for gets that answer: a name
    whose servers do not answer takes one place, not all of them.
    """

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self._places = threading.BoundedSemaphore(MOST_LOOKUPS)
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[Sequence[str]]] = {}

    def addresses(self, host: str, port: int, left: Callable[[], float]) -> Sequence[str]:
        """The addresses of a name, none for one that is unknown; `left` gives the seconds that are left. Raises `TimeoutError`."""
        with self._lock:
            answer = self._asked.get((host, port))
        if answer is None:
            if not self._places.acquire(timeout=left()):
                raise TimeoutError
            answer = self._ask(host, port)
        return answer.result(left())

    def _ask(self, host: str, port: int) -> Future[Sequence[str]]:
        answer: Future[Sequence[str]] = Future()
        with self._lock:
            self._asked[host, port] = answer

        def look_up() -> None:
            try:
                found = self.resolve(host, port)
            except (OSError, UnicodeError):
                found = ()
            finally:
                with self._lock:
                    if self._asked.get((host, port)) is answer:
                        del self._asked[host, port]
                self._places.release()
            answer.set_result(found)

        threading.Thread(target=look_up, name="outbound-lookup", daemon=True).start()
        return answer
