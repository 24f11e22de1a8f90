"""Releases: several items that readers get in the same moment, all of them or none.

The same rules hold for every item as if it were published alone. Everything is checked before anything is written, so that
the answer names all obstacles.
"""

from __future__ import annotations

from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, because
from cms.changes.log import record
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import Conflict
from cms.core.ids import new_id
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected, check_version
from cms.editorial.edit import Edit
from cms.editorial.items.policies import is_approved_by_second
from cms.editorial.moderating import public_words
from cms.editorial.preparing import foresee_publications
from cms.editorial.publishing import Update, publish_edition
from cms.editorial.releases.checks import Named, check_items, checked_items
from cms.editorial.releases.models import Release, ReleaseItem, ReleaseState
from cms.editorial.releases.queries import get_release, item_ids
from cms.moderation.breaker import count_release, mark_release


def create_release(actor: Actor, title: str, items: Named) -> Release:
    """Put items together. Raises `Invalid` for items that the actor may not see, and for repeated ones."""
    with unit_of_work() as unit:
        check_items(actor, items)
        moment = clock.now()
        release = Release(
            id=new_id(), title=title, state=ReleaseState.OPEN.value, version=1, author_id=actor.id,
            author_label=actor.label, created_at=moment, updated_at=moment, items=_rows(items),
        )  # fmt: skip
        unit.add(release)
        record(unit, Action.RELEASE_CREATED, release.id, actor)
    return release


def update_release(
    actor: Actor, release_id: str, expected: Expected, *, title: str | None = None, items: Named | None = None
) -> Release:
    """Change the title, the items, or both. Raises `Conflict` when it was published."""
    with unit_of_work() as unit:
        release = _load_open(actor, release_id, expected, "edit")
        if items is not None:
            check_items(actor, items)
            release.items.clear()
            unit.session.flush()
            release.items.extend(_rows(items))
        release.title = title or release.title
        _touch(release)
        record(unit, Action.RELEASE_UPDATED, release.id, actor)
    return release


def delete_release(actor: Actor, release_id: str, expected: Expected) -> None:
    """Take a release apart that was not published; its items stay as they are."""
    with unit_of_work() as unit:
        release = _load_open(actor, release_id, expected, "delete")
        unit.session.delete(release)
        record(unit, Action.RELEASE_DELETED, release.id, actor)


def publish_release(actor: Actor, release_id: str, expected: Expected, update: Update) -> Release:
    """Publish the newest editions of all items in one transaction.

    Raises `Conflict("release_refused")` with one entry per item that cannot be published; then none is published.
    """
    words = public_words({"/change_note": update.note})
    with foreseen(lambda: foresee_publications(*item_ids(release_id))), unit_of_work() as unit:
        release = _load_open(actor, release_id, expected, "publish")
        items = checked_items(unit, actor, release, update)
        words.check(actor)
        mark_release(unit)
        because(unit, Cause(CauseKind.RELEASE, release.id))
        moment = clock.now()
        for item in items:
            approved = is_approved_by_second(actor, item)
            publish_edition(Edit(unit, actor, item), update, moment, is_approved=approved)
        release.state, release.published_at = ReleaseState.PUBLISHED.value, moment
        _touch(release)
        record(unit, Action.RELEASE_PUBLISHED, release.id, actor, counts_as=count_release(unit, actor))
    return release


def _load_open(actor: Actor, release_id: str, expected: Expected, operation: str) -> Release:
    release = get_release(actor, release_id, lock=True)
    check_version(expected, release.version)
    if release.state != ReleaseState.OPEN:
        raise Conflict("wrong_state", state=release.state, operation=operation, when=ReleaseState.OPEN.value)
    return release


def _touch(release: Release) -> None:
    release.version += 1
    release.updated_at = clock.now()


def _rows(items: Named) -> list[ReleaseItem]:
    return [
        ReleaseItem(position=position, type=kind, item_id=item_id) for position, (kind, item_id) in enumerate(items)
    ]
