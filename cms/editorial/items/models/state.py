"""The states of items."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """State of an item's newest edition. `published_edition` says beside it what readers have."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    ARCHIVED = "archived"
    TRASHED = "trashed"
