"""Categories and information kinds as the API writes them."""

from __future__ import annotations

from typing import Any

from cms.core.versions import written
from cms.taxonomy.models import Category, InformationKind


def render_category(category: Category) -> dict[str, Any]:
    """A category on the management plane."""
    return {
        "slug": category.slug,
        "name_id": category.name_id,
        "name_en": category.name_en,
        "description": category.description,
        "is_retired": category.is_retired,
        "four_eyes": category.four_eyes,
        "version": written(category.version),
        "created_at": category.created_at,
        "updated_at": category.updated_at,
    }


def render_information_kind(kind: InformationKind) -> dict[str, Any]:
    """An entry of the legal lists."""
    return {
        "code": kind.code,
        "information_class": kind.information_class,
        "name_id": kind.name_id,
        "name_en": kind.name_en,
        "parent": kind.parent,
        "article": kind.article,
        "certainty": kind.certainty,
        "cadence_months": kind.cadence_months,
        "valid_from": kind.valid_from,
        "valid_to": kind.valid_to,
    }
