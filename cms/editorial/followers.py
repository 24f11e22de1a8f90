"""Rebuilds published items when something they show has changed: the name or site of their agency, or the words of
an image.

A follower of the log. It works in bounded batches, so that renaming an agency with a long archive never locks the
database for long. It skips items that were published since then, as they already show the new name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, or_, select

from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, because
from cms.changes.models import Change
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.dead_letters.failures import is_outage, put_aside
from cms.core.dead_letters.queries import due_again, not_resting
from cms.core.dead_letters.tasks import putting_aside
from cms.core.permissions import system_actor
from cms.core.prepared import foreseen
from cms.editorial.edit import Edit
from cms.editorial.items.models import Item
from cms.editorial.preparing import foresee_shown, foresee_shown_item
from cms.editorial.rebuilding import as_it_looks_now
from cms.publishing.models import Publication, PublicationFile
from cms.publishing.publish import rebuild
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.visibility import is_current, is_still_awaited

BATCH = 100
QUEUE = "presenter"
SHOWN_FIELDS = frozenset({"name", "short_name", "site_url"})
ACTOR = system_actor("what it shows has changed")


def rebuild_changed(unit: UnitOfWork, changes: Sequence[Change]) -> bool:
    """Rebuild up to `BATCH` items; False when more of them wait."""
    renamed, images = _changed(changes)
    if not renamed and not images:
        return True
    outdated = _outdated(renamed.items(), images.items())
    waiting = unit.session.scalars(select(Publication.item_id).where(*outdated).limit(BATCH + 1)).all()
    because(unit, Cause(CauseKind.REBUILD, str(max([*renamed.values(), *images.values()]))))
    for publication, item in _held(unit, outdated, waiting[:BATCH]):
        try:
            rendered = as_it_looks_now(publication, item)
        except Exception as error:
            if is_outage(error):
                raise
            # One faulty item must not stop the others: it is tried again later by itself.
            put_aside(unit, QUEUE, item.id, error)
        else:
            _rebuild(unit, publication, item, rendered)
    return len(waiting) <= BATCH


def foresee_rebuilding(changes: Sequence[Change]) -> None:
    """Prepare what `rebuild_changed` needs for these lines."""
    renamed, images = _changed(changes)
    if renamed or images:
        foresee_shown(*_outdated(renamed.items(), images.items()), limit=BATCH)


def _changed(changes: Sequence[Change]) -> tuple[dict[str, int], dict[str, int]]:
    """Agencies and images that changed for readers, each with the number of its newest line."""
    renamed = {
        change.resource_id: change.sequence
        for change in changes
        if change.action == Action.AGENCY_UPDATED and SHOWN_FIELDS.intersection(change.fields)
    }
    images = {change.resource_id: change.sequence for change in changes if change.action == Action.MEDIA_UPDATED}
    return renamed, images


def rebuild_again() -> int:
    """Try again the items that failed and are due, each in its own transaction; returns how many were tried."""
    due = due_again(QUEUE)
    for item_id in due:
        foresee = partial(foresee_shown_item, item_id)
        with putting_aside(QUEUE, item_id), foreseen(foresee), unit_of_work() as unit:
            because(unit, Cause(CauseKind.REBUILD))
            for publication, item in _held(unit, [is_current()], [item_id]):
                _rebuild(unit, publication, item, as_it_looks_now(publication, item))
    return len(due)


def _outdated(renamed: Iterable[tuple[str, int]], images: Iterable[tuple[str, int]]) -> list[ColumnElement[bool]]:
    """Current publications from before the change of their agency or of an image that they show."""
    older = [and_(Publication.agency == slug, Publication.sequence < sequence) for slug, sequence in renamed]
    for image_id, sequence in images:
        shows = exists().where(PublicationFile.publication_id == Publication.id, PublicationFile.file_id == image_id)
        older.append(and_(shows, Publication.sequence < sequence))
    return [is_current(), or_(*older), not_resting(QUEUE, Publication.item_id)]


def _held(
    unit: UnitOfWork, outdated: list[ColumnElement[bool]], item_ids: Sequence[str]
) -> Sequence[tuple[Publication, Item]]:
    """The publications with their items, locked; those that an editor publishes or takes back meanwhile are left out."""
    lock = select(Item.id).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update()
    held = unit.session.scalars(lock).all()
    statement = select(Publication, Item).join(Item, Item.id == Publication.item_id).where(*outdated, Item.id.in_(held))
    return [(publication, item) for publication, item in unit.session.execute(statement.order_by(Publication.id))]


def _rebuild(unit: UnitOfWork, publication: Publication, item: Item, rendered: RenderedItem) -> None:
    # A planned publication must not show before its moment; after it, it is live, also before the worker has carried it out.
    verb = "scheduled" if is_still_awaited(publication) else "rebuilt"
    change = Edit(unit, ACTOR, item).record(verb, edition=publication.edition)
    rebuild(unit, rendered, change, publication)
