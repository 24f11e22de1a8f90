"""What a check of `doctor` finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from config import Settings


class Level(StrEnum):
    """How bad a finding is; `red` means that an operator must act, and makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence for people, and how bad it is."""

    level: Level
    sentence: str


DoctorCheck = Callable[[Settings], Iterable[Finding]]
"""A check of one thing. It returns faults as findings: an exception would hide the results of the other checks."""


def ok(sentence: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, sentence)


def warning(sentence: str) -> Finding:
    """Not good, and nothing is broken yet."""
    return Finding(Level.WARNING, sentence)


def red(sentence: str) -> Finding:
    """An operator must act."""
    return Finding(Level.RED, sentence)
