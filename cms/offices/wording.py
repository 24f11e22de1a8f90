"""The public words of an office, for moderation and for rollbacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.changes.reference_versions import keep_version, values_of
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.offices.models import Office

KEPT_FIELDS = ("agency", "name", "address", "area", "hours", "contact", "is_closed")
"""The fields of an office that people write."""
_WORDS = ("name", "address", "hours")


def public_words(values: Mapping[str, Any]) -> dict[str, str]:
    """All public words, by pointer."""
    said = {f"/{name}": values.get(name) for name in _WORDS}
    said |= {f"/contact/{name}": text for name, text in (values.get("contact") or {}).items()}
    return {pointer: text for pointer, text in said.items() if text}


def kept_values(office: Office) -> dict[str, Any]:
    """Its present values."""
    return values_of(office, KEPT_FIELDS)


def keep_office(unit: UnitOfWork, office: Office, actor: Actor) -> None:
    """Keep the present values of an office, for a rollback."""
    keep_version(unit, "office", office.id, kept_values(office), actor)
