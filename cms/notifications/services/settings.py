"""What a person wants to be told: choices, and the address that switches a kind of mail off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.accounts.queries import get_locked_user
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.permissions import Actor, Permission, authorize, system_actor
from cms.core.versions import Expected, check_version
from cms.notifications.models import SUMMARY, NotificationSettings
from cms.notifications.own_settings import settings_of
from cms.notifications.policies import USUAL, MailWay, way_of


def change_settings(actor: Actor, expected: Expected, changes: Mapping[str, Any]) -> NotificationSettings:
    """Change the own settings by merge patch. `changes` are those of `NotificationSettingsUpdateSchema`.

    `mail_stopped` false lets mail go to an address again that had refused it. Raises `StaleVersion`.
    """
    with unit_of_work() as unit:
        authorize(actor, Permission.ACCOUNT_OWN)
        # Locked, so that the first change of a person who has no row yet is made once.
        user = get_locked_user(unit, str(actor.id))
        settings = settings_of(unit, user.id)
        check_version(expected, settings.version)
        changed = _choose(settings, changes.get("kinds", {}))
        if changes.get("mail_stopped") is False and settings.stopped_at is not None:
            settings.refusals, settings.stopped_at, settings.stopped_because = 0, None, None
            changed = [*changed, "mail_stopped"]
        if changed:
            _touch(settings)
            record(unit, Action.USER_NOTIFICATIONS_CHANGED, user.id, actor, fields=changed)
    return settings


def unsubscribe(user_id: str, kind: str) -> None:
    """Switch mail of a kind off, or all that comes as a daily summary; what is off stays off. For the signed address of a mail.

    Raises `NotFound` when there is no such person.
    """
    with unit_of_work() as unit:
        user = get_locked_user(unit, user_id)
        settings = settings_of(unit, user.id)
        kinds = (
            [each for each in USUAL if way_of(each, settings.choices).mail is MailWay.DAILY]
            if kind == SUMMARY
            else [kind]
        )
        changed = _choose(settings, {each: {"mail": MailWay.OFF.value} for each in kinds})
        if changed:
            _touch(settings)
            record(unit, Action.USER_NOTIFICATIONS_CHANGED, user.id, system_actor("unsubscribe"), fields=changed)


def _choose(settings: NotificationSettings, wanted: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Apply choices; returns the kinds that are told in another way now."""
    choices = {**settings.choices}
    changed = []
    for kind in (each for each in USUAL if each.value in wanted):
        before = way_of(kind, choices)
        choices[kind.value] = {**choices.get(kind.value, {}), **wanted[kind.value]}
        if way_of(kind, choices) != before:
            changed.append(kind.value)
    if changed:
        settings.choices = choices
    return changed


def _touch(settings: NotificationSettings) -> None:
    settings.version += 1
    settings.updated_at = clock.now()
