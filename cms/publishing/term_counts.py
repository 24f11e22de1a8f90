"""SQL over the terms of live publications: which values of a filter exist, and how many items have each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cms.publishing.visibility import LIVE

_TERMS = f"FROM publication_terms t JOIN publications p ON p.id = t.publication_id WHERE {LIVE}"


@dataclass(frozen=True, slots=True)
class TermScope:
    """The items whose terms are looked at: of these types, of these owners (None: all), on one of these channels (empty: any)."""

    types: tuple[str, ...]
    agencies: tuple[str, ...] | None = None
    channels: tuple[str, ...] = ()

    def conditions(self) -> str:
        """SQL behind a WHERE."""
        found = [_among("t.type", "type", self.types)]
        if self.agencies is not None:
            found.append(_among("t.agency", "agency", self.agencies))
        if self.channels:
            channels = _among("c.term", "channel", self.channels)
            found.append(
                "EXISTS (SELECT 1 FROM publication_terms c WHERE c.publication_id = t.publication_id"  # noqa: S608 - ours
                f" AND c.scheme = 'channel' AND {channels})"
            )
        return " AND ".join(found)

    def params(self) -> dict[str, Any]:
        """The values, under the names that the SQL uses."""
        named = (("type", self.types), ("agency", self.agencies or ()), ("channel", self.channels))
        return {f"{name}{index}": value for name, values in named for index, value in enumerate(values)}


@dataclass(frozen=True, slots=True)
class TermPage:
    """One page of terms: alphabetical, or the most frequent ones first. `after` is (count, term) of the row before it."""

    limit: int
    by_count: bool = False
    after: Sequence[Any] | None = None


def existing_terms(scope: TermScope, scheme: str, terms: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """SQL and values: the positions of those terms that any item has."""
    found = [
        f"SELECT {index} WHERE EXISTS (SELECT 1 {_TERMS} AND t.scheme = '{scheme}' AND t.term = :term{index}"
        f" AND {scope.conditions()})"
        for index in range(len(terms))
    ]
    return " UNION ALL ".join(found), {**scope.params(), **{f"term{index}": each for index, each in enumerate(terms)}}


def counted_terms(scope: TermScope, scheme: str, page: TermPage) -> tuple[str, dict[str, Any]]:
    """SQL and values: (term, number of items), one row more than the limit when a page follows."""
    grouped = f"SELECT t.term AS term, count(*) AS n {_TERMS} AND t.scheme = '{scheme}' AND {scope.conditions()} GROUP BY t.term"
    behind = "(c.n < :n OR (c.n = :n AND c.term > :term))" if page.by_count else "c.term > :term"
    start = {} if page.after is None else {"n": page.after[0], "term": page.after[1]}
    where = f" WHERE {behind}" if start else ""
    order = "c.n DESC, c.term" if page.by_count else "c.term"
    sql = f"SELECT c.term, c.n FROM ({grouped}) c{where} ORDER BY {order} LIMIT {page.limit + 1}"  # noqa: S608
    return sql, {**scope.params(), **start}


def _among(column: str, name: str, values: Sequence[str]) -> str:
    """An empty list matches nothing."""
    return f"{column} IN ({', '.join(f':{name}{index}' for index in range(len(values))) or 'NULL'})"
