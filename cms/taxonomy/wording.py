"""The public words of a category, for moderation and for rollbacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.changes.reference_versions import keep_version, values_of
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.taxonomy.models import Category

WORDS = ("slug", "name_id", "name_en", "description")
KEPT_FIELDS = ("name_id", "name_en", "description", "is_retired", "four_eyes")
"""The fields of a category that people write."""


def public_words(values: Mapping[str, Any]) -> dict[str, str]:
    """All public words, by pointer."""
    return {f"/{name}": values[name] for name in WORDS if values.get(name)}


def keep_category(unit: UnitOfWork, category: Category, actor: Actor) -> None:
    """Keep the present values of a category, for a rollback."""
    keep_version(unit, "category", category.slug, values_of(category, KEPT_FIELDS), actor)
