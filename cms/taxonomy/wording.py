"""The public words of a category, as moderation looks at them and as they are kept for a rollback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.changes.reference_versions import keep_version, values_of
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.taxonomy.models import Category

WORDS = ("slug", "name_id", "name_en", "description")
KEPT_FIELDS = ("name_id", "name_en", "description", "is_retired", "four_eyes")
"""What people say about a category."""


def public_words(values: Mapping[str, Any]) -> dict[str, str]:
    """Every word that goes out, by pointer."""
    return {f"/{name}": values[name] for name in WORDS if values.get(name)}


def keep_category(unit: UnitOfWork, category: Category, actor: Actor) -> None:
    """Keep what is said about a category now, for a rollback."""
    keep_version(unit, "category", category.slug, values_of(category, KEPT_FIELDS), actor)
