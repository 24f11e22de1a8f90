"""Changing rows by name, and saying which fields that changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def assign_changed(row: object, values: Mapping[str, Any]) -> list[str]:
    """Set the attributes of `row` whose value differs; returns their names, so that an empty change leaves no trace."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
