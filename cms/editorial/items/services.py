"""The writes of every content type: one function each, one unit of work, one line of the change log.

Each takes the `ContentType` first. `expected` are the versions the caller has seen (If-Match). All raise `NotFound` when the
actor may not see the item, `Forbidden`, `StaleVersion`, and `Conflict` when the state does not allow it.
"""

from __future__ import annotations

from datetime import datetime

from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected
from cms.editorial.content_types import Content, ContentType, merged, replaced
from cms.editorial.edit import Edit, Edited
from cms.editorial.editing import editing
from cms.editorial.importing import Imported, as_import, note_import
from cms.editorial.items.models import State
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_edition
from cms.editorial.moderating import public_words
from cms.editorial.preparing import foresee_change, foresee_content, foresee_publications
from cms.editorial.publishing import Update, publish_edition
from cms.editorial.saving import Save, first_edition, save_edition, transition


def create_item(
    content_type: ContentType,
    actor: Actor,
    content: Content,
    item_id: str | None = None,
    imported: Imported | None = None,
) -> Edited:
    """Make a draft. `item_id` is the client's own UUIDv7, else one is made.

    Raises `Invalid` with one entry per faulty field, `Conflict` when the id or a chosen slug is taken.
    """
    new = item_id or new_id()
    with foreseen(lambda: foresee_content(content_type, new, content)), unit_of_work() as unit:
        as_import(unit, imported)
        edited = first_edition(unit, content_type, actor, content, new, is_chosen=item_id is not None)
        note_import(Edit(unit, actor, edited.item), imported, is_new=True)
    return edited


def update_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    patch: Content,
    expected: Expected,
    *,
    is_autosave: bool = False,
) -> Edited:
    """Apply a JSON merge patch (RFC 7396) and save the next edition; a published item then has a draft beside the published edition.

    A patch that changes nothing makes no edition. Autosaves of one sitting stay one edition (`cms.editorial.history.autosaves`).
    """

    def foresee() -> None:
        foresee_change(content_type, actor, item_id, lambda stored: merged(stored, patch))

    with foreseen(foresee), editing(content_type, actor, item_id, Operation.EDIT, expected) as edit:
        edited = Edited(edit.item, get_edition(edit.item))
        content = content_type.completed(merged(edited.edition.content, patch))
        if content != edited.edition.content:
            edited = save_edition(edit, content, Save(is_autosave=is_autosave))
    return edited


def replace_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    content: Content,
    expected: Expected,
    imported: Imported | None = None,
) -> Edited:
    """Save a whole content as the next edition (PUT): a field that is not given goes back to its default.

    The slug, the files and what was imported stay unless the PUT gives others: they are not part of what a client must send along.
    """

    def foresee() -> None:
        foresee_change(content_type, actor, item_id, lambda stored: replaced(stored, content))

    with foreseen(foresee), editing(content_type, actor, item_id, Operation.EDIT, expected) as edit:
        as_import(edit.unit, imported)
        edited = Edited(edit.item, get_edition(edit.item))
        whole = content_type.completed(replaced(edited.edition.content, content))
        if whole != edited.edition.content:
            edited = save_edition(edit, whole)
        note_import(edit, imported)
    return edited


def submit_item(
    content_type: ContentType, actor: Actor, item_id: str, expected: Expected, comment: str | None = None
) -> Edited:
    """Ask for review."""
    with editing(content_type, actor, item_id, Operation.SUBMIT, expected) as edit:
        item = edit.item
        edition = transition(edit, State.IN_REVIEW, "submitted", comment)
    return Edited(item, edition)


def return_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected, comment: str) -> Edited:
    """Return an item in review, or an approved one, to its authors, with a comment on what to change. Voids the approval."""
    with editing(content_type, actor, item_id, Operation.RETURN, expected) as edit:
        item = edit.item
        item.void_approval()
        edition = transition(edit, State.RETURNED, "returned", comment)
    return Edited(item, edition)


def publish_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    expected: Expected,
    *,
    change_note: str | None = None,
    update: str | None = None,
    published_at: datetime | None = None,
) -> Edited:
    """Publish the newest edition, in place of the present one.

    A `major` update moves `public_updated_at` and adds its note to the public history. `published_at` is for the
    demonstration city and benchmarks, which publish in the past; no route passes it. Raises `Invalid` when something is missing.
    """
    said, words = Update.said(change_note, update), public_words({"/change_note": change_note})
    with (
        foreseen(lambda: foresee_publications(item_id)),
        editing(content_type, actor, item_id, Operation.PUBLISH, expected) as edit,
    ):
        words.check(actor)
        edition = publish_edition(edit, said, published_at)
    return Edited(edit.item, edition)
