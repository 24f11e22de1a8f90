"""Whether a preview link still shows anything."""

from __future__ import annotations

from cms.core import clock
from cms.editorial.previews.models import Preview


def is_in_force(preview: Preview) -> bool:
    """True until it is revoked, expired or used up."""
    is_used_up = preview.most_uses is not None and preview.uses >= preview.most_uses
    return is_running(preview) and not is_used_up


def is_running(preview: Preview) -> bool:
    """True until it is revoked or expired: the pictures of a page that was opened by its last use are still to be loaded."""
    return preview.revoked_at is None and clock.now() < preview.expires_at
