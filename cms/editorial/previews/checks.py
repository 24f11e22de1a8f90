"""Checks on every use of a preview link: is its maker still entitled to it, and may its text be shown?"""

from __future__ import annotations

from cms.accounts.queries import find_active_actor
from cms.core.runtime import runtime
from cms.editorial.content_types import ContentType
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.items.policies import OPERATION_RULES, Operation, can_operate
from cms.editorial.prepared_content import prepared_edition
from cms.editorial.previews.models import Preview


def is_backed(preview: Preview, item: Item) -> bool:
    """True while the person who made the link could make it again."""
    if State(item.state) not in OPERATION_RULES[Operation.PREVIEW].states:
        return False
    creator = find_active_actor(preview.created_by_id)
    if creator is None or creator[1] != preview.token_version:
        return False
    return can_operate(creator[0], Operation.PREVIEW, item, runtime().settings.city_channel)


def is_closed(content_type: ContentType, item: Item, edition: Edition) -> bool:
    """True while this edition waits for a second person: an address of the city must not show text that no one else has checked."""
    if not is_judged_again(item, edition):
        is_approved = item.is_approved and item.approved_by_id not in item.all_writers
        return edition.number != item.published_edition and not is_approved and bool(item.hold)
    found = prepared_edition(content_type, edition).assessed()
    return bool(found.with_writers({str(edition.author_id)}).reasons)


def is_judged_again(item: Item, edition: Edition) -> bool:
    """True for an older, unpublished edition, which must be assessed again: the item stores the result only for its newest one."""
    return edition.number not in (item.edition, item.published_edition)
