"""Pages of hits: from the parameters of a search to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import orjson

from cms.publishing.selection import COUNT_CAP
from cms.search.corrections import correction
from cms.search.facets import Counts, facets_of, unfiltered
from cms.search.finding import MOST_RANKED, Hit, IndexState, Overview, Search, index_state
from cms.search.matches import lacks_words, match_of
from cms.search.parameters import NEWEST
from cms.search.questions import Question, question_of
from cms.search.types import SearchedTypes
from cms.serving.admission import DeliveryRequest
from cms.serving.carried import with_carrier
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import Paging
from cms.serving.projection import reshaped
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

Query = dict[str, Any]
Counted = tuple[int, Counts]
Ask = Callable[[Mapping[str, Any]], Search]
KEPT_MICROS: Final = 5_000_000
"""How long an answer is kept: texts of files come into the index without a line of the log."""
ALL, MOST = "all", "most"


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Hits of one page; `last` is the position of its last one, None when no page follows."""

    hits: Sequence[Hit]
    last: Sequence[int] | None
    total: int
    ranked: str | None
    matched: str
    facets: Counts = ()


def search_content(request: DeliveryRequest, types: SearchedTypes, query: Query) -> FinishedAnswer:
    """One page of what answers the words, of what lists with these filters show."""
    paging, sources = Paging.of(request, query), request.sources
    reader = sources.searched(types.topics)
    question, state = question_of(sources, types, query), index_state(reader)
    note_index(sources, state)
    if question.channels:
        sources.shown_names(question.channels)

    def ask(asked: Mapping[str, Any], *, is_lenient: bool = False) -> Search:
        return Search(reader, question_of(sources, types, asked, is_lenient=is_lenient), request.now)

    def compute(sequence: int) -> Body:
        search, asking = Search(reader, question, request.now), ask
        page = _page(search, paging, sources, query)
        if not page.total and question.can_be_lenient:
            asking = partial(ask, is_lenient=True)
            search = asking(query)
            page = _page(search, paging, sources, query, MOST)
        said = [orjson.loads(hit.full_json) for hit in page.hits]
        texts = search.pages(
            [hit for hit, full in zip(page.hits, said, strict=True) if lacks_words(full, question.query)]
        )
        matches = [
            match_of(full, question.query, texts.get(hit.id, ())) for hit, full in zip(page.hits, said, strict=True)
        ]
        items = [_shown(hit, match, question, query, sources) for hit, match in zip(page.hits, matches, strict=True)]
        meta = {**_meta(page, question), **_more_meta(sources, search, page, query, ask, asking)}
        return paging.body(items, min(sequence, state.sequence), page.last, meta)

    topics = (*types.topics, *(("reference",) if "facets" in query else ()))
    return respond(request, Basis(topics=topics, groups=("search", *types.topics)), compute)


def note_index(sources: Sources, state: IndexState) -> None:
    """Note how far the index is: it moves behind the log, and an answer that was made before is not kept beyond that."""
    sources.dependencies.note_fact("index", tuple(state))
    newest = max(getattr(sources.heads, topic) for topic in sources.topics.values())
    sources.dependencies.note_end(0, sources.now + KEPT_MICROS if state.sequence >= newest else sources.now)


def _page(search: Search, paging: Paging, sources: Sources, query: Query, matched: str = ALL) -> FoundPage:
    """A page of the hits that have all words, or most of them."""
    names, is_ranked, passed = unfiltered(query), query["sort"] != NEWEST, list[Overview]()

    def overview() -> Overview:
        return search.overview(names, paging.after if is_ranked else None, paging.limit + 1 if is_ranked else 0)

    def counted() -> Counted:
        passed.append(overview())
        return passed[0].total, passed[0].facets

    total, facets = sources.shared(f"search {matched} {names} {paging.binding}", counted)
    if not is_ranked:
        page = _newest_page(search, paging, total)
    elif total > MOST_RANKED:
        page = _partial_page(search, paging, total)
    else:
        # Who asks for what others have asked for gets their count, and the hits of a page of their own.
        best = (passed or [search.overview((), paging.after, paging.limit + 1)])[0].best if total else []
        shown = best[: paging.limit]
        last = shown[-1][:2] if len(best) > len(shown) else None
        page = FoundPage(search.shown(shown), last, total, "all", ALL)
    return replace(page, facets=facets, matched=matched)


def _newest_page(search: Search, paging: Paging, total: int) -> FoundPage:
    """The position is (id of the last one, hits so far)."""
    before, given = (None, 0) if paging.after is None else paging.after
    limit = min(paging.limit, COUNT_CAP - given)
    hits = search.newest(before, limit + 1) if total else []
    shown = hits[:limit]
    given += len(shown)
    last = (shown[-1].id, given) if len(hits) > len(shown) and given < COUNT_CAP else None
    return FoundPage(shown, last, total, None, ALL)


def _partial_page(search: Search, paging: Paging, total: int) -> FoundPage:
    """Those with every word in the title, then the others, each the newest first. The position is (part, id, hits so far)."""
    part, before, given = (0, None, 0) if paging.after is None else paging.after
    limit = min(paging.limit, COUNT_CAP - given)
    hits = search.newest(before, limit + 1, in_title=True) if part == 0 else []
    in_title = len(hits)
    if in_title <= limit:
        hits += search.newest(before if part else None, limit + 1 - in_title, in_title=False)
    shown = hits[:limit]
    given += len(shown)
    has_more = len(hits) > len(shown) and given < COUNT_CAP
    last = (0 if len(shown) <= in_title and part == 0 else 1, shown[-1].id, given) if has_more else None
    return FoundPage(shown, last, total, "partial", ALL)


def _meta(page: FoundPage, question: Question) -> dict[str, Any]:
    relation = "gte" if page.total > COUNT_CAP else "eq"
    return {
        "total": {"value": min(page.total, COUNT_CAP), "relation": relation},
        "ranked": page.ranked,
        "did_you_mean": None,
        "matched": page.matched,
        "understood": list(question.query.understood),
    }


def _more_meta(
    sources: Sources, search: Search, page: FoundPage, query: Query, ask: Ask, asking: Ask
) -> dict[str, Any]:
    """What only some answers tell: facets that are asked for, of the hits (`asking`), and a correction where nothing had all words."""
    more: dict[str, Any] = {}
    if not page.total or page.matched == MOST:
        more["did_you_mean"] = correction(search, lambda q: ask({**query, "q": q}).overview().total > 0)
    if "facets" in query:
        more["facets"] = facets_of(
            sources, query, page.facets, lambda asked, name: asking(asked).overview([name]).facets
        )
    return more


def _shown(hit: Hit, match: dict[str, Any], question: Question, query: Query, sources: Sources) -> str:
    """The card, or the picked fields, with what answers the question."""
    text = hit.card_json
    picked = query.get("fields")
    if picked is not None and any(name not in orjson.loads(text) for name in picked):
        text = hit.full_json
    text = with_carrier(text, hit.repost, lambda: sources.shown_names(question.channels))
    if picked is not None:
        text = reshaped(text, picked, (), sources.reference_data)
    written = orjson.dumps({"match": match}).decode()
    return f"{text[:-1]},{written[1:]}" if text != "{}" else written
