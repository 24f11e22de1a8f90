"""Comments of colleagues on one edition, at a field or on the whole, until they are settled.

A comment is not part of the content. It changes neither the version nor the edition, so it does not disturb the writer, and
it stays with the edition that it was made on.
"""

from __future__ import annotations

from sqlalchemy import select

from cms.core import clock
from cms.core.db import UnitOfWork, session, unit_of_work
from cms.core.errors import Conflict, NotFound, invalid_field
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.editorial.comments.models import ReviewComment
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.items.queries import get_item


def add_comment(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    body: str,
    pointer: str | None = None,
    edition: int | None = None,
) -> ReviewComment:
    """Comment on an edition, the newest one by default.

    Raises `NotFound`, `Forbidden`, `Invalid` when there is no such field or edition, `Conflict` for an item in the trash.
    """
    with unit_of_work() as unit:
        item = _commentable(content_type, actor, item_id)
        _check_place(content_type, item, pointer, edition)
        comment = ReviewComment(
            id=new_id(), item_id=item.id, edition=edition or item.edition, pointer=pointer, body=body,
            author_id=actor.id, author_label=actor.label, created_at=clock.now(),
        )  # fmt: skip
        unit.add(comment)
        _record(Edit(unit, actor, item), comment, "commented")
    return comment


def resolve_comment(content_type: ContentType, actor: Actor, item_id: str, comment_id: str) -> ReviewComment:
    """Settle a comment. Raises `Conflict` when it is settled already."""
    with unit_of_work() as unit:
        item = _commentable(content_type, actor, item_id)
        comment = _locked(unit, item, comment_id)
        if comment.resolved_at is not None:
            raise Conflict("wrong_state", state="resolved", operation="resolve", when="open")
        comment.resolved_at, comment.resolved_by_id, comment.resolved_by_label = clock.now(), actor.id, actor.label
        _record(Edit(unit, actor, item), comment, "comment_resolved")
    return comment


def reopen_comment(content_type: ContentType, actor: Actor, item_id: str, comment_id: str) -> ReviewComment:
    """Open a settled comment again. Raises `Conflict` when it is open."""
    with unit_of_work() as unit:
        item = _commentable(content_type, actor, item_id)
        comment = _locked(unit, item, comment_id)
        if comment.resolved_at is None:
            raise Conflict("wrong_state", state="open", operation="reopen", when="resolved")
        comment.resolved_at = comment.resolved_by_id = comment.resolved_by_label = None
        _record(Edit(unit, actor, item), comment, "comment_reopened")
    return comment


def _commentable(content_type: ContentType, actor: Actor, item_id: str) -> Item:
    item = get_item(content_type, item_id, actor)
    authorize(actor, Permission.CONTENT_COMMENT, Target(item.agency, item.channel, item.author_id))
    if item.state == State.TRASHED:
        raise Conflict("wrong_state", state=item.state, operation="comment", when="not in the trash")
    return item


def _check_place(content_type: ContentType, item: Item, pointer: str | None, edition: int | None) -> None:
    if pointer is not None and pointer.split("/")[1] not in content_type.defaults:
        raise invalid_field("/pointer", "not_found", what="field")
    if edition is not None and session.get(Edition, (item.id, edition)) is None:
        raise invalid_field("/edition", "not_found", what="edition")


def _locked(unit: UnitOfWork, item: Item, comment_id: str) -> ReviewComment:
    statement = select(ReviewComment).where(ReviewComment.id == comment_id, ReviewComment.item_id == item.id)
    comment = unit.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if comment is None:
        raise NotFound
    return comment


def _record(edit: Edit, comment: ReviewComment, verb: str) -> None:
    named = [comment.pointer] if comment.pointer else []
    edit.record(verb, named, edition=comment.edition)
