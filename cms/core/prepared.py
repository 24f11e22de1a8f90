"""Results that are computed before a transaction begins and used inside it.

On SQLite one transaction writes at a time, and all other writers wait for it. So a writer calls its slow functions once before
(`foreseen`), with the texts that it is going to write; inside the transaction the same calls find their results. A text that was
not foreseen is computed there: correct, only slower.

A step can also keep what it reads (`keep_read`); the transaction must then check that it is still valid.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

from cms.core.db import has_begun_writing, rolled_back
from cms.core.errors import DomainError

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


@contextmanager
def foreseen(*steps: Callable[[], object]) -> Iterator[None]:
    """Wrap a transaction: each step first computes results that the transaction will need.

    A step may read but decides nothing: the write itself reports errors.
    """
    with keeping_results():
        if not has_begun_writing():
            with rolled_back():
                for step in steps:
                    with suppress(DomainError):
                        step()
        yield


def keep_read(key: object, found: object) -> None:
    """Keep what a step has read, for the transaction."""
    results = _results.get()
    if results is not None:
        results[key] = found


def take_read(key: object) -> Any:
    """Take what a step has kept under this key; None when there is nothing. The caller checks that it is still valid."""
    results = _results.get()
    return None if results is None else results.pop(key, None)


def prepared(function: Callable[P, R]) -> Callable[P, R]:
    """For pure functions of their arguments, which are texts: computed once within `keeping_results`.

    No caller may change the returned value. An error is kept as well, and raised again.
    """

    @functools.wraps(function)
    def kept(*args: P.args, **kwargs: P.kwargs) -> R:
        results = _results.get()
        if results is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(kwargs.items()))
        if key not in results:
            results[key] = _outcome(function, *args, **kwargs)
        found, error = results[key]
        if error is not None:
            raise error
        return cast("R", found)

    return kept


def _outcome(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R | None, Exception | None]:
    try:
        return function(*args, **kwargs), None
    except (DomainError, ValueError) as error:
        return None, error
