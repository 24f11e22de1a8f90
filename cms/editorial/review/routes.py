"""`.../approve`, `discard`, `archive`, `restore`, `trash` of an item, and the work list over all types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cms.core.access import current_actor, requires
from cms.core.answers import Answer, PageRequest
from cms.core.api import Blueprint
from cms.core.clock import from_micros, micros
from cms.core.conditional import expected_version
from cms.core.permissions import Permission
from cms.core.runtime import runtime
from cms.core.schemas import many, one
from cms.editorial.history.revisions import restore_edition
from cms.editorial.presenter import present_waiting
from cms.editorial.review.reviewing import approve_item, discard_item
from cms.editorial.review.schemas import ApproveSchema, EmptySchema, RestoreSchema, ReviewQuerySchema, WaitingSchema
from cms.editorial.review.worklist import WorkFilter, list_waiting, waiting_for
from cms.editorial.services import Edited
from cms.editorial.trash import archive_item, restore_item, trash_item

if TYPE_CHECKING:
    from cms.editorial.models import Item
    from cms.editorial.routes import Wire

CHANGE_PROBLEMS = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
APPROVE = """The approval belongs to this edition: a later save voids it. Where the agency, the category or the guard asks for
four eyes it must come from somebody who saved none of the editions since the last publication."""
DISCARD = """Throws away what was saved since the last publication; the editions stay in the history. Readers notice nothing."""
ARCHIVE = "Out of the usual lists (`state=archived` shows it), and not editable until it is restored."
TRASH = "What was never published is purged after 30 days; 409 `still_published` while readers have it."
RESTORE = """Without `edition` the item comes back from the archive or the trash into the state it had. With `edition` a new draft
is made with that edition's content; readers keep what they have."""

reviews = Blueprint("reviews", __name__, url_prefix="/manage/v1/reviews", description="What waits for whom.")


def add_review(blueprint: Blueprint, wire: Wire) -> None:
    """Approve, discard, archive, restore, trash."""
    _add_approve(blueprint, wire)
    _add_restore(blueprint, wire)
    _add_plain(
        blueprint, wire, "discard", Permission.CONTENT_EDIT, discard_item, ("Discard the draft of a {}", DISCARD)
    )
    _add_plain(blueprint, wire, "archive", Permission.CONTENT_TRASH, archive_item, ("Archive a {}", ARCHIVE))
    _add_plain(blueprint, wire, "trash", Permission.CONTENT_TRASH, trash_item, ("Put a {} into the trash", TRASH))


def _add_approve(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/approve", methods=["POST"])
    @requires(Permission.CONTENT_APPROVE)
    @blueprint.arguments(ApproveSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("approve_{}", "Approve a {}", APPROVE)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        return wire.shown(approve_item(wire.content_type, current_actor(), item_id, expected_version(), **body))


def _add_restore(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/restore", methods=["POST"])
    @requires(Permission.CONTENT_EDIT)
    @blueprint.arguments(RestoreSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("restore_{}", "Bring back a {}, or one of its editions", RESTORE)
    def view(body: dict[str, Any], item_id: str) -> Answer:
        restore = restore_edition if body else restore_item
        return wire.shown(restore(wire.content_type, current_actor(), item_id, expected_version(), **body))


def _add_plain(
    blueprint: Blueprint,
    wire: Wire,
    verb: str,
    permission: Permission,
    act: Callable[..., Edited],
    words: tuple[str, str],
) -> None:
    """A transition that takes nothing but the version."""

    @blueprint.route(f"/<item_id>/{verb}", methods=["POST"])
    @requires(permission)
    @blueprint.arguments(EmptySchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named(f"{verb}_{{}}", *words)
    def view(_body: dict[str, Any], item_id: str) -> Answer:
        return wire.shown(act(wire.content_type, current_actor(), item_id, expected_version()))


@reviews.route("")
@requires(Permission.CONTENT_READ)
@reviews.arguments(ReviewQuerySchema, location="query")
@reviews.response(200, many(WaitingSchema))
@reviews.problems(400, 401, 403)
def list_reviews(query: dict[str, Any]) -> Answer:
    """List what waits.

    Over all types, longest wait first: what the caller may approve, return or publish, and what came back to him.
    """
    page = PageRequest(query)
    after = (from_micros(page.after[0]), page.after[1]) if page.after else None
    wanted = WorkFilter(query["mine"], query.get("agency", ()), query.get("type", ()), query.get("state", ()))
    items = list_waiting(current_actor(), runtime().settings.city_channel, wanted, page.fetch, after)
    return page.answer(items, _row, lambda item: (micros(item.state_since), item.id))


def _row(item: Item) -> dict[str, Any]:
    return present_waiting(item, current_actor(), runtime().settings.city_channel, waiting_for(item).value)
