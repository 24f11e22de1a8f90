"""Results that are computed before a transaction begins and used inside it.

On SQLite one transaction writes at a time: what is computed while it is open, everybody waits for. So whoever writes calls the
functions that take long once before, for the texts that he is going to write; inside the transaction the same calls find their
results. A text that was not foreseen is computed there: always right, only slower.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_results: ContextVar[dict[Any, Any] | None] = ContextVar("prepared_results", default=None)


@contextmanager
def keeping_results() -> Iterator[None]:
    """Until the end of this block, and of those around it, results of functions that are `prepared` are kept."""
    if _results.get() is not None:
        yield
        return
    token = _results.set({})
    try:
        yield
    finally:
        _results.reset(token)


def prepared(function: Callable[P, R]) -> Callable[P, R]:
    """For functions that only look at their arguments, which are texts: computed once within `keeping_results`.

    What is returned must not be changed by anybody. An error is raised anew each time, and computed anew.
    """

    @functools.wraps(function)
    def kept(*args: P.args, **kwargs: P.kwargs) -> R:
        results = _results.get()
        if results is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(kwargs.items()))
        if key not in results:
            results[key] = function(*args, **kwargs)
        found: R = results[key]
        return found

    return kept
