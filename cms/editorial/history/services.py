"""Restores an old edition: an edit like any other, with the content of that edition."""

from __future__ import annotations

from cms.core.errors import Conflict, invalid_field
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected
from cms.editorial.content_types import Content, ContentType
from cms.editorial.edit import Edit, Edited
from cms.editorial.editing import editing
from cms.editorial.history.queries import find_edition, get_past_edition
from cms.editorial.items.erased import is_erased
from cms.editorial.items.models import Edition, Item
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_edition, get_item
from cms.editorial.items.slugs import follows_title
from cms.editorial.preparing import foresee_content
from cms.editorial.saving import Save, save_edition


def restore_edition(content_type: ContentType, actor: Actor, item_id: str, expected: Expected, edition: int) -> Edited:
    """Make a new draft with the content of an old edition; readers keep what they have until it is published.

    Raises the same errors as an edit; `Conflict` also for one that was erased (`edition_erased`),
    `Invalid` also for a missing reference or an edition that never existed.
    """

    def foresee() -> None:
        item = get_item(content_type, item_id, actor)
        content = _as_today(content_type, get_past_edition(item, edition))
        foresee_content(content_type, item_id, _with_free_slug(content_type, item, content))

    with foreseen(foresee), editing(content_type, actor, item_id, Operation.EDIT, expected) as edit:
        return _restore_content(edit, edition)


def _restore_content(edit: Edit, number: int) -> Edited:
    """Restore inside a unit of work. Content equal to the newest edition's makes no new edition."""
    item, content_type = edit.item, edit.content_type
    newest, old = get_edition(item), find_edition(item, number)
    if old is None:
        raise invalid_field("/edition", "not_found", what="edition")
    if is_erased(old):
        raise Conflict("edition_erased")
    content = _as_today(content_type, old)
    if content == newest.content:
        return Edited(item, newest)
    content = _with_free_slug(content_type, item, content)
    return save_edition(edit, content, Save(restored_from=number))


def _as_today(content_type: ContentType, old: Edition) -> Content:
    """Give old content the fields that the type has today: adds missing fields, drops removed ones."""
    return content_type.completed({name: old.content.get(name) for name in content_type.defaults})


def _with_free_slug(content_type: ContentType, item: Item, content: Content) -> Content:
    """Before the first publication, make an automatic slug again, because another item may have taken it."""
    is_made = item.published_at is None and follows_title(content["slug"], content["title"], content_type.name)
    return {**content, "slug": None} if is_made else content
