"""Work on the things of a queue: what fails is put aside, the rest is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from cms.core.dead_letters.failures import is_outage
from cms.core.dead_letters.queries import due_again
from cms.core.dead_letters.services import set_aside, take_back


@contextmanager
def putting_aside(queue: str, key: str) -> Iterator[None]:
    """Around the work on one thing: what it raises puts the thing aside; when it succeeds it is in the queue again.

    To be used outside of a unit of work. Raises what concerns more than this thing (`is_outage`).
    """
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise
        set_aside(queue, key, error)
    else:
        take_back(queue, key)


def all_or_each(queue: str, keys: Sequence[str], work: Callable[[Iterable[str]], object]) -> None:
    """Do them together; when that fails each alone, so that only what fails alone is put aside. `work` opens its own unit."""
    tried_again = set(keys).intersection(due_again(queue))
    try:
        work(keys)
    except Exception as error:
        if is_outage(error):
            raise
        for key in keys:
            with putting_aside(queue, key):
                work([key])
    else:
        for key in tried_again:
            take_back(queue, key)
