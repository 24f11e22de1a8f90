"""Warnings in the language of the caller: what an answer of the management plane tells that did not stop the request."""

from __future__ import annotations

from typing import Any

from cms.core.http.messages import RULES
from cms.core.http.problems import preferred_language

WarningEntry = dict[str, Any]


def warning(code: str, **params: Any) -> WarningEntry:
    """A warning of this code, with its words; the code of a rule is one too."""
    return {"code": code, "detail": RULES[code].filled(preferred_language(), params)}
