"""Items in the list of those that show an image."""

from __future__ import annotations

from typing import Any

from cms.editorial.items.models import Item


def render_use(item: Item) -> dict[str, Any]:
    """An item that shows an image."""
    shown = {"id": item.id, "type": item.type, "title": item.title, "agency": item.agency, "state": item.state}
    return {**shown, "published": item.published_edition is not None}
