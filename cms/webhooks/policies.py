"""Rules about webhooks: what goes to an endpoint, when a message is tried again, when it is given up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Protocol

from cms.changes.actions import PUBLIC_VERBS, REFERENCE_TYPES, Action, ContentVerb

MOST_ENDPOINTS: Final = 10
"""Endpoints of one consumer."""
MOST_REPLAYED: Final = 10_000
"""Lines of one replay."""
DAYS_KEPT: Final = 30
OVERLAP_HOURS, LONGEST_OVERLAP_HOURS = 24, 30 * 24
LEASE: Final = timedelta(seconds=60)
"""How long a sender may take for one try; a try itself ends after 10 seconds."""
LATEST_BEGIN: Final = timedelta(seconds=40)
"""A sender that was frozen so long begins nothing of what it had taken: another one may be about to."""
DISABLED_AFTER: Final = timedelta(days=5)
LONGEST_RETRY_AFTER: Final = timedelta(days=1)
# Standard Webhooks 1.0.0, "Deliverability and reliability": the first try is at once, the last one after about three days.
SCHEDULE: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600)
)
# While an endpoint fails, one message after the other asks whether it is back; the rest wait.
RESTS: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 3_600))
JITTER: Final = 0.2

REFERENCE_CHANGED: Final = "reference.changed"
EPOCH_BEGAN: Final = "epoch.began"
"""The type of the message about a restore, which takes back what was told after the backup: everybody gets it, whatever he asks for."""
RESTORES: Final = frozenset({Action.INSTALLATION_RESTORED.value, Action.INSTALLATION_RENEWED.value})
CHANGED: Final = "changed"
"""The word for `reference.changed` among the actions that an endpoint can ask for."""
ACTIONS: Final = (*sorted(verb.value for verb in PUBLIC_VERBS), CHANGED)
USUAL_ACTIONS: Final = frozenset(ACTIONS) - {ContentVerb.REBUILT.value}
"""A renamed category rebuilds thousands of items: an endpoint that does not ask for these gets one `reference.changed`."""


class Subscription(Protocol):
    """What an endpoint wants to be told of; None means all."""

    types: list[str] | None
    agencies: list[str] | None
    actions: list[str] | None


class ToldLine(Protocol):
    """A line of the log that endpoints may be told of."""

    action: str
    resource_type: str
    agency: str | None


def wants(subscription: Subscription, line: ToldLine) -> bool:
    """True when this endpoint is told of this line.

    Types narrow items only: names of agencies and categories stand in items of every type. Agencies narrow the lines of an agency.
    """
    if line.action in RESTORES:
        return True
    is_reference = line.resource_type in REFERENCE_TYPES
    verb = CHANGED if is_reference else line.action.split(".")[1]
    if verb not in (USUAL_ACTIONS if subscription.actions is None else subscription.actions):
        return False
    if not is_reference and subscription.types is not None and line.resource_type not in subscription.types:
        return False
    return subscription.agencies is None or line.agency is None or line.agency in subscription.agencies


def event_type(line: ToldLine) -> str:
    """The `type` of the message about a line."""
    if line.action in RESTORES:
        return EPOCH_BEGAN
    return REFERENCE_CHANGED if line.resource_type in REFERENCE_TYPES else line.action


def next_try_after(failed_tries: int, asked: timedelta | None = None) -> timedelta | None:
    """When to try again after so many failures; `asked` is the endpoint's `Retry-After`. None: no more."""
    if failed_tries > len(SCHEDULE):
        return None
    usual = with_jitter(SCHEDULE[failed_tries - 1])
    return usual if asked is None else max(usual, min(asked, LONGEST_RETRY_AFTER))


def rest_after(failures: int, asked: timedelta | None = None) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row; `asked` is its `Retry-After`."""
    usual = with_jitter(RESTS[min(failures, len(RESTS)) - 1])
    return usual if asked is None else max(usual, min(asked, LONGEST_RETRY_AFTER))


def with_jitter(wait: timedelta) -> timedelta:
    """The wait, up to a fifth shorter or longer, so that endpoints which failed together do not come back together."""
    return wait * (1 - JITTER + 2 * JITTER * secrets.randbelow(1_001) / 1_000)


def retry_after(headers: Mapping[str, Any]) -> timedelta | None:
    """The seconds of `Retry-After`; a date or nonsense counts as absent."""
    text = str(headers.get("retry-after", "")).strip()
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else None
