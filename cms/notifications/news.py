"""What a line of the log is to people: the kind of message, and the facts that its sentence needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cms.changes.actions import Action, ContentVerb
from cms.changes.facts import CauseKind
from cms.changes.models import Change
from cms.notifications.policies import Kind


@dataclass(frozen=True, slots=True)
class News:
    """Something that people are told of. `key` names it: a person is told of it once."""

    kind: Kind
    key: str
    resource_type: str
    resource_id: str
    agency: str | None = None
    actor_id: str | None = None
    actor_label: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    sequence: int | None = None


_OF_ITEMS: Final = {
    ContentVerb.SUBMITTED: Kind.WAITING,
    ContentVerb.APPROVED: Kind.APPROVED,
    ContentVerb.RETURNED: Kind.RETURNED,
    ContentVerb.PUBLISHED: Kind.PUBLISHED,
    ContentVerb.UNPUBLISHED: Kind.TAKEN_BACK,
    ContentVerb.WITHDRAWN: Kind.TAKEN_BACK,
    ContentVerb.COMMENTED: Kind.COMMENT,
    ContentVerb.UNSCHEDULED: Kind.SCHEDULE,
    ContentVerb.EXPOSED: Kind.PERSONAL_DATA,
    ContentVerb.FILE_INFECTED: Kind.INFECTED,
}
_OTHERS: Final = {
    Action.BREAKER_TRIPPED: Kind.BREAKER,
    Action.FREEZE_SET: Kind.FREEZE,
    Action.FREEZE_LIFTED: Kind.FREEZE,
    Action.WEBHOOK_DISABLED: Kind.WEBHOOK,
    Action.USER_REFRESH_REUSED: Kind.ACCOUNT,
    Action.USER_PASSWORD_CHANGED: Kind.ACCOUNT,
    Action.USER_ROLES_CHANGED: Kind.ACCOUNT,
    Action.USER_UPDATED: Kind.ACCOUNT,
}
_VERBS: Final = {verb.value: kind for verb, kind in _OF_ITEMS.items()}
_ACTIONS: Final = {action.value: kind for action, kind in _OTHERS.items()}


def news_of(change: Change, epoch: str, content_types: Mapping[str, Any]) -> News | None:
    """What a line is to people; None for most lines."""
    verb = change.action.split(".")[1]
    is_item = change.resource_type in content_types
    kind = _VERBS.get(verb) if is_item else _ACTIONS.get(change.action)
    if kind is None or (change.action == Action.USER_UPDATED and "email" not in change.fields):
        return None
    cause = (change.facts.get("cause") or {}).get("kind")
    by_schedule = {"by": "schedule"} if cause == CauseKind.SCHEDULE else {}
    return News(
        kind,
        f"{epoch}-{change.sequence}",
        change.resource_type,
        change.resource_id,
        change.agency,
        change.actor_id,
        change.actor_label,
        {"what": verb, **by_schedule},
        change.sequence,
    )
