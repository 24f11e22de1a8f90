"""Reposts between agencies ("saling repost"): an agency carries another agency's published item on its own channel.

A live item is public, so every editor may carry it. The owner decides about the content, also its corrections and
withdrawals; the carrying agency decides only about its comment, its placement and how long.
"""

from __future__ import annotations

from cms.agencies.queries import check_agency
from cms.changes.models import Change
from cms.core.db import session, unit_of_work
from cms.core.errors import Conflict, NotFound
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.prepared import foreseen
from cms.core.runtime import runtime
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit
from cms.editorial.items.models import Item
from cms.editorial.moderating import public_words
from cms.editorial.preparing import foresee_shown_item
from cms.editorial.rebuilding import rebuild_live
from cms.editorial.reposts.queries import get_source
from cms.moderation.breaker import check_publishing, check_taking_back
from cms.publishing.models import Repost
from cms.publishing.reposts import add_repost, end_repost, find_repost
from cms.publishing.schedules import hold_schedules
from cms.publishing.visibility import find_awaited_publication, find_live_publication

DUPLICATES = {"pk_reposts": "agency", "uq_reposts_item_id_agency": "agency"}


def repost_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    agency: str,
    *,
    comment: str | None = None,
    place: str | None = None,
) -> Repost:
    """Carry a live item on the channel of `agency` from now on.

    Raises `NotFound`, `Forbidden`, `Invalid` (no such agency, or an ended one; a comment that moderation would hold) and
    `Conflict`: `not_published`, `own_item`, `already_on_channel`, `already_reposted`, `publishing_frozen`, `publishing_paused`.
    """
    words = public_words({"/comment": comment, "/place": place})
    with foreseen(lambda: foresee_shown_item(item_id)), unit_of_work(DUPLICATES) as unit:
        item = get_source(content_type, actor, item_id, lock=True)
        hold_schedules(unit, [item.id])
        _authorize(actor, agency)
        counted = check_publishing(unit, actor, agency)
        _check_carrier(item, agency)
        words.check(actor)
        repost = add_repost(unit, item.id, agency, comment, place)
        _render_again(Edit(unit, actor, item), agency, "reposted", counted)
    return repost


def end_item_repost(content_type: ContentType, actor: Actor, item_id: str, agency: str) -> None:
    """Carry the item no longer, whether it is live or not.

    Raises `NotFound` (also when `agency` does not carry it), `Forbidden`, `Conflict` (`publishing_frozen`, `second_person_needed`).
    """
    with foreseen(lambda: foresee_shown_item(item_id)), unit_of_work() as unit:
        item = get_source(content_type, actor, item_id, lock=True)
        hold_schedules(unit, [item.id])
        _authorize(actor, agency)
        repost = find_repost(unit.session, item.id, agency)
        if repost is None:
            raise NotFound
        counted = check_taking_back(unit, actor, agency)
        end_repost(unit, repost, _render_again(Edit(unit, actor, item), agency, "repost_ended", counted))


def _authorize(actor: Actor, agency: str) -> None:
    target = Target(agency, agency, None, agency == runtime().settings.city_channel)
    authorize(actor, Permission.CONTENT_REPOST, target)


def _check_carrier(item: Item, slug: str) -> None:
    """Raise unless the agency could carry the item now."""
    publication = find_live_publication(session(), item.id)
    if publication is None:
        raise Conflict("not_published")
    if slug == item.agency:
        raise Conflict("own_item")
    # The channel of the publication, not of a newer draft.
    if slug == item.published_channel:
        raise Conflict("already_on_channel", agency=slug)
    if find_repost(session(), item.id, slug) is not None:
        raise Conflict("already_reposted", agency=slug)
    check_agency(slug)


def _render_again(edit: Edit, agency: str, verb: str, counted: str | None) -> Change:
    """Record it, and render the live and the scheduled publication again with the present carriers."""
    unit, item = edit.unit, edit.item
    publication = find_live_publication(unit.session, item.id)
    edition = publication.edition if publication else None
    change = edit.record(verb, agency=agency, edition=edition, counts_as=counted)
    # After its moment a scheduled publication is live, also before the worker has carried it out.
    scheduled = find_awaited_publication(unit.session, item.id)
    for current in {found.id: found for found in (publication, scheduled) if found is not None}.values():
        rebuild_live(unit, current, item, change)
    return change
