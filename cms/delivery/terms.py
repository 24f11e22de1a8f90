"""Categories and tags with the number of live items that have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from cms.delivery.unmatched import unknown_words
from cms.publishing.delivered import DeliveredTypes
from cms.publishing.term_counts import TermPage, TermScope
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import Paging
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

Query = dict[str, Any]


def list_categories(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> FinishedAnswer:
    """One page of categories by slug, also of those that nothing has."""
    paging, scope = Paging.of(request, query), _scope(request.sources, types.of_scheme("category"), query)

    def compute(sequence: int) -> Body:
        known = request.sources.reference_data().categories
        after = "" if paging.after is None else paging.after[0]
        slugs = [slug for slug in sorted(known) if slug > after]
        # There are few categories: one statement counts all of them.
        counts = dict(request.sources.counted_terms(scope, "category", TermPage(len(known))))
        rows = [{**known[slug], "count": counts.get(slug, 0)} for slug in slugs[: paging.limit]]
        last = [slugs[paging.limit - 1]] if len(slugs) > paging.limit else None
        return _body(paging, rows, sequence, last, query)

    return respond(request, _basis(types, query), compute)


def list_tags(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> FinishedAnswer:
    """One page of the tags of live items: alphabetical, or the most frequent ones first."""
    paging, scope = Paging.of(request, query), _scope(request.sources, types.of_scheme("tag"), query)
    page = TermPage(paging.limit, query["sort"] == "-count", paging.after)

    def compute(sequence: int) -> Body:
        found = request.sources.counted_terms(scope, "tag", page)
        shown = found[: paging.limit]
        rows = [{"slug": slug, "count": count} for slug, count in shown]
        last = [shown[-1][1], shown[-1][0]] if len(found) > len(shown) else None
        return _body(paging, rows, sequence, last, query)

    return respond(request, _basis(types, query), compute)


def _basis(types: DeliveredTypes, query: Query) -> Basis:
    topics = tuple(each.topic for each in types.types if each.name in query.get("type", [each.name]))
    return Basis(topics=(*topics, "reference"), groups=(*topics, "reference"))


def _scope(sources: Sources, types: Sequence[str], query: Query) -> TermScope:
    """The items that a list with the same filters would show."""
    channels = sources.with_predecessors("channels", query.get("channel", ()))
    return TermScope(
        tuple(name for name in types if name in query.get("type", types)),
        sources.listed_agencies(query.get("agency"), query.get("channel", ())),
        tuple(sorted(channels)),
    )


def _body(paging: Paging, rows: Sequence[Any], sequence: int, last: Sequence[Any] | None, query: Query) -> Body:
    warnings = unknown_words(query, paging.request.sources.reference_data())
    texts = [orjson.dumps(row).decode() for row in rows]
    return paging.body(texts, sequence, last, {"warnings": warnings} if warnings else None)
