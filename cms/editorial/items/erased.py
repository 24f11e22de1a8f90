"""What an item and an edition look like once they were erased by law: a title and a slug that say nothing."""

from __future__ import annotations

from typing import Final

from cms.editorial.items.models import Edition, Item

TITLE: Final = "[dihapus]"
"""The title of what was erased."""


def slug_of(item_id: str) -> str:
    """The slug of an item that was erased."""
    return f"dihapus-{item_id[-12:]}"


def is_erased_item(item: Item) -> bool:
    """True when the whole item was erased and nobody has written it anew."""
    return item.slug == slug_of(item.id)


def is_erased(edition: Edition) -> bool:
    """True when nothing is left in this edition that could come back."""
    return edition.content.get("slug") == slug_of(edition.item_id)
