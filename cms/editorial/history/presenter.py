"""Editions in the history of an item."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.editorial.items.models import Edition, Item


def render_edition_row(item: Item, edition: Edition, was_published: bool) -> dict[str, Any]:
    """An edition without its content."""
    return {
        "edition": edition.number,
        "author": person_reference(edition.author_id, edition.author_label),
        "created_at": rfc3339(edition.created_at),
        "saved_at": rfc3339(edition.saved_at or edition.created_at),
        "is_autosave": edition.is_autosave,
        "is_published": edition.number == item.published_edition,
        "was_published": was_published,
        "is_discarded": edition.discarded_at is not None,
        "changed_fields": edition.changed_fields,
        "restored_from": edition.restored_from,
    }
