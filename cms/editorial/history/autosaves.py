"""Autosaves: what an editor's program saves by itself while a person writes. Within a sitting they stay one edition.

A sitting is half an hour from the edition's first save, of one person. It ends early with anything else that happens to
the item: `saved_version` is the version that the last save left behind, so another save, a submission, an approval or a
publication is seen by the version having moved on. An edition that anybody was shown or decided about never changes.
"""

from __future__ import annotations

from datetime import timedelta

from cms.core import clock
from cms.core.permissions import Actor
from cms.editorial.items.models import Edition, Item

SITTING = timedelta(minutes=30)


def continues_sitting(newest: Edition, item: Item, actor: Actor) -> bool:
    """True when an autosave of this actor belongs into the newest edition instead of making the next one."""
    return (
        newest.is_autosave
        and actor.id is not None
        and newest.author_id == actor.id
        and newest.saved_version == item.version
        and clock.now() < newest.created_at + SITTING
    )


def seal(edition: Edition) -> None:
    """Let no further autosave change this edition: somebody was given a link to it."""
    edition.saved_version = None
