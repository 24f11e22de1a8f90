"""Rebuilds published items when something that readers see with them has changed: an agency (a new name, a merger), a
category, an office, the words of an image.

A follower of the log. It works in bounded batches, so that renaming an agency with a long archive never locks the
database for long. It skips items that were published since then, as they already show the new name. Each item gets a line of its
own, and its `changed_at` moves: also where the stored text stays the same, because readers can embed what has changed (`include`)
or find the item by another filter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select

from cms.agencies.queries import with_predecessors
from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, because
from cms.changes.heads import log_head
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
from cms.publishing.models import Publication, PublicationFile, PublicationTerm
from cms.publishing.publish import rebuild
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.schedules import hold_schedules
from cms.publishing.visibility import is_current, is_still_awaited

BATCH = 100
QUEUE = "presenter"
NOT_SHOWN = frozenset({"review", "four_eyes"})
"""Fields of agencies and categories that only editors see; everything else readers see, now or once a filter or `include` asks."""
MERGING = frozenset({"successor", "valid_to"})
LEADING: Final = {
    Action.AGENCY_UPDATED: "channel",
    Action.CATEGORY_UPDATED: "category",
    Action.OFFICE_UPDATED: "office",
}
"""The scheme of terms by which the items are found that such a line concerns. An agency's are those on its channel: its own, those
that others publish there, and those that it carries.
"""
ACTOR = system_actor("what it shows has changed")


@dataclass(frozen=True, slots=True)
class Shown:
    """What changed for readers, each with the number of its newest line: terms (scheme, term) that lead to items, and images."""

    terms: Mapping[tuple[str, str], int]
    images: Mapping[str, int]

    @classmethod
    def of(cls, changes: Sequence[Change]) -> Shown:
        """What these lines changed."""
        terms: dict[tuple[str, str], int] = {}
        for change in changes:
            if change.action in LEADING and not NOT_SHOWN.issuperset(change.fields):
                scheme = LEADING[Action(change.action)]
                terms |= {(scheme, name): change.sequence for name in _concerned(change)}
        images = {change.resource_id: change.sequence for change in changes if change.action == Action.MEDIA_UPDATED}
        return cls(terms, images)

    @property
    def newest(self) -> int:
        """The newest of these lines; 0 when nothing changed."""
        return max([0, *self.terms.values(), *self.images.values()])

    def outdated(self) -> list[ColumnElement[bool]]:
        """Current publications that are older than a change of something that readers see with them."""
        older = [
            and_(Publication.id.in_(found_by(*term)), Publication.rendered_sequence < at)
            for term, at in self.terms.items()
        ]
        for image_id, at in self.images.items():
            shows = select(PublicationFile.publication_id).where(PublicationFile.file_id == image_id)
            older.append(and_(Publication.id.in_(shows), Publication.rendered_sequence < at))
        return [is_current(), or_(*older), not_resting(QUEUE, Publication.item_id)]


def rebuild_changed(unit: UnitOfWork, changes: Sequence[Change]) -> bool:
    """Rebuild up to `BATCH` items; False when more of them wait."""
    shown = Shown.of(changes)
    if not shown.newest:
        return True
    because(unit, Cause(CauseKind.REBUILD, str(shown.newest)))
    return rebuild_outdated(unit, shown.outdated())


def rebuild_outdated(unit: UnitOfWork, outdated: list[ColumnElement[bool]]) -> bool:
    """Rebuild up to `BATCH` of the publications that meet these conditions; False when more of them wait."""
    waiting = unit.session.scalars(select(Publication.item_id).where(*outdated).limit(BATCH + 1)).all()
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
    shown = Shown.of(changes)
    if shown.newest:
        foresee_shown(*shown.outdated(), limit=BATCH)


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


def _concerned(change: Change) -> set[str]:
    """The terms that such a line concerns: a merger, or its end, also lets other filters find what was merged before."""
    is_merger = change.action == Action.AGENCY_UPDATED and not MERGING.isdisjoint(change.fields)
    return with_predecessors(change.resource_id) if is_merger else {change.resource_id}


def found_by(scheme: str, term: str) -> Select[int]:
    """Current publications that are found by this term."""
    return select(PublicationTerm.publication_id).where(
        PublicationTerm.type.in_(log_head().topics), PublicationTerm.scheme == scheme, PublicationTerm.term == term
    )


def _held(
    unit: UnitOfWork, outdated: list[ColumnElement[bool]], item_ids: Sequence[str]
) -> Sequence[tuple[Publication, Item]]:
    """The publications with their items, locked; those that an editor publishes or takes back meanwhile are left out."""
    lock = select(Item.id).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update()
    held = unit.session.scalars(lock).all()
    hold_schedules(unit, held)
    statement = select(Publication, Item).join(Item, Item.id == Publication.item_id).where(*outdated, Item.id.in_(held))
    return [(publication, item) for publication, item in unit.session.execute(statement.order_by(Publication.id))]


def _rebuild(unit: UnitOfWork, publication: Publication, item: Item, rendered: RenderedItem) -> None:
    # A scheduled publication must not show before its moment; after it, it is live, also before the worker has carried it out.
    verb = "scheduled" if is_still_awaited(publication) else "rebuilt"
    change = Edit(unit, ACTOR, item).record(verb, edition=publication.edition)
    rebuild(unit, rendered, change, publication)
