"""Processes the entries of a queue: those that fail are put aside, the others are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from cms.core.dead_letters.failures import is_outage
from cms.core.dead_letters.queries import due_again
from cms.core.dead_letters.services import set_aside, take_back


@contextmanager
def putting_aside(queue: str, key: str) -> Iterator[None]:
    """Wrap the work on one entry: an error puts it aside, success puts it back into the queue. Use it outside of a unit of work.
    Raises errors that concern more than this entry (`is_outage`).
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
    """Process all together; when that fails, each alone, so that only entries that fail alone are put aside.

    `work` opens its own unit.
    """
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
