"""Approving and discarding: the writes of review that decide about an edition. Submitting and returning: `cms.editorial.items.services`."""

from __future__ import annotations

from sqlalchemy import update

from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.errors import Invalid
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.runtime import runtime
from cms.core.versions import Expected
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edited
from cms.editorial.editing import editing
from cms.editorial.images.uses import body_text_of, note_images
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.items.policies import Operation, check_state, role_of_approval
from cms.editorial.items.queries import get_edition, get_item, get_last_published, writers_of
from cms.editorial.moderating import hold, record_hold
from cms.editorial.prepared_content import PreparedContent, prepared_edition
from cms.editorial.saving import show_in_lists, transition


def approve_item(
    content_type: ContentType, actor: Actor, item_id: str, expected: Expected, comment: str | None = None
) -> Edited:
    """Approve the edition in review; the approval is for that edition alone, a later save voids it.

    Raises `Invalid` for what publishing would refuse (`needed_to_publish`, `alt_needed`), `Conflict` (`wrong_state`; `approval_not_yours` when the actor's approval would not count: the actor wrote
    some of it where four eyes are needed, or a central editor must approve).
    """

    def foresee() -> None:
        prepared_edition(content_type, get_edition(get_item(content_type, item_id, actor)))

    with foreseen(foresee), editing(content_type, actor, item_id, Operation.APPROVE, expected) as edit:
        item = edit.item
        prepared = prepared_edition(content_type, get_edition(item))
        _note_vouchers(item, prepared)
        check_state(actor, Operation.APPROVE, item, runtime().settings.city_channel)
        _check_publishable(item, prepared)
        item.approve(actor, role_of_approval(actor, item, runtime().settings.city_channel))
        edition = transition(edit, State.APPROVED, "approved", comment)
    return Edited(item, edition)


def _check_publishable(item: Item, prepared: PreparedContent) -> None:
    """Refuse what publishing would refuse: once it is approved, its author can no longer mend it."""
    edition, images = get_edition(item), prepared.images
    missing = item.content_type.missing(prepared.content, body_text_of(edition, images))
    if errors := [*missing, *images.faults()]:
        raise Invalid(errors=errors)


def _note_vouchers(item: Item, prepared: PreparedContent) -> None:
    """Note people who allowed a linked domain since the edition was saved: they no longer count as a second person."""
    found = prepared.assessed()
    item.vouched_by = sorted({*item.vouched_by, *(each.person for each in found.vouched)})


def discard_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> Edited:
    """Drop the editions since the last publication: the item returns to its last published edition.

    They stay in the history, marked as discarded; their numbers are not used again. Nothing changes for readers.
    Raises `Conflict` when the item was never published: such a draft goes to the trash instead.
    """

    def foresee() -> None:
        item = get_item(content_type, item_id, actor)
        if item.published_at is not None:
            prepared_edition(content_type, _last_published(item))

    with foreseen(foresee), editing(content_type, actor, item_id, Operation.DISCARD, expected) as edit:
        item = edit.item
        edition = _last_published(item)
        _discard_after(edit.unit, item, edition)
        item.return_to_edition(edition.number, writers_of(item, edition.number))
        show_in_lists(item, edition.content)
        prepared = prepared_edition(content_type, edition)
        note_images(edit.unit, item.id, prepared.images)
        # Assessed again: the link lists may have changed since it was published.
        reasons = hold(edit, prepared.assessed())
        item.touch()
        record_hold(edit, reasons)
        edit.record("discarded", ["state"])
    return Edited(item, edition)


def _last_published(item: Item) -> Edition:
    return get_edition(item, item.published_edition or get_last_published(item.id))


def _discard_after(unit: UnitOfWork, item: Item, kept: Edition) -> None:
    unit.session.execute(
        update(Edition)
        .where(Edition.item_id == item.id, Edition.number > kept.number, Edition.discarded_at.is_(None))
        .values(discarded_at=clock.now())
        .execution_options(synchronize_session=False)
    )
