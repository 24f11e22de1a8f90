"""The closed list of actions, and which readers of the log each one concerns.

Actions on items are made from the content verbs and the content types: a new type adds no line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """A part of the delivery plane whose answers change together; its columns are in the log's head row.

    Each content type also has its own topic, named by the plural of the type.
    """

    REFERENCE = "reference"
    ACCESS = "access"


class Action(StrEnum):
    """What happened, as `<resource type>.<past participle>`; what happens to items is a `ContentAction`."""

    AGENCY_CREATED = "agency.created"
    AGENCY_UPDATED = "agency.updated"
    AGENCY_PROPOSED = "agency.proposed"
    AREA_CREATED = "area.created"
    OFFICE_CREATED = "office.created"
    OFFICE_UPDATED = "office.updated"
    CATEGORY_CREATED = "category.created"
    CATEGORY_UPDATED = "category.updated"
    INFORMATION_KIND_CREATED = "information_kind.created"
    SYNONYM_SET = "synonym.set"
    SYNONYM_REMOVED = "synonym.removed"

    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_SUSPENDED = "user.suspended"
    USER_REACTIVATED = "user.reactivated"
    USER_ROLES_CHANGED = "user.roles_changed"
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - the name of an action
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGNED_OUT = "user.signed_out"
    USER_REFRESH_REUSED = "user.refresh_reused"
    USER_NOTIFICATIONS_CHANGED = "user.notifications_changed"
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

    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_UPDATED = "webhook.updated"
    WEBHOOK_ROTATED = "webhook.rotated"
    WEBHOOK_REPLAYED = "webhook.replayed"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_DELETED = "webhook.deleted"

    RELEASE_CREATED = "release.created"
    RELEASE_UPDATED = "release.updated"
    RELEASE_DELETED = "release.deleted"
    RELEASE_PUBLISHED = "release.published"

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
    ERASURE_REQUESTED = "erasure.requested"
    ERASURE_CANCELLED = "erasure.cancelled"


class ContentVerb(StrEnum):
    """What can happen to an item; `FILE_INFECTED` only to items with files, the last two only to items that agencies repost."""

    CREATED = "created"
    UPDATED = "updated"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    REBUILT = "rebuilt"
    UNPUBLISHED = "unpublished"
    WITHDRAWN = "withdrawn"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    APPROVED = "approved"
    DISCARDED = "discarded"
    HELD = "held"
    CONFIRMED = "confirmed"
    EXPOSED = "exposed"
    ARCHIVED = "archived"
    RESTORED = "restored"
    TRASHED = "trashed"
    PURGED = "purged"
    ERASED = "erased"
    COMMENTED = "commented"
    COMMENT_RESOLVED = "comment_resolved"
    COMMENT_REOPENED = "comment_reopened"
    LEASE_TAKEN_OVER = "lease_taken_over"
    PREVIEW_CREATED = "preview_created"
    PREVIEW_REVOKED = "preview_revoked"
    FILE_INFECTED = "file_infected"
    REPOSTED = "reposted"
    REPOST_ENDED = "repost_ended"


REPOST_VERBS = frozenset({ContentVerb.REPOSTED, ContentVerb.REPOST_ENDED})
FILE_VERBS = frozenset({ContentVerb.FILE_INFECTED})
PUBLIC_VERBS = REPOST_VERBS | {
    ContentVerb.PUBLISHED,
    ContentVerb.REBUILT,
    ContentVerb.UNPUBLISHED,
    ContentVerb.WITHDRAWN,
    ContentVerb.ERASED,
}
"""Verbs that readers may learn of; all other verbs are internal to editors."""


@dataclass(frozen=True, slots=True)
class ContentAction:
    """What happened to an item, such as `post.published`; `topic` is that of its content type."""

    type: str
    topic: str
    verb: ContentVerb

    @property
    def value(self) -> str:
        """The action as written in the log."""
        return f"{self.type}.{self.verb}"


REFERENCE_TYPES = {"agency", "area", "office", "category", "information_kind"}
# Nobody is told of them, but answers to questions are made with them.
SILENT_REFERENCE_TYPES = {"synonym"}
# Cursors in kept answers are made with the signing key.
ACCESS_TYPES = {"consumer", "key", "signing_key"}
TAKES_ACCESS = frozenset(
    {
        Action.CONSUMER_UPDATED,
        Action.KEY_ROTATED,
        Action.KEY_REVOKED,
        Action.SIGNING_KEY_ROTATED,
        Action.INSTALLATION_RESTORED,
        Action.INSTALLATION_RENEWED,
    }
)
"""Actions after which a key may show less, or positions mean something else: every node must know before they are answered."""
RESOURCE_TYPES = frozenset(action.value.split(".")[0] for action in Action)
"""Resource types in the log other than content types."""


def is_public(action: Action | ContentAction) -> bool:
    """True when readers of the delivery plane may learn of this action."""
    if isinstance(action, ContentAction):
        return action.verb in PUBLIC_VERBS
    resource_type, verb = action.value.split(".")
    return resource_type in REFERENCE_TYPES and verb != "proposed"


def topic_of(action: Action | ContentAction) -> str | None:
    """The topic whose delivered answers this action changes, or None."""
    if isinstance(action, ContentAction):
        return action.topic if is_public(action) else None
    resource_type = action.value.split(".")[0]
    if resource_type in ACCESS_TYPES:
        return Topic.ACCESS.value
    return Topic.REFERENCE.value if is_public(action) or resource_type in SILENT_REFERENCE_TYPES else None
