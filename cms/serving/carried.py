"""Items that the channels which were asked for only carry: they name the carrier, as it is called now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cms.publishing.reading import Page
from cms.publishing.selection import Selection
from cms.publishing.splicing import as_repost
from cms.serving.sources import Sources


def as_carried(page: Page, selection: Selection, sources: Sources) -> Sequence[str]:
    """The items; those that are only reposts on the requested channels get the carrier's present name, without parsing their
    JSON.
    """
    if not any(page.reposts):
        return page.items
    names = sources.shown_names(selection.terms["channel"])
    return [
        text if repost is None else _as_repost(text, repost, names)
        for text, repost in zip(page.items, page.reposts, strict=True)
    ]


def with_carrier(text: str, repost: str | None, names: Callable[[], Mapping[str, str]]) -> str:
    """The item; one that is only reposted (`<agency> <note>`) with the carrier's present name, which is asked for only then."""
    return text if repost is None else _as_repost(text, repost, names())


def _as_repost(text: str, repost: str, names: Mapping[str, str]) -> str:
    slug, _, note = repost.partition(" ")
    return as_repost(text, names[slug], note)
