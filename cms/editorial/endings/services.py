"""Takes an item back from readers, in four ways: gone, redirected, withdrawn but readable, vanished."""

from __future__ import annotations

from dataclasses import replace

import orjson

from cms.changes.facts import EndingKind
from cms.changes.models import Change
from cms.core import clock
from cms.core.clock import rfc3339
from cms.core.errors import Conflict
from cms.core.ids import is_id
from cms.core.permissions import Actor
from cms.core.prepared import foreseen
from cms.core.versions import Expected
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit, Edited
from cms.editorial.editing import editing
from cms.editorial.endings.checks import check_ending, words_of
from cms.editorial.endings.ending import EXPLAINED, KINDS, Ending
from cms.editorial.items.policies import Operation
from cms.editorial.items.presenter import render_edition
from cms.editorial.items.queries import get_edition
from cms.editorial.notes import PublicNotes
from cms.editorial.preparing import foresee_shown_item
from cms.moderation.breaker import check_publishing, check_taking_back
from cms.publishing.models import Standing
from cms.publishing.publish import end_item, withdraw_item
from cms.publishing.schedules import cancel_schedule
from cms.publishing.visibility import find_live_publication


def unpublish_item(
    content_type: ContentType,
    actor: Actor,
    item_id: str,
    expected: Expected,
    *,
    standing: Standing,
    explanation: str | None = None,
    to: str | None = None,
) -> Edited:
    """Take an item back from readers; a newer draft stays as it is, a schedule of the item is dropped.

    `GONE` and `WITHDRAWN` need an explanation, which readers get; `REDIRECTED` needs `to`, which must be one of the city's own
    addresses or a live item. `VANISHED` says nothing and is for central editors. Raises `Invalid`, `Forbidden`, and
    `Conflict` (`publishing_frozen`; `second_person_needed` for the first two, `publishing_paused` for the others).
    """
    ending = Ending(standing, None if standing is Standing.VANISHED else explanation, to)
    check_ending(ending, item_id)
    words = words_of(ending)
    steps = (lambda: foresee_shown_item(item_id),) if standing is Standing.WITHDRAWN else ()
    # A vanished item leaves no explanation, so only central editors may do it.
    operation = Operation.VANISH if standing is Standing.VANISHED else Operation.UNPUBLISH
    with foreseen(*steps), editing(content_type, actor, item_id, operation, expected) as edit:
        item = edit.item
        counted = _check_moderation(edit, standing)
        words.check(actor)
        leave = _withdraw if standing is Standing.WITHDRAWN else _end
        leave(edit, ending, counted)
        edition = get_edition(item)
    return Edited(item, edition)


def _check_moderation(edit: Edit, standing: Standing) -> str | None:
    """Check freezes and breakers, and return what this ending counts as.

    A pause does not stop `gone` and `withdrawn`. A redirection is a public link, so it counts as publishing.
    """
    if standing in EXPLAINED:
        return check_taking_back(edit.unit, edit.actor, edit.item.agency)
    return check_publishing(edit.unit, edit.actor, edit.item.agency)


def _end(edit: Edit, ending: Ending, counted: str | None) -> None:
    item, change = edit.item, _note_ending(edit, ending, "unpublished", counted)
    target_id = ending.to if ending.standing is Standing.REDIRECTED and ending.to and is_id(ending.to) else None
    told = ending.standing is not Standing.VANISHED
    alternative = ending.to if told and target_id is None else None
    end_item(
        edit.unit, item.id, item.type, ending.standing, change,
        explanation=ending.explanation, alternative=alternative, target_id=target_id,
    )  # fmt: skip


def _withdraw(edit: Edit, ending: Ending, counted: str | None) -> None:
    """Render the live edition again with the notice; it stays published."""
    unit, item = edit.unit, edit.item
    if item.unpublished_as == KINDS[Standing.WITHDRAWN]:
        raise Conflict("wrong_state", state="withdrawn", operation="unpublish", when="published")
    publication = find_live_publication(unit.session, item.id)
    if publication is None:
        raise Conflict("not_published")
    change = _note_ending(edit, ending, "withdrawn", counted)
    # Its scheduled end was dropped, so it must not be rendered with it.
    unit.session.refresh(publication)
    moment = clock.now()
    notice = {"at": rfc3339(moment), "explanation": ending.explanation}
    notes = replace(PublicNotes.of(orjson.loads(publication.full_json)), withdrawn=notice)
    edition = get_edition(item, publication.edition)
    rendered = render_edition(item, edition, publication.published_at, moment, notes)
    withdraw_item(unit, rendered, change, publication, ending.explanation or "")


def _note_ending(edit: Edit, ending: Ending, verb: str, counted: str | None) -> Change:
    """Note the ending in the item, drop its schedule, and record it."""
    item = edit.item
    edition = item.published_edition
    had_schedule = item.publish_at is not None or item.unpublish_at is not None
    item.forget_schedule()
    leave = item.withdraw if ending.standing is Standing.WITHDRAWN else item.end
    leave(KINDS[ending.standing], ending.explanation)
    item.touch()
    change = edit.record(verb, edition=edition, counts_as=counted, ending=EndingKind(KINDS[ending.standing]))
    if had_schedule:
        cancel_schedule(edit.unit, item.id, item.type, change)
    return change
