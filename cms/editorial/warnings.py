"""What answers about an item tell its editors: holds, what its body lost, and what will be asked before it is approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cms.core.http.answers import Answer
from cms.core.http.warnings import WarningEntry, removed_warning, warning, warning_of
from cms.editorial.edit import Edited
from cms.editorial.images.uses import shown_images
from cms.editorial.items.models import Edition, Item, State

BEFORE_APPROVAL: Final = frozenset({State.DRAFT.value, State.RETURNED.value, State.IN_REVIEW.value})
"""States in which pictures may still lack what an approval asks for."""


def with_warnings(answer: Answer, edited: Edited) -> Answer:
    """The answer with everything that its editor should know about the edition."""
    item, edition = edited.item, edited.edition
    warnings = [*_held(item), *_removed(edition), *_missing_words(edited)]
    if warnings:
        answer[0]["meta"]["warnings"] = warnings
    return answer


def _held(item: Item) -> Iterator[WarningEntry]:
    for reason in item.hold:
        yield warning("held", **_words_of(reason))


def _words_of(reason: Mapping[str, Any]) -> dict[str, str]:
    detail = f" ({reason['detail']})" if reason.get("detail") else ""
    return {"reason": reason["code"], "pointer": reason["pointer"], "detail": detail}


def _removed(edition: Edition) -> Iterator[WarningEntry]:
    if edition.removed_markup:
        yield removed_warning(edition.removed_markup)


def _missing_words(edited: Edited) -> Iterator[WarningEntry]:
    """Pictures without alternative text: publishing refuses them, so their author hears of it while the draft is theirs."""
    if edited.item.state in BEFORE_APPROVAL:
        images = edited.images or shown_images(edited.edition.content, edited.edition.body_html)
        yield from map(warning_of, images.faults())
