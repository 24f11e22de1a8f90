"""Orders, confirms and carries out erasures, and notes when the bytes are gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cms.changes.actions import Action
from cms.changes.facts import Cause, CauseKind, EndingKind, because, note_erased
from cms.changes.log import Numbered, record, when_numbered
from cms.changes.models import Change
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import Conflict
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.runtime import runtime
from cms.editorial.content_types import ContentType, registered_types
from cms.editorial.edit import Edit
from cms.editorial.endings.ending import KINDS
from cms.editorial.items.erased import TITLE, slug_of
from cms.editorial.items.models import Item, ItemSlug
from cms.editorial.items.queries import get_item
from cms.editorial.schedules.catching_up import catch_up
from cms.erasures.extent import Extent, Parts, extent_of, parts_there
from cms.erasures.ledger import Entry, add_to_ledger, carried_out, entry_of, ledger_path
from cms.erasures.models import Erasure, ErasureState
from cms.erasures.policies import OPEN_FOR, check_may_cancel, check_may_confirm
from cms.erasures.queries import find_open, get_erasure, lock_erasure
from cms.erasures.removal import Removal, forget_removed_words, forget_words, remove
from cms.moderation.alarms import raise_alarm
from cms.publishing.items import UPDATE_ITEM
from cms.publishing.models import PublishedItem, Standing
from cms.publishing.positions import move_positions
from cms.publishing.publish import end_item
from cms.publishing.schedules import cancel_schedule


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """What somebody wants to be erased: `parts` null is the whole item. Readers of an item that ends get the reason."""

    reason: str
    legal_basis: str
    parts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with what would go; None once it is decided."""

    erasure: Erasure
    extent: Extent | None


def request_erasure(actor: Actor, content_type: ContentType, item_id: str, wanted: ErasureRequest) -> Ordered:
    """Order an erasure; nothing goes before another person confirms it.

    Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict` (`erasure_waits`: there is such an order; and those of `extent_of`).
    """
    with unit_of_work() as unit:
        item = get_item(content_type, item_id, actor, lock=True)
        authorize(actor, Permission.CONTENT_ERASE, Target(item.agency))
        catch_up(unit, item)
        if (known := find_open(item.id)) is not None:
            raise Conflict("erasure_waits", id=known.id)
        extent, present = extent_of(item, wanted.parts), clock.now()
        erasure = Erasure(
            id=new_id(), type=item.type, item_id=item.id, agency=item.agency, parts=wanted.parts, reason=wanted.reason,
            legal_basis=wanted.legal_basis, state=ErasureState.REQUESTED.value, requested_by_id=actor.id,
            requested_by_label=actor.label, requested_at=present, expires_at=present + OPEN_FOR,
        )  # fmt: skip
        unit.add(erasure)
        record(unit, Action.ERASURE_REQUESTED, erasure.id, actor, agency=item.agency)
        raise_alarm(unit, "erasure_waits", erasure_id=erasure.id, type=item.type, item_id=item.id)
    return Ordered(erasure, extent)


