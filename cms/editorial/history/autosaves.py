"""Autosaves, which an editing program makes by itself while a person writes. Within a sitting they stay one edition.

A sitting is one person's half hour from the edition's first save. Any other change of the item ends it: `saved_version` is
the item's version after the last autosave, so another save, a submission, an approval or a publication shows as a newer
version. An edition that was shown to anyone or decided about never changes.
"""

from __future__ import annotations

from datetime import timedelta

from cms.core import clock
from cms.core.permissions import Actor
from cms.editorial.items.models import Edition, Item

SITTING = timedelta(minutes=30)


def continues_sitting(newest: Edition, item: Item, actor: Actor) -> bool:
    """True when an autosave of this actor updates the newest edition instead of making the next one."""
    return (
        newest.is_autosave
        and actor.id is not None
        and newest.author_id == actor.id
        and newest.saved_version == item.version
        and clock.now() < newest.created_at + SITTING
    )


def seal(edition: Edition) -> None:
    """Let no further autosave change this edition, because a preview link shows it."""
    edition.saved_version = None
