"""Preview links as colleagues get them."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.editorial.previews.models import Preview
from cms.editorial.previews.policies import is_in_force


def render_preview(preview: Preview) -> dict[str, Any]:
    """A link as colleagues get it."""
    return {
        "id": preview.id,
        "edition": preview.edition,
        "created_by": person_reference(preview.created_by_id, preview.created_by_label),
        "created_at": rfc3339(preview.created_at),
        "expires_at": rfc3339(preview.expires_at),
        "is_active": is_in_force(preview),
        "uses": preview.uses,
        "uses_left": None if preview.most_uses is None else preview.most_uses - preview.uses,
        "last_used_at": rfc3339(preview.last_used_at) if preview.last_used_at else None,
        "revoked_at": rfc3339(preview.revoked_at) if preview.revoked_at else None,
    }
