"""What answers about an item tell its editors: holds, what its body lost, and what will be asked before it is approved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cms.core.http.answers import Answer
from cms.core.http.warnings import WarningEntry, found_warning, held_warning, removed_warning, warning_of
from cms.editorial.edit import Edited
from cms.editorial.images.uses import body_text_of, shown_images
from cms.editorial.items.models import Edition, Item, State
from cms.editorial.personal_data.standing import open_findings

BEFORE_APPROVAL: Final = frozenset({State.DRAFT.value, State.RETURNED.value, State.IN_REVIEW.value})
"""States in which pictures may still lack what an approval asks for."""


def with_warnings(answer: Answer, edited: Edited) -> Answer:
    """The answer with everything that its editor should know about the edition."""
    item, edition = edited.item, edited.edition
    warnings = [*_held(item), *_removed(edition), *_needed_later(edited)]
    warnings += map(warning_of, item.content_type.to_tell(item.id, edition.content))
    warnings += map(found_warning, open_findings(item, edition))
    if warnings:
        answer[0]["meta"]["warnings"] = warnings
    return answer


def _held(item: Item) -> Iterator[WarningEntry]:
    for reason in item.hold:
        yield held_warning(reason)


def _removed(edition: Edition) -> Iterator[WarningEntry]:
    if edition.removed_markup:
        yield removed_warning(edition.removed_markup)


def _needed_later(edited: Edited) -> Iterator[WarningEntry]:
    """What approving will refuse, so that the author hears of it in time: pictures without alternative text from the first save
    on, empty fields once it is in review.
    """
    item, edition = edited.item, edited.edition
    if item.state not in BEFORE_APPROVAL:
        return
    images = edited.images or shown_images(edition.content, edition.body_html)
    if item.state == State.IN_REVIEW:
        yield from map(warning_of, item.content_type.missing(edition.content, body_text_of(edition, images)))
    yield from map(warning_of, images.faults())
