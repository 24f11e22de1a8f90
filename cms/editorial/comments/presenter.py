"""Comments as editors get them."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.editorial.comments.models import ReviewComment


def render_comment(comment: ReviewComment) -> dict[str, Any]:
    """A comment as editors get it."""
    resolved = None
    if comment.resolved_at is not None:
        by = person_reference(comment.resolved_by_id, comment.resolved_by_label)
        resolved = {"at": rfc3339(comment.resolved_at), "by": by}
    return {
        "id": comment.id,
        "edition": comment.edition,
        "pointer": comment.pointer,
        "body": comment.body,
        "author": person_reference(comment.author_id, comment.author_label),
        "created_at": rfc3339(comment.created_at),
        "resolved": resolved,
    }
