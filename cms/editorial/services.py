"""The writes of every content type: one function each, one unit of work, one line of the change log.

Each takes the `ContentType` first. `expected` are the versions the caller has seen (If-Match). All raise `NotFound` when the
actor may not know of the item, `Forbidden`, `StaleVersion`, and `Conflict` when the state does not allow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import Invalid, invalid_field
from cms.core.ids import new_id
from cms.core.permissions import Actor
from cms.core.versions import Expected
from cms.editorial.content_types import Content, ContentType, merged
from cms.editorial.models import Item, Revision, State
from cms.editorial.policies import Operation
from cms.editorial.presenter import present_edition
from cms.editorial.queries import find_live_update, get_revision
from cms.editorial.saving import first_edition, load_for, move, save_edition, touch
from cms.publishing.models import Standing
from cms.publishing.publish import publish, withdraw

DUPLICATES = {"uq_items_id": "id", "pk_items": "id"}
KEPT_BY_REPLACEMENT = ("slug", "files")


@dataclass(frozen=True, slots=True)
class Edited:
    """An item and its newest edition after a write."""

    item: Item
    revision: Revision


def create_item(content_type: ContentType, actor: Actor, content: Content, item_id: str | None = None) -> Edited:
    """Make a draft. `item_id` is the client's own UUIDv7, else one is made.

    Raises `Invalid` with one entry per faulty field, `Conflict` when the id or a chosen slug is taken.
    """
    with unit_of_work(DUPLICATES) as unit:
        item, revision = first_edition(unit, content_type, actor, content, item_id or new_id())
    return Edited(item, revision)


def update_item(content_type: ContentType, actor: Actor, item_id: str, patch: Content, expected: Expected) -> Edited:
    """Apply a JSON merge patch (RFC 7396) and save the next edition; a published item becomes a draft beside what readers have.

    A patch that changes nothing makes no edition.
    """
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.EDIT, item_id, expected)
        revision = get_revision(item)
        content = content_type.completed(merged(revision.content, patch))
        if content != revision.content:
            revision = save_edition(unit, content_type, item, actor, content)
    return Edited(item, revision)


def replace_item(content_type: ContentType, actor: Actor, item_id: str, content: Content, expected: Expected) -> Edited:
    """Save a whole content as the next edition (PUT): a field that is not given goes back to its default.

    The address and the files stay, unless another slug is given: neither is content that a PUT carries along.
    """
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.EDIT, item_id, expected)
        revision = get_revision(item)
        kept = {name: revision.content[name] for name in KEPT_BY_REPLACEMENT if name in revision.content}
        whole = content_type.completed({**kept, **content})
        if whole != revision.content:
            revision = save_edition(unit, content_type, item, actor, whole)
    return Edited(item, revision)


def delete_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected) -> None:
    """Remove a draft that was never published, with all its editions."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.DELETE, item_id, expected)
        unit.session.delete(item)
        record(unit, content_type.action("deleted"), item.id, actor, agency=item.agency, edition=item.edition)


def submit_item(
    content_type: ContentType, actor: Actor, item_id: str, expected: Expected, comment: str | None = None
) -> Edited:
    """Ask for review."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.SUBMIT, item_id, expected)
        revision = _move(unit, content_type, actor, item, State.IN_REVIEW, "submitted", comment)
    return Edited(item, revision)


def return_item(content_type: ContentType, actor: Actor, item_id: str, expected: Expected, comment: str) -> Edited:
    """Give an item in review back to its authors, saying what is to be done."""
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.RETURN, item_id, expected)
        revision = _move(unit, content_type, actor, item, State.RETURNED, "returned", comment)
    return Edited(item, revision)


def publish_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    expected: Expected,
    *,
    change_note: str | None = None,
    update: str = "major",
    published_at: datetime | None = None,
) -> Edited:
    """Give the newest edition to readers, in place of the one they have.

    A `minor` update keeps the time of the last update that readers see. `published_at` is for the demonstration city and
    benchmarks, which tell of the past; no route passes it. Raises `Invalid` (`needed_to_publish`) when something is missing.
    """
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.PUBLISH, item_id, expected)
        revision = get_revision(item)
        if errors := content_type.missing(revision.content, revision.body_text):
            raise Invalid(errors=errors)
        moment = published_at or clock.now()
        shown_update = find_live_update(item.id) if update == "minor" else None
        item.published_at = item.published_at or moment
        move(item, State.PUBLISHED)
        item.comment = change_note
        item.published_edition, item.published_channel = item.edition, item.channel
        touch(item)
        presented = present_edition(content_type, item, revision, item.published_at, shown_update or moment)
        action = content_type.action("published")
        publish(unit, presented, record(unit, action, item.id, actor, agency=item.agency, edition=item.edition))
    return Edited(item, revision)


def unpublish_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    expected: Expected,
    *,
    standing: Standing,
    explanation: str | None = None,
    alternative: str | None = None,
) -> Edited:
    """Take an item back from readers; a newer draft stays as it is.

    `GONE` needs an explanation, which readers get together with the `alternative` address; `VANISHED` tells them nothing.
    """
    if standing is Standing.GONE and not explanation:
        raise invalid_field("/explanation", "required")
    with unit_of_work() as unit:
        item = load_for(content_type, actor, Operation.UNPUBLISH, item_id, expected)
        _forget_publication(item, explanation)
        change = record(
            unit, content_type.action("unpublished"), item.id, actor, agency=item.agency, edition=item.edition
        )
        told = (explanation, alternative) if standing is Standing.GONE else (None, None)
        withdraw(unit, item.id, standing, *told, change)
        revision = get_revision(item)
    return Edited(item, revision)


def _forget_publication(item: Item, explanation: str | None) -> None:
    if item.state == State.PUBLISHED:
        move(item, State.UNPUBLISHED)
    item.comment = explanation
    item.published_edition = item.published_channel = None
    touch(item)


def _move(
    unit: UnitOfWork, content_type: ContentType, actor: Actor, item: Item, state: State, verb: str, comment: str | None
) -> Revision:
    """A transition that changes only the state."""
    move(item, state)
    item.comment = comment
    touch(item)
    record(unit, content_type.action(verb), item.id, actor, agency=item.agency, edition=item.edition, fields=["state"])
    return get_revision(item)
