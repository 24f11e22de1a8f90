"""Whether a preview link still shows anything."""

from __future__ import annotations

from cms.core import clock
from cms.editorial.previews.models import Preview


def is_in_force(preview: Preview) -> bool:
    """True until it is revoked, expired or used up."""
    is_used_up = preview.most_uses is not None and preview.uses >= preview.most_uses
    return preview.revoked_at is None and clock.now() < preview.expires_at and not is_used_up
