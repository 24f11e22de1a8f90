"""Reading comments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_

from cms.core.db import session
from cms.editorial.comments.models import ReviewComment
from cms.editorial.items.models import Item


def list_comments(
    item: Item, limit: int, after: tuple[datetime, str] | None, *, is_open: bool | None = None
) -> Sequence[ReviewComment]:
    """The comments of all editions of an item, oldest first; `is_open` narrows to open or to resolved ones."""
    statement = select(ReviewComment).where(ReviewComment.item_id == item.id)
    if after is not None:
        statement = statement.where(tuple_(ReviewComment.created_at, ReviewComment.id) > after)
    if is_open is not None:
        resolved = ReviewComment.resolved_at
        statement = statement.where(resolved.is_(None) if is_open else resolved.is_not(None))
    return session.scalars(statement.order_by(ReviewComment.created_at, ReviewComment.id).limit(limit)).all()
