"""Undoes a person's changes of one item since a moment, inside a unit of work.

It decides from the item as it is now, so it can run again: work that was undone is no longer the target's. Old content comes
back as a new edition, and others' work on other items stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import func, select

from cms.changes.facts import EndingKind
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.errors import Conflict, Invalid
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit
from cms.editorial.endings.ending import KINDS
from cms.editorial.items.erased import is_erased, is_erased_item
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.items.presenter import render_edition
from cms.editorial.items.queries import get_edition
from cms.editorial.notes import PublicNotes, published_notes
from cms.editorial.preparing import foresee_body, foresee_content
from cms.editorial.publishing import SILENT, check_complete, publish_edition, window_of
from cms.editorial.saving import Save, save_edition, transition
from cms.editorial.schedules.schedule import drop_schedule
from cms.publishing.models import Publication, Standing
from cms.publishing.publish import end_item, publish_as_withdrawn

PUBLIC: Final = ("published", "unpublished", "withdrawn")
EXPLANATION: Final = "Ditarik oleh redaksi kota. / Taken back by the city's editors."
OUTCOMES: Final = ("restored", "withdrawn", "republished", "reverted", "trashed", "unchanged")
"""The possible outcomes for an item; the first that applies is counted."""
PUT_AWAY: Final = frozenset({State.ARCHIVED, State.TRASHED})


@dataclass(frozen=True, slots=True)
class WorkUndone:
    """The person whose work is undone, and since when."""

    actor_id: str
    since: datetime

    def did(self, line: Change) -> bool:
        """True when this line of the log is the target's work."""
        return line.actor_id == self.actor_id and line.recorded_at >= self.since

    def wrote(self, edition: Edition) -> bool:
        """True when this edition is the target's work."""
        return edition.author_id == self.actor_id and (edition.saved_at or edition.created_at) >= self.since


def undo(edit: Edit, target: WorkUndone) -> str:
    """Undo the target's work on a locked item; returns what was done, one of `OUTCOMES`."""
    item = edit.item
    if is_erased_item(item):
        # Nothing of it is left to bring back, and it must not leave the archive.
        return "unchanged"
    was_scheduled = _drop_schedule(edit, target)
    was_put_away = _bring_back(edit, target)
    editions = _editions(item)
    before = _newest_by_others(editions, target)
    outcome = _undo_publication(edit, target, editions)
    # The draft follows the publication: restoring that one may already have saved the good content.
    if before is not None:
        if _revert(edit, target, before, is_restored=outcome is not None):
            outcome = outcome or "reverted"
    elif item.published_at is None and item.state != State.TRASHED:
        # Only the target wrote it and readers never had it.
        _free(edit)
        item.put_away(State.TRASHED)
        transition(edit, State.TRASHED, "trashed", item.comment)
        outcome = "trashed"
    if item.approved_by_id == target.actor_id and item.approved_at is not None and item.approved_at >= target.since:
        _take_back_approval(edit)
        outcome = outcome or "reverted"
    return outcome or ("reverted" if was_scheduled or was_put_away else "unchanged")


def _revert(edit: Edit, target: WorkUndone, before: Edition, *, is_restored: bool) -> bool:
    """Save the newest content that is not the target's as a new edition, for example a colleague's unpublished draft."""
    newest = get_edition(edit.item)
    is_lost = is_restored and before.number > (newest.restored_from or newest.number)
    if before.content == newest.content or not (is_lost or target.wrote(newest)):
        return False
    put_away = State(edit.item.state) if edit.item.state in PUT_AWAY else None
    _save_again(edit, before)
    if put_away is not None:
        # A colleague archived or trashed it, so it stays there; restored later, it must not have the target's content.
        edit.item.put_away(put_away)
    return True


def foresee_undoing(content_type: ContentType, item: Item, target: WorkUndone) -> None:
    """Prepare what `undo` needs: the contents that it may save and publish again."""
    if is_erased_item(item):
        return
    editions = _editions(item)
    good = _last_good(_public_lines(content_type, item), target, editions)
    numbers = {before.number for before in (_newest_by_others(editions, target),) if before is not None}
    numbers |= {good.edition} if good is not None and good.edition is not None else set()
    numbers -= _erased_among(item)
    for number in sorted(numbers):
        edition = get_edition(item, number)
        foresee_content(content_type, item.id, edition.content)
        foresee_body(edition.body_html, edition.body_seal)


def _editions(item: Item) -> Sequence[Edition]:
    """All editions that were neither discarded nor erased, the newest first."""
    statement = select(Edition).where(Edition.item_id == item.id, Edition.discarded_at.is_(None))
    found = session.scalars(statement.order_by(Edition.number.desc())).all()
    return [edition for edition in found if not is_erased(edition)]


def _erased_among(item: Item) -> set[int]:
    """The numbers of editions that were erased."""
    found = session.scalars(select(Edition).where(Edition.item_id == item.id)).all()
    return {edition.number for edition in found if is_erased(edition)}


def _newest_by_others(editions: Sequence[Edition], target: WorkUndone) -> Edition | None:
    return next((edition for edition in editions if not target.wrote(edition)), None)


def _last_good(lines: Sequence[Change], target: WorkUndone, editions: Sequence[Edition]) -> Change | None:
    """The last line that neither the target made nor published a text of the target."""
    written = {edition.number for edition in editions if target.wrote(edition)}
    return next((line for line in lines if not _is_bad(line, target, written)), None)


def _is_bad(line: Change, target: WorkUndone, written: Collection[int]) -> bool:
    return target.did(line) or (line.action.endswith(".published") and line.edition in written)


