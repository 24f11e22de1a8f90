"""The words of every error, in English and Indonesian. Codes never change; docs/errors.md is generated from here.

A problem has a title, a detail and advice for the caller; a rule has one sentence. `{name}` is filled from the
parameters of the error. Problems stand in one file per subject; a code stands in one of them only.
"""

from __future__ import annotations

from cms.core.http.messages.identity import IDENTITY
from cms.core.http.messages.items import ITEMS
from cms.core.http.messages.requests import REQUESTS
from cms.core.http.messages.rules import RULES
from cms.core.http.messages.server import SERVER
from cms.core.http.messages.text import Problem, Text

__all__ = ["PROBLEMS", "RULES", "Problem", "Text", "collected"]


def collected(*tables: dict[str, Problem]) -> dict[str, Problem]:
    """All problems in one table. Raises `ValueError` when a code stands twice."""
    found: dict[str, Problem] = {}
    for table in tables:
        if twice := found.keys() & table.keys():
            raise ValueError(f"codes that stand twice: {', '.join(sorted(twice))}")
        found |= table
    return found


PROBLEMS = collected(REQUESTS, IDENTITY, ITEMS, SERVER)