def cancel_erasure(actor: Actor, erasure_id: str) -> Ordered:
    """Cancel an order that waits. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with unit_of_work() as unit:
        get_erasure(actor, erasure_id)
        erasure = lock_erasure(unit, erasure_id)
        check_may_cancel(actor, erasure)
        _decide(erasure, actor, ErasureState.CANCELLED)
        record(unit, Action.ERASURE_CANCELLED, erasure.id, actor, agency=erasure.agency)
    return Ordered(erasure, None)


def confirm_erasure(actor: Actor, erasure_id: str) -> Ordered:
    """Confirm an order as the second person: everything is erased in this transaction but the bytes, which the worker removes.

    Raises `NotFound`, `Forbidden`, `Conflict` (those of `check_may_confirm` and of `extent_of`).
    """
    with unit_of_work() as unit:
        known = get_erasure(actor, erasure_id)
        # The item before the order: whoever orders another one holds the item too.
        item = get_item(registered_types()[known.type], known.item_id, actor, lock=True)
        erasure = lock_erasure(unit, erasure_id)
        check_may_confirm(actor, erasure)
        catch_up(unit, item)
        extent = extent_of(item, erasure.parts)
        _decide(erasure, actor, ErasureState.CONFIRMED)
        erasure.erased = _carry_out(Edit(unit, actor, item), erasure.id, erasure.reason, erasure.parts)
        raise_alarm(unit, "erased", erasure_id=erasure.id, type=item.type, item_id=item.id)
        unit.after_commit(lambda: add_to_ledger(ledger_path(runtime().settings), [entry_of(erasure)]))
    return Ordered(erasure, extent)


def erase_again(actor: Actor, entry: Entry, backup: str) -> bool:
    """Carry out an erasure of the ledger on a restored backup; False when the backup knows of it.

    Parts that were in use when the backup was made cannot go alone: the whole item goes. What had not been published by then is purged.
    """
    with unit_of_work() as unit:
        known = unit.session.get(Erasure, entry.id)
        if known is not None and known.erased is not None:
            return False
        because(unit, Cause(CauseKind.RESTORE, backup))
        unit.session.merge(carried_out(entry))
        item = unit.session.scalar(select(Item).where(Item.id == entry.item).with_for_update(of=Item))
        if item is not None:
            catch_up(unit, item)
            _erase_restored(Edit(unit, actor, item), entry)
            forget_removed_words(unit)
    return True


def finish_erasure(erasure_id: str) -> None:
    """Note that the bytes are gone. It is no change of content, so the log has no line about it."""
    with unit_of_work() as unit:
        erasure = lock_erasure(unit, erasure_id)
        if erasure.state == ErasureState.CONFIRMED.value:
            erasure.state, erasure.finished_at = ErasureState.DONE.value, clock.now()
            forget_removed_words(unit)


def _decide(erasure: Erasure, actor: Actor, state: ErasureState) -> None:
    erasure.state, erasure.decided_at = state.value, clock.now()
    erasure.decided_by_id, erasure.decided_by_label = actor.id, actor.label


def _carry_out(edit: Edit, erasure_id: str, reason: str, parts: Parts | None) -> dict[str, Any]:
    """Erase in this transaction; returns what was erased, by digests."""
    change = _end(edit, reason) if parts is None else edit.record("erased")
    edit.unit.session.flush()
    extent = extent_of(edit.item, parts)
    if extent.is_whole:
        _forget_item(edit)
    remove(Removal(edit.unit, edit.actor, edit.item, extent))
    note_erased(change, erasure_id, extent.publications, extent.digests)
    if not extent.is_whole:
        _tell_readers(edit, change)
    return extent.as_kept()


def _erase_restored(edit: Edit, entry: Entry) -> None:
    item = edit.item
    if item.published_at is None:
        _purge(edit)
        return
    files = [file["id"] for file in entry.erased["files"]]
    parts = None if entry.parts is None else parts_there(item, {"editions": entry.erased["editions"], "files": files})
    if parts is None or any(parts.values()):
        _carry_out(edit, entry.id, entry.reason, parts)


def _purge(edit: Edit) -> None:
    unit, item = edit.unit, edit.item
    change = edit.record("purged")
    forget_words(unit, item.id)
    if item.publish_at is not None:
        cancel_schedule(unit, item.id, item.type, change)
    unit.session.delete(item)


def _end(edit: Edit, reason: str) -> Change:
    """End the item for readers, if they have it; what had vanished stays so, whatever else it was says the reason now."""
    unit, item = edit.unit, edit.item
    before = unit.session.scalar(select(PublishedItem.standing).where(PublishedItem.id == item.id))
    standing = Standing.VANISHED if before == Standing.VANISHED else Standing.GONE
    explanation = None if standing is Standing.VANISHED else reason
    had_schedule, edition = item.publish_at is not None or item.unpublish_at is not None, item.published_edition
    item.forget_schedule()
    item.end(KINDS[standing], explanation)
    item.touch()
    change = edit.record("erased", edition=edition, ending=EndingKind(KINDS[standing]))
    if had_schedule:
        cancel_schedule(unit, item.id, item.type, change)
    end_item(unit, item.id, item.type, standing, change, explanation=explanation)
    return change


def _forget_item(edit: Edit) -> None:
    """Give the item a title and a slug that say nothing."""
    item = edit.item
    item.title, item.slug = TITLE, slug_of(item.id)
    item.erase()
    if edit.unit.session.get(ItemSlug, (item.type, item.agency, item.slug)) is None:
        edit.unit.add(ItemSlug(type=item.type, agency=item.agency, slug=item.slug, item_id=item.id))
    edit.unit.session.flush()


def _tell_readers(edit: Edit, change: Change) -> None:
    """Copies get the item as it is now once more: what they had before it is not to be kept."""
    unit, item = edit.unit, edit.item

    def write(numbered: Numbered) -> None:
        unit.session.connection().execute(UPDATE_ITEM.values(sequence=numbered.sequence), {"published_id": item.id})
        move_positions(unit, item.type, item.agency, {item.published_channel or item.agency}, numbered)

    when_numbered(unit, change, write)
