"""Writes an edition inside a unit of work: the part that all services that change content share, also uploads of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from cms.agencies.queries import agency_fault
from cms.core import clock
from cms.core.database_errors import violated_unique_constraint
from cms.core.db import UnitOfWork, session
from cms.core.errors import Conflict, InputError, Invalid, invalid_field
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.runtime import runtime
from cms.core.sealed_html import seal_of
from cms.editorial.content_types import Content, ContentType, changed_fields
from cms.editorial.edit import Edit, Edited
from cms.editorial.history.autosaves import continues_sitting
from cms.editorial.images.uses import images_in, note_images
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.items.policies import STATE_AFTER_EDIT
from cms.editorial.items.queries import get_edition, writers_of
from cms.editorial.items.slugs import base_slug, claim_free_slug, claim_slug, follows_title, release_slug
from cms.editorial.moderating import hold, link_faults, record_hold
from cms.editorial.prepared_content import PreparedContent, prepare_content
from cms.moderation.assessing import Assessment


@dataclass(frozen=True, slots=True)
class Save:
    """The kind of save: an autosave, the restoring of an old edition, or an ordinary one."""

    is_autosave: bool = False
    restored_from: int | None = None

    @property
    def verb(self) -> str:
        """Its verb in the log."""
        return "updated" if self.restored_from is None else "restored"


ORDINARY = Save()
ITEM_IDS = frozenset({"pk_items", "uq_items_id"})
"""What the two databases call the primary key of items."""


def transition(edit: Edit, state: State, verb: str, comment: str | None) -> Edition:
    """Move the item into another state and record it; nothing else of it changes."""
    item = edit.item
    item.move(state)
    item.say(comment)
    item.touch()
    edit.record(verb, ["state"])
    return get_edition(item)


def first_edition(
    unit: UnitOfWork, content_type: ContentType, actor: Actor, given: Content, item_id: str, *, is_chosen: bool
) -> Edited:
    """Make a new item with its first edition. `is_chosen`: the id is the client's, who may have made the item before.

    Raises `Forbidden`, `Invalid`, `Conflict` (id or slug taken).
    """
    content = content_type.completed(given)
    _authorize_owner(actor, content)
    if is_chosen and unit.session.get(Item, item_id) is not None:
        raise Conflict("already_exists")
    prepared, assessment = _checked(content_type, item_id, content, None, {})
    _claim_for_new(unit, content_type, content, item_id)
    item = _draft(content_type, actor, content, item_id)
    show_in_lists(item, content)
    fields = changed_fields(dict(content_type.defaults), content)
    edition = _edition(item, actor, prepared, fields)
    edit = Edit(unit, actor, item)
    reasons = hold(edit, assessment)
    _insert(unit, item)
    unit.add(edition)
    note_images(unit, item.id, prepared.images, {})
    edit.record("created", fields)
    record_hold(edit, reasons)
    return Edited(item, edition, prepared.images)


def save_edition(edit: Edit, content: Content, save: Save = ORDINARY) -> Edited:
    """Save `content` as the next edition of the item, and record it. Readers keep what they have.

    An autosave within a sitting updates the newest edition instead. `content` is whole (the newest edition's content,
    changed). Raises `Forbidden` when the actor could not have created the changed item (R-Z1), `Invalid`,
    `Conflict("slug_taken")`.
    """
    unit, actor, item, content_type = edit.unit, edit.actor, edit.item, edit.content_type
    before = get_edition(item)
    shown_before = images_in(before.content, before.body_html)
    content = content_type.completed(content)
    fields = changed_fields(before.content, content)
    _check_owner(actor, item, before.content, content)
    prepared, assessment = _checked(content_type, item.id, content, before, shown_before)
    _claim_for_change(unit, content_type, item, before.content, content)
    is_continued = save.is_autosave and continues_sitting(before, item, actor)
    if not is_continued:
        item.begin_edition(actor, STATE_AFTER_EDIT[item.state])
    if save.restored_from is not None:
        # The writers of the restored text count as well, so they cannot approve it.
        item.add_writers(writers_of(item, save.restored_from))
    item.touch()
    show_in_lists(item, content)
    edition = before if is_continued else _edition(item, actor, prepared, fields, save)
    if is_continued:
        _rewrite(edition, item, prepared, fields)
    unit.add(edition)
    note_images(unit, item.id, prepared.images, shown_before)
    edit.record(save.verb, fields)
    record_hold(edit, hold(edit, assessment))
    return Edited(item, edition, prepared.images)


def _draft(content_type: ContentType, actor: Actor, content: Content, item_id: str) -> Item:
    """A new item, written by this person now."""
    moment = clock.now()
    return Item(
        id=item_id, type=content_type.name, agency=content["agency"], state=State.DRAFT.value, version=1, edition=1,
        author_id=actor.id, author_label=actor.label, created_at=moment, updated_at=moment, state_since=moment,
        last_edition=1, writers=[actor.id] if actor.id else [], hold=[], hold_version=None,
    )  # fmt: skip


def _insert(unit: UnitOfWork, item: Item) -> None:
    """Write the row. Raises `Conflict("already_exists")` when another request has written it since we looked."""
    unit.add(item)
    try:
        unit.session.flush()
    except IntegrityError as error:
        if violated_unique_constraint(error) in ITEM_IDS:
            raise Conflict("already_exists") from None
        raise


def _authorize_owner(actor: Actor, content: Content) -> None:
    city_channel = runtime().settings.city_channel
    target = Target(content["agency"], content["channel"], actor.id, content["channel"] == city_channel)
    authorize(actor, Permission.CONTENT_CREATE, target)


def _check_owner(actor: Actor, item: Item, before: Content, content: Content) -> None:
    """The owner may change only until the first publication, and only to an agency the actor could have written for."""
    if content["agency"] == item.agency:
        return
    if item.published_at is not None:
        raise invalid_field("/agency", "fixed_once_published")
    if content["channel"] == before["channel"] == item.agency:
        # The item was on its owner's channel: it moves along with the owner.
        content["channel"] = content["agency"]
    _authorize_owner(actor, content)


def _checked(
    content_type: ContentType, item_id: str, content: Content, before: Edition | None, known: Mapping[str, str]
) -> tuple[PreparedContent, Assessment]:
    """The processed content and its assessment. Raises `Invalid` with all faults at once; `known` are the earlier images."""
    previous = before.content if before else None
    prepared = prepare_content(content_type, item_id, content, before, known_images=known)
    assessment = prepared.assessed()
    errors = [
        *_channel_faults(content, previous),
        *content_type.check(item_id, content, previous),
        *prepared.images.missing(known),
        *prepared.body.faults,
        *link_faults(assessment),
    ]
    if errors:
        raise Invalid(errors=errors)
    return prepared, assessment


def _channel_faults(content: Content, previous: Content | None) -> list[InputError]:
    errors = []
    if previous is None or previous["agency"] != content["agency"]:
        fault = agency_fault(content["agency"])
        errors += [fault] if fault else []
    if content["channel"] not in {content["agency"], runtime().settings.city_channel}:
        errors.append(InputError("pointer", "/channel", "must_be_owner_or_city"))
    return errors


def _claim_for_new(unit: UnitOfWork, content_type: ContentType, content: Content, item_id: str) -> None:
    if content["slug"] is None:
        base = base_slug(content["title"], content_type.name)
        content["slug"] = claim_free_slug(unit, content_type.name, content["agency"], item_id, base)
    else:
        claim_slug(unit, content_type.name, content["agency"], item_id, content["slug"])


def _claim_for_change(
    unit: UnitOfWork, content_type: ContentType, item: Item, before: Content, content: Content
) -> None:
    """Keep the address unless it was changed on purpose; before the first publication an automatic slug follows the title."""
    moved = content["agency"] != item.agency
    is_made = item.published_at is None and follows_title(item.slug, before["title"], content_type.name)
    if content["slug"] is None or (content["slug"] == item.slug and is_made):
        wanted = base_slug(content["title"], content_type.name)
        if is_made and not moved and follows_title(item.slug, content["title"], content_type.name):
            # The title still gives this slug: keep it, with its number.
            content["slug"] = item.slug
            return
        release_slug(unit, item)
        content["slug"] = claim_free_slug(unit, content_type.name, content["agency"], item.id, wanted)
    elif moved or content["slug"] != item.slug:
        release_slug(unit, item)
        claim_slug(unit, content_type.name, content["agency"], item.id, content["slug"])


def show_in_lists(item: Item, content: Content) -> None:
    """Copy to the item what lists show and filter by. After a change of agency or category, its review rules are read again."""
    before = item.agency, item.category
    item.agency, item.channel = content["agency"], content["channel"]
    item.slug, item.title = content["slug"], content["title"]
    item.kind, item.category = content[item.content_type.label], content.get("category")
    if (item.agency, item.category) != before and inspect(item).persistent:
        session.expire(item, ["reviewed_by", "needs_four_eyes"])


def _edition(item: Item, actor: Actor, prepared: PreparedContent, fields: list[str], save: Save = ORDINARY) -> Edition:
    return Edition(
        item_id=item.id, number=item.edition, content=prepared.content, body_html=prepared.body.html, body_text=prepared.body.text,
        body_seal=seal_of(prepared.body.html), removed_markup=dict(prepared.body.removed),
        personal_data=[each.as_json() for each in prepared.personal_data],
        author_id=actor.id, author_label=actor.label, created_at=item.updated_at, changed_fields=fields,
        is_autosave=save.is_autosave, restored_from=save.restored_from, saved_version=item.version,
    )  # fmt: skip


def _rewrite(edition: Edition, item: Item, prepared: PreparedContent, fields: list[str]) -> None:
    """Update the edition with a further autosave of the sitting."""
    edition.content, edition.body_html, edition.body_text = prepared.content, prepared.body.html, prepared.body.text
    edition.removed_markup = dict(prepared.body.removed)
    edition.personal_data = [each.as_json() for each in prepared.personal_data]
    edition.body_seal = seal_of(prepared.body.html)
    edition.changed_fields = sorted({*(edition.changed_fields or ()), *fields})
    edition.saved_at, edition.saved_version = item.updated_at, item.version
