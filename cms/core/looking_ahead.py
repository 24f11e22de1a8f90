"""Runs a write up to its unit of work, so that it does its slow computations before anything is locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

_KEY = "looks_ahead"


class WritingBegins(Exception):
    """The write that was run ahead has reached its first unit of work."""


@contextmanager
def looking_ahead(current: Session) -> Iterator[None]:
    """Let every unit of work of this session raise `WritingBegins` instead of opening: nothing is locked or changed."""
    current.info[_KEY] = True
    try:
        yield
    finally:
        current.info.pop(_KEY, None)


def end_look_ahead(current: Session) -> None:
    """Raise `WritingBegins` when this session only looks ahead; called where a unit of work opens."""
    if _KEY in current.info:
        raise WritingBegins