def _undo_publication(edit: Edit, target: WorkUndone, editions: Sequence[Edition]) -> str | None:
    """Restore for readers what they had before the target's changes, or nothing if they had nothing."""
    lines = _public_lines(edit.content_type, edit.item)
    good = _last_good(lines, target, editions)
    if not lines or lines[0] is good:
        return None
    is_there = good is not None and good.edition not in _erased_among(edit.item)
    if is_there and good is not None and not good.action.endswith(".unpublished") and good.edition is not None:
        try:
            with edit.unit.session.begin_nested():
                return _publish_again(edit, good.edition, _notice_of(edit.unit, good))
        except (Invalid, Conflict):
            # A thing that it refers to is gone. Readers must not keep the target's text, so the item is taken back.
            edit.unit.session.refresh(edit.item)
    if edit.item.published_edition is None:
        return None
    _take_back(edit, Standing.VANISHED if good is None else Standing.GONE)
    return "withdrawn"


def _public_lines(content_type: ContentType, item: Item) -> Sequence[Change]:
    """The lines of the log that changed the item for readers, the newest first."""
    actions = [f"{content_type.name}.{verb}" for verb in PUBLIC]
    statement = select(Change).where(Change.resource_id == item.id, Change.action.in_(actions))
    return session.scalars(statement.order_by(Change.sequence.desc())).all()


def _notice_of(unit: UnitOfWork, line: Change) -> Mapping[str, Any] | None:
    """The notice with which readers had the item after this line; None when it was simply live."""
    if not line.action.endswith(".withdrawn"):
        return None
    written = (Publication.item_id == line.resource_id, Publication.sequence == line.sequence)
    full = unit.session.scalar(select(Publication.full_json).where(*written))
    return None if full is None else PublicNotes.of(orjson.loads(full)).withdrawn


def _publish_again(
    edit: Edit,
    edition: int,
    notice: Mapping[str, Any] | None,
) -> str:
    was_live = edit.item.published_edition is not None
    old = get_edition(edit.item, edition)
    _free(edit)
    if get_edition(edit.item).content != old.content:
        _save_again(edit, old)
    if notice is None:
        publish_edition(edit, SILENT)
    else:
        _show_withdrawn(edit, notice)
    edit.unit.session.flush()
    return "restored" if was_live else "republished"


def _show_withdrawn(edit: Edit, notice: Mapping[str, Any]) -> None:
    """Publish the newest edition with this notice, unchanged and with its old date."""
    (edition, images), moment = check_complete(edit.item, SILENT), clock.now()
    notes = replace(published_notes(edit.item.id) or PublicNotes(moment), withdrawn=notice)
    rendered = render_edition(edit.item, edition, edit.item.first_shown_at(moment), moment, notes, images)
    window = window_of(edit.item)
    edit.item.go_live(moment, None)
    edit.item.withdraw(KINDS[Standing.WITHDRAWN], notice["explanation"])
    edit.item.touch()
    change = edit.record("withdrawn", ending=EndingKind.WITHDRAWN)
    publish_as_withdrawn(
        edit.unit, rendered, change, notice["explanation"], datetime.fromisoformat(notice["at"]), window
    )


def _take_back(edit: Edit, standing: Standing) -> None:
    _free(edit, also_from_end=True)
    edition = edit.item.published_edition or edit.item.edition
    explanation = None if standing is Standing.VANISHED else EXPLANATION
    edit.item.end(KINDS[standing], explanation)
    edit.item.touch()
    change = edit.record("unpublished", edition=edition, ending=EndingKind(KINDS[standing]))
    end_item(edit.unit, edit.item.id, edit.item.type, standing, change, explanation=explanation)


def _free(edit: Edit, *, also_from_end: bool = False) -> None:
    """Make an item editable: drop a colleague's schedule, which pins an edition, and bring it back from the archive or the trash.

    A scheduled end stays for the restored publication; it is dropped only when the item is taken back.
    """
    if edit.item.publish_at is not None or (also_from_end and edit.item.unpublish_at is not None):
        drop_schedule(edit)
    if edit.item.state in PUT_AWAY:
        edit.item.bring_back()


def _save_again(edit: Edit, old: Edition) -> None:
    """Put an old content on top as a new edition, in whatever state the item is."""
    _free(edit)
    save_edition(edit, dict(old.content), Save(restored_from=old.number))


def _drop_schedule(edit: Edit, target: WorkUndone) -> bool:
    """Drop the target's own schedule, and a colleague's schedule that would publish a text of the target."""
    has_schedule = edit.item.publish_at is not None or edit.item.unpublish_at is not None
    is_own = has_schedule and edit.item.scheduled_by_id == target.actor_id
    if not is_own and (edit.item.publish_at is None or not target.wrote(get_edition(edit.item))):
        return False
    drop_schedule(edit)
    return True


def _bring_back(edit: Edit, target: WorkUndone) -> bool:
    """Bring the item back if the target archived or trashed it."""
    if edit.item.state not in PUT_AWAY:
        return False
    actions = [f"{edit.content_type.name}.{verb}" for verb in ("archived", "trashed")]
    last = select(func.max(Change.sequence)).where(Change.resource_id == edit.item.id, Change.action.in_(actions))
    line = edit.unit.session.scalar(select(Change).where(Change.sequence == last.scalar_subquery()))
    if line is None or not target.did(line):
        return False
    edit.item.bring_back()
    transition(edit, State(edit.item.state), "restored", edit.item.comment)
    return True


def _take_back_approval(edit: Edit) -> None:
    edit.item.void_approval()
    if edit.item.state == State.APPROVED:
        transition(edit, State.IN_REVIEW, "submitted", edit.item.comment)
