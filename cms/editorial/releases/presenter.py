"""Releases as editors get them."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.core.versions import written
from cms.editorial.releases.models import Release


def render_release(release: Release) -> dict[str, Any]:
    """A release as editors get it."""
    return {
        "id": release.id,
        "title": release.title,
        "state": release.state,
        "items": [{"type": each.type, "id": each.item_id} for each in release.items],
        "author": person_reference(release.author_id, release.author_label),
        "version": written(release.version),
        "created_at": rfc3339(release.created_at),
        "updated_at": rfc3339(release.updated_at),
        "published_at": rfc3339(release.published_at) if release.published_at else None,
    }
