"""Items with their transitions, their editions and their slugs: the authoring tables of every content type."""

from __future__ import annotations

from cms.editorial.items.models.edition import LARGEST_EDITION, Edition
from cms.editorial.items.models.item import LONGEST_TITLE, Item
from cms.editorial.items.models.slug import ItemSlug
from cms.editorial.items.models.state import State

__all__ = ["LARGEST_EDITION", "LONGEST_TITLE", "Edition", "Item", "ItemSlug", "State"]
