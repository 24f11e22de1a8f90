"""The closed list of actions, and which readers of the log each one concerns."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """A part of the delivery plane whose answers change together; each is a column of the log's head row."""

    POSTS = "posts"
    DOCUMENTS = "documents"
    REFERENCE = "reference"
    ACCESS = "access"


class Action(StrEnum):
    """What happened, as `<resource type>.<past participle>`."""

    AGENCY_CREATED = "agency.created"
    AGENCY_UPDATED = "agency.updated"
    AGENCY_PROPOSED = "agency.proposed"
    AREA_CREATED = "area.created"
    CATEGORY_CREATED = "category.created"
    CATEGORY_UPDATED = "category.updated"
    INFORMATION_KIND_CREATED = "information_kind.created"

    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_SUSPENDED = "user.suspended"
    USER_REACTIVATED = "user.reactivated"
    USER_ROLES_CHANGED = "user.roles_changed"
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - the name of an action
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGNED_OUT = "user.signed_out"
    USER_REFRESH_REUSED = "user.refresh_reused"
    SIGNING_KEY_ROTATED = "signing_key.rotated"

    MEDIA_CREATED = "media.created"
    MEDIA_UPDATED = "media.updated"
    MEDIA_PROPOSED = "media.proposed"
    MEDIA_PROPOSAL_DROPPED = "media.proposal_dropped"
    MEDIA_DELETED = "media.deleted"
    MEDIA_RESTORED = "media.restored"

    CONSUMER_CREATED = "consumer.created"
    CONSUMER_UPDATED = "consumer.updated"
    KEY_CREATED = "key.created"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"

    RELEASE_CREATED = "release.created"
    RELEASE_UPDATED = "release.updated"
    RELEASE_DELETED = "release.deleted"
    RELEASE_PUBLISHED = "release.published"

    POST_CREATED = "post.created"
    POST_UPDATED = "post.updated"
    POST_DELETED = "post.deleted"
    POST_SUBMITTED = "post.submitted"
    POST_RETURNED = "post.returned"
    POST_PUBLISHED = "post.published"
    POST_PRESENTED = "post.presented"
    POST_UNPUBLISHED = "post.unpublished"
    POST_WITHDRAWN = "post.withdrawn"
    POST_SCHEDULED = "post.scheduled"
    POST_UNSCHEDULED = "post.unscheduled"
    POST_REPOSTED = "post.reposted"
    POST_REPOST_ENDED = "post.repost_ended"
    POST_APPROVED = "post.approved"
    POST_DISCARDED = "post.discarded"
    POST_HELD = "post.held"
    POST_ARCHIVED = "post.archived"
    POST_RESTORED = "post.restored"
    POST_TRASHED = "post.trashed"
    POST_PURGED = "post.purged"
    POST_COMMENTED = "post.commented"
    POST_COMMENT_RESOLVED = "post.comment_resolved"
    POST_COMMENT_REOPENED = "post.comment_reopened"
    POST_LEASE_TAKEN_OVER = "post.lease_taken_over"
    POST_PREVIEW_CREATED = "post.preview_created"
    POST_PREVIEW_REVOKED = "post.preview_revoked"

    DOCUMENT_CREATED = "document.created"
    DOCUMENT_UPDATED = "document.updated"
    DOCUMENT_DELETED = "document.deleted"
    DOCUMENT_SUBMITTED = "document.submitted"
    DOCUMENT_RETURNED = "document.returned"
    DOCUMENT_PUBLISHED = "document.published"
    DOCUMENT_PRESENTED = "document.presented"
    DOCUMENT_UNPUBLISHED = "document.unpublished"
    DOCUMENT_WITHDRAWN = "document.withdrawn"
    DOCUMENT_SCHEDULED = "document.scheduled"
    DOCUMENT_UNSCHEDULED = "document.unscheduled"
    DOCUMENT_APPROVED = "document.approved"
    DOCUMENT_DISCARDED = "document.discarded"
    DOCUMENT_HELD = "document.held"
    DOCUMENT_ARCHIVED = "document.archived"
    DOCUMENT_RESTORED = "document.restored"
    DOCUMENT_TRASHED = "document.trashed"
    DOCUMENT_PURGED = "document.purged"
    DOCUMENT_COMMENTED = "document.commented"
    DOCUMENT_COMMENT_RESOLVED = "document.comment_resolved"
    DOCUMENT_COMMENT_REOPENED = "document.comment_reopened"
    DOCUMENT_LEASE_TAKEN_OVER = "document.lease_taken_over"
    DOCUMENT_PREVIEW_CREATED = "document.preview_created"
    DOCUMENT_PREVIEW_REVOKED = "document.preview_revoked"

    CHECKPOINT_KEY_REPLACED = "checkpoint_key.replaced"
    CLOCK_ACCEPTED = "clock.accepted"
    INSTALLATION_RESTORED = "installation.restored"
    INSTALLATION_RENEWED = "installation.renewed"

    LINK_DOMAIN_ALLOWED = "link_domain.allowed"
    LINK_DOMAIN_BLOCKED = "link_domain.blocked"
    LINK_DOMAIN_REMOVED = "link_domain.removed"
    FREEZE_SET = "freeze.set"
    FREEZE_LIFTED = "freeze.lifted"
    BREAKER_TRIPPED = "breaker.tripped"
    BREAKER_RESET = "breaker.reset"
    ROLLBACK_STARTED = "rollback.started"
    ROLLBACK_CONFIRMED = "rollback.confirmed"
    ROLLBACK_FINISHED = "rollback.finished"


PUBLIC_VERBS = {"published", "presented", "unpublished", "withdrawn", "reposted", "repost_ended"}
"""What happens to content in public; everything else about content is the editors' own business."""

REFERENCE_TYPES = {"agency", "area", "category", "information_kind"}
TOPICS_BY_TYPE = {
    "post": Topic.POSTS,
    "document": Topic.DOCUMENTS,
    "consumer": Topic.ACCESS,
    "key": Topic.ACCESS,
    # Cursors in kept answers are made with it.
    "signing_key": Topic.ACCESS,
    **dict.fromkeys(REFERENCE_TYPES, Topic.REFERENCE),
}


def is_public(action: Action) -> bool:
    """True when readers of the delivery plane may learn of this action."""
    resource_type, verb = action.value.split(".")
    if verb == "proposed":
        return False
    return resource_type in REFERENCE_TYPES or (verb in PUBLIC_VERBS and resource_type in TOPICS_BY_TYPE)


def topic_of(action: Action) -> Topic | None:
    """The topic whose delivered answers this action changes, or None."""
    resource_type = action.value.split(".")[0]
    if not is_public(action) and resource_type not in {"consumer", "key", "signing_key"}:
        return None
    return TOPICS_BY_TYPE.get(resource_type)
