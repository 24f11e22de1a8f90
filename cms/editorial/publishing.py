"""Publishes an edition inside a unit of work: the part that publishing at once, a schedule and a release share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cms.changes.facts import UpdateKind
from cms.core import clock
from cms.core.errors import InputError, Invalid
from cms.editorial.edit import Edit
from cms.editorial.images.uses import ShownImages, body_text_of, shown_images
from cms.editorial.items.models import Edition, Item
from cms.editorial.items.presenter import render_edition
from cms.editorial.items.queries import get_edition
from cms.editorial.moderating import newly_blocked_links
from cms.editorial.notes import PublicNotes, first_notes, published_notes
from cms.editorial.personal_data.standing import check_personal_data
from cms.moderation.breaker import check_publishing
from cms.publishing.publish import publish
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.rows import Window


@dataclass(frozen=True, slots=True)
class Update:
    """The kind and note of a publication. A major one moves `public_updated_at`; its note joins the public history.

    A major update of an item that was published before needs a note for its readers.
    """

    note: str | None = None
    is_major: bool = True
    is_again: bool = False
    """Readers had this before: nothing becomes public that was not."""

    @classmethod
    def said(cls, note: str | None, update: str | None) -> Update:
        """From a request: `major`, `minor`, or neither, which means major."""
        return cls(note, is_major=update != UpdateKind.MINOR)

    def faults(self, item: Item) -> list[InputError]:
        """A fault when the note is missing."""
        if not self.is_major or self.note or item.published_at is None:
            return []
        return [InputError("pointer", "/change_note", "needed_for_major")]

    @property
    def kind(self) -> UpdateKind:
        """Its kind in the log."""
        return UpdateKind.MAJOR if self.is_major else UpdateKind.MINOR


SILENT = Update(is_major=False, is_again=True)
"""For publishing again what readers had before."""


def check_complete(item: Item, update: Update) -> tuple[Edition, ShownImages]:
    """The newest edition with the images that it shows, checked for everything that readers need.

    Raises `Invalid` (`needed_to_publish`, `blocked_link`, `needed_for_major`), `Conflict("personal_data")`.
    """
    edition = get_edition(item)
    images, blocked = shown_images(edition.content, edition.body_html, hold=True), newly_blocked_links(edition)
    missing = item.content_type.missing(edition.content, body_text_of(edition, images))
    if errors := [*missing, *images.faults(), *blocked, *update.faults(item)]:
        raise Invalid(errors=errors)
    if not update.is_again:
        check_personal_data(item, edition)
    return edition, images


def publish_edition(
    edit: Edit,
    update: Update,
    moment: datetime | None = None,
    *,
    is_approved: bool = False,
) -> Edition:
    """Publish the newest edition of the item. A scheduled end stays scheduled.

    `is_approved`: a second person approved it, so it counts less in a release. Raises `Invalid` as `check_complete`,
    `Conflict("slug_taken")`.
    """
    unit, item = edit.unit, edit.item
    counted = check_publishing(unit, edit.actor, item.agency, is_approved=is_approved)
    edition, images = check_complete(item, update)
    rendered = render_update(item, edition, images, update, moment or clock.now())
    item.go_live(rendered.published_at, update.note)
    item.touch()
    window = window_of(item)
    change = edit.record("published", counts_as=counted, update=update.kind)
    publish(unit, rendered, change, window)
    return edition


def window_of(item: Item) -> Window | None:
    """The window of a publication made now; None without a scheduled end."""
    if item.unpublish_at is None:
        return None
    return Window(
        ends=item.unpublish_at,
        end_explanation=item.scheduled_explanation,
        scheduled_by_id=item.scheduled_by_id,
        scheduled_by_label=item.scheduled_by_label,
    )


def render_update(item: Item, edition: Edition, images: ShownImages, update: Update, moment: datetime) -> RenderedItem:
    """The newest edition as readers get it from `moment` on, with its public notes."""
    notes = _notes(item, edition, update, moment)
    return render_edition(item, edition, item.first_shown_at(moment), moment, notes, images)


def _notes(item: Item, edition: Edition, update: Update, moment: datetime) -> PublicNotes:
    before = published_notes(item.id) if item.published_at is not None else None
    if before is None:
        return first_notes(item.first_shown_at(moment), update.note, edition.content["language"])
    return before.after(moment, update.note, is_major=update.is_major)
