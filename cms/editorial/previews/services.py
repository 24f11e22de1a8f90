"""Preview links: they show one unpublished item to a person without an account.

The link is signed (see the decision on preview links): a made-up one is refused before the database is asked, and no table
holds anything that opens a preview. Every use checks the row: a link ends when it is revoked, expired or used up, when the
item goes to the trash, and when its maker is suspended, has a new password or loses the right to edit the item (R-A3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from cms.accounts.queries import find_active_actor
from cms.agencies.address_templates import SERIAL, with_serial
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.errors import Forbidden, Gone, NotFound, invalid_field
from cms.core.ids import new_id
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.runtime import runtime
from cms.editorial.attribution import Addressed, page_of_server, site_page
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit
from cms.editorial.history.autosaves import seal
from cms.editorial.history.queries import find_edition
from cms.editorial.items.models import Item
from cms.editorial.items.policies import OPERATION_RULES, Operation, authorize_operation, check_state
from cms.editorial.items.presenter import render_edition
from cms.editorial.items.queries import get_edition, get_item, get_owner
from cms.editorial.prepared_content import prepared_edition
from cms.editorial.preparing import foresee_body
from cms.editorial.previews.checks import is_backed, is_closed, is_judged_again
from cms.editorial.previews.links import preview_of
from cms.editorial.previews.models import Preview
from cms.editorial.previews.pictures import with_open_pictures
from cms.editorial.previews.policies import is_in_force
from cms.editorial.previews.queries import find_serial, get_preview
from cms.publishing.rendered_items import RenderedItem
from cms.publishing.serials import numbered


@dataclass(frozen=True, slots=True)
class MadePreview:
    """A new link, and the page of the owner's website that opens it: None without a template for addresses."""

    preview: Preview
    page: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition as its readers would get it, and the link that it was shown through."""

    rendered: RenderedItem
    item: Item
    preview: Preview


def create_preview(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    *,
    expires_in: int,
    edition: int | None = None,
    most_uses: int | None = None,
) -> MadePreview:
    """Make a link to an edition, or with `edition` null to the newest one at each time; `expires_in` is in seconds.

    Raises `NotFound`, `Forbidden`, `Conflict` (the item is in the trash), `Invalid` for an edition that does not exist.
    """
    with unit_of_work() as unit:
        item = _loaded(content_type, actor, item_id)
        check_state(actor, Operation.PREVIEW, item, runtime().settings.city_channel)
        _pin(item, edition)
        creator = find_active_actor(str(actor.id))
        if creator is None:
            raise Forbidden(permission=OPERATION_RULES[Operation.PREVIEW].permission.value)
        moment = clock.now()
        preview = Preview(
            id=new_id(), item_id=item.id, edition=edition, created_by_id=actor.id, created_by_label=actor.label,
            token_version=creator[1], created_at=moment, expires_at=moment + timedelta(seconds=expires_in),
            most_uses=most_uses, uses=0,
        )  # fmt: skip
        unit.add(preview)
        Edit(unit, actor, item).record("preview_created", edition=preview.edition)
        page = _page_of(item, edition)
    return MadePreview(preview, page)


def _page_of(item: Item, number: int | None) -> str | None:
    """The page that the edition would have on its owner's website. None where the address needs the number of an item that readers
    never had.
    """
    content = get_edition(item, number).content
    page = site_page(get_owner(item), Addressed(item.type, item.id, content, item.first_shown_at(clock.now())))
    if page is None or SERIAL not in page:
        return page
    serial = find_serial(item.id)
    return None if serial is None else with_serial(page, serial)


def revoke_preview(content_type: ContentType, actor: Actor, item_id: str, preview_id: str) -> None:
    """End a link; ending it again changes nothing. Raises `NotFound`, `Forbidden`."""
    with unit_of_work() as unit:
        item = _loaded(content_type, actor, item_id)
        preview = get_preview(item, preview_id)
        if preview.revoked_at is None:
            preview.revoked_at, preview.revoked_by_label = clock.now(), actor.label
            Edit(unit, actor, item).record("preview_revoked", edition=preview.edition)


def use_preview(content_type: ContentType, token: str, *, is_counted: bool = True) -> Shown:
    """The edition behind a link, counted as one use unless the caller gets no content.

    Raises `NotFound` for an unknown link, `Gone` for one that has ended, `Forbidden` while moderation holds its text.
    """
    preview_id = preview_of(token)
    with foreseen(lambda: _foresee_use(content_type, preview_id)), unit_of_work() as unit:
        preview = unit.session.get(Preview, preview_id, with_for_update=True, populate_existing=True)
        item = None if preview is None else unit.session.get(Item, preview.item_id)
        if preview is None or item is None or item.type != content_type.name:
            raise NotFound
        # The maker's rights are checked on every use, not only when the link was made.
        if not is_in_force(preview) or not is_backed(preview, item):
            raise Gone("preview_ended")
        edition = get_edition(item, preview.edition)
        if is_closed(content_type, item, edition):
            raise Forbidden("preview_closed")
        if is_counted:
            preview.uses += 1
            preview.last_used_at = clock.now()
        saved_at = edition.saved_at or edition.created_at
        rendered = render_edition(item, edition, item.first_shown_at(saved_at), saved_at)
        rendered = numbered(rendered, find_serial(item.id), page_of_server(item.id))
    if rendered.edition != item.published_edition:
        rendered = replace(rendered, full=with_open_pictures(rendered.full, preview))
    return Shown(rendered, item, preview)


def _foresee_use(content_type: ContentType, preview_id: str) -> None:
    preview = session.get(Preview, preview_id)
    item = None if preview is None else session.get(Item, preview.item_id)
    if preview is not None and item is not None:
        edition = get_edition(item, preview.edition)
        foresee_body(edition.body_html, edition.body_seal)
        if is_judged_again(item, edition):
            prepared_edition(content_type, edition)


def _loaded(content_type: ContentType, actor: Actor, item_id: str) -> Item:
    item = get_item(content_type, item_id, actor, lock=True)
    authorize_operation(actor, Operation.PREVIEW, item, runtime().settings.city_channel)
    return item


def _pin(item: Item, number: int | None) -> None:
    """Make sure that the edition of a link no longer changes."""
    if number is None:
        return
    edition = find_edition(item, number)
    if edition is None:
        raise invalid_field("/edition", "not_found", what="edition")
    seal(edition)
