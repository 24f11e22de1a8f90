"""Warnings in the language of the caller: what an answer of the management plane tells that did not stop the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.core.errors import InputError
from cms.core.http.messages import RULES
from cms.core.http.messages.warnings import DATA_KINDS, HOLD_REASONS, REMOVED_KINDS, WARNINGS
from cms.core.http.pages import preferred_language

WarningEntry = dict[str, Any]


def warning(code: str, **params: Any) -> WarningEntry:
    """A warning of this code, with its words; the code of a rule is one too."""
    return {"code": code, "detail": (WARNINGS.get(code) or RULES[code]).filled(preferred_language(), params)}


def warning_of(fault: InputError) -> WarningEntry:
    """A warning about a place, or a rule that will be broken later, such as when an item is to be approved."""
    return {**warning(fault.code, **fault.params), "pointer": fault.name}


def held_warning(reason: Mapping[str, Any]) -> WarningEntry:
    """A reason to hold an edition (`code`, `pointer`, `detail`), in words."""
    finding = HOLD_REASONS[reason["code"]].filled(preferred_language(), {})
    detail = f" ({reason['detail']})" if reason.get("detail") else ""
    return warning("held", finding=finding, pointer=reason["pointer"], detail=detail)


def found_warning(finding: Mapping[str, Any]) -> WarningEntry:
    """A finding of personal data that nobody has confirmed, in words, with the finding itself."""
    what = DATA_KINDS[finding["kind"]].filled(preferred_language(), {})
    said = warning("personal_data", what=what, masked=finding["masked"], pointer=finding["pointer"])
    return {**said, "pointer": finding["pointer"], "finding": dict(finding)}


def removed_warning(removed: Mapping[str, int]) -> WarningEntry:
    """What a body lost when it was sanitised: kinds and counts."""
    language = preferred_language()
    kinds = (f"{REMOVED_KINDS[kind].filled(language, {})} ({count})" for kind, count in sorted(removed.items()))
    counts = [{"kind": kind, "count": count} for kind, count in sorted(removed.items())]
    return {**warning("removed_markup", kinds=", ".join(kinds)), "pointer": "/body", "removed": counts}
