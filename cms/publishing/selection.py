"""The one query builder of the read model: which live publications, in which order, from which position.

A `Selection` has a shape (which filters, how many values) and values; the SQL of each shape is built once per process and
handed to the driver as text. `cms.publishing.visibility` decides what is live.

How a page is found: every filter value that can lead has an index that ends in the sort key, so the newest N of each value
are read from the index directly, at any depth and however rare the value is. Several values are several such branches,
merged. A filter that cannot lead (a second scheme) is checked row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cms.publishing.visibility import LIVE

MOST_BRANCHES = 24
SORTED_BY_AGENCY = frozenset({"published_at", "changed_at"})
"""Sort keys that have an index led by the agency."""
COUNT_CAP = 10_000


class Position(NamedTuple):
    """Where a page begins: the sort value (microseconds) and item number of the row before it."""

    moment: int
    number: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A reader's query. Moments are microseconds since 1970; `agencies` None means all, empty means nothing.

    The first of `terms` leads: it is the scheme with the fewest items per value.
    """

    type: str
    agencies: tuple[str, ...] | None = None
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published_after: int | None = None
    published_before: int | None = None
    updated_after: int | None = None
    changed_after: int | None = None
    sort: str = "published_at"
    descending: bool = True
    limit: int = 20
    position: Position | None = None

    @property
    def asks_channels(self) -> bool:
        """True when it asks for channels, which also have other agencies' items."""
        return "channel" in self.terms

    @property
    def is_bounded(self) -> bool:
        """True when the page could begin among planned publications, so that the query needs a bound to skip them.

        Any other upper bound does that already, and SQLite uses only one of two.
        """
        if self.descending and self.position is not None:
            return False
        return self.published_before is None or self.sort != "published_at"

    @property
    def has_range_beside_its_sort(self) -> bool:
        """True when a range of moments other than the sort key narrows it.

        Only the values show whether nearly all or nearly nothing of the leading index is left, and so which index should lead.
        """
        by_published = self.published_after is not None or self.published_before is not None
        by_updated = self.updated_after is not None
        by_changed = self.changed_after is not None
        return (
            (by_published and self.sort != "published_at")
            or (by_updated and self.sort != "updated_at")
            or (by_changed and self.sort != "changed_at")
        )

    def shape(self) -> tuple[Any, ...]:
        """The key of the SQL: everything but the values."""
        return (
            self.type,
            None if self.agencies is None else len(self.agencies),
            tuple((scheme, len(terms)) for scheme, terms in self.terms.items()),
            self.published_after is None,
            self.published_before is None,
            self.updated_after is None,
            self.changed_after is None,
            self.sort,
            self.descending,
            self.limit,
            self.position is None,
        )

    def params(self, now: int, newest: int) -> dict[str, Any]:
        """The values, under the names that the SQL uses.

        No unplanned live publication is later than `newest`. Rows later than both `newest` and `now` are only planned, so
        indexes are read from there.
        """
        latest = max(now, newest)
        values: dict[str, Any] = {"now": now, "latest": latest, "type": self.type}
        for index, agency in enumerate(self.agencies or ()):
            values[f"agency{index}"] = agency
        for scheme, terms in self.terms.items():
            values |= {f"{scheme}{index}": term for index, term in enumerate(terms)}
        for name in ("published_after", "published_before", "updated_after", "changed_after"):
            if getattr(self, name) is not None:
                values[name] = getattr(self, name)
        if self.published_before is not None:
            # Includes publications of this very microsecond.
            values["published_before"] = min(self.published_before, latest + 1)
        if self.position is not None:
            values |= {"moment": self.position.moment, "number": self.position.number}
        return values


def page_sql(selection: Selection, json_column: str) -> str:
    """SQL of one page: rows of (JSON, sort moment, item number), one more than the limit when there is a next page.

    When channels are asked for, a column follows: `<agency> <note>` for an item that is only reposted there, else NULL.
    """
    branches = list(_branches(selection))
    if len(branches) == 1:
        # No branches to merge: the rows come straight from the index, without a second read of each.
        found, order = branches[0], _order(selection, "moment", "number")
        repost = found.repost or _repost(selection, found.id)
        return f"SELECT p.{json_column}, {found.moment} AS moment, {found.number} AS number{repost} {found.source} ORDER BY {order} LIMIT {selection.limit + 1}"
    return f"{_ordered(selection)} SELECT p.{json_column}, f.moment, f.number{_repost(selection)} FROM found f JOIN publications p ON p.id = f.id ORDER BY {_order(selection, 'f.moment', 'f.number')}"  # noqa: S608


def counted_page_sql(selection: Selection, json_column: str) -> str:
    """As `page_sql`, with the capped total in front; an empty page is one row of the total and NULLs."""
    everything = _without_page(selection)
    counted = f"SELECT 1 FROM ({_union(everything, limit=COUNT_CAP + 1, is_ordered=False)}) c LIMIT {COUNT_CAP + 1}"  # noqa: S608
    page = f"SELECT p.{json_column} AS json, f.moment AS moment, f.number AS number{_repost(selection)} FROM found f JOIN publications p ON p.id = f.id"  # noqa: S608
    return (
        f"{_ordered(selection)}, total AS (SELECT count(*) AS n FROM ({counted}) t)"  # noqa: S608
        f" SELECT total.n, page.json, page.moment, page.number{', page.repost' if selection.asks_channels else ''} FROM total LEFT JOIN ({page}) page ON 1 = 1"
        f" ORDER BY {_order(selection, 'page.moment', 'page.number')}"
    )


def _repost(selection: Selection, publication_id: str = "f.id") -> str:
    """The first of the channels asked for that reposts the item; none if one of them has it as its own."""
    if not selection.asks_channels:
        return ""
    channels = ", ".join(f":channel{index}" for index in range(len(selection.terms["channel"])))
    return (
        f", (SELECT c.term || ' ' || c.repost FROM publication_terms c WHERE c.publication_id = {publication_id}"  # noqa: S608
        f" AND c.scheme = 'channel' AND c.term IN ({channels})"
        " ORDER BY CASE WHEN c.repost IS NULL THEN 0 ELSE 1 END, c.term LIMIT 1) AS repost"
    )


def _without_page(selection: Selection) -> Selection:
    return Selection(
        type=selection.type,
        agencies=selection.agencies,
        terms=selection.terms,
        published_after=selection.published_after,
        published_before=selection.published_before,
        updated_after=selection.updated_after,
        changed_after=selection.changed_after,
        sort=selection.sort,
        descending=selection.descending,
    )


def _ordered(selection: Selection) -> str:
    union = _union(selection, limit=selection.limit + 1, is_ordered=True)
    order = _order(selection, "u.moment", "u.number")
    return (
        f"WITH found AS (SELECT u.id, u.moment, u.number FROM ({union}) u ORDER BY {order} LIMIT {selection.limit + 1})"  # noqa: S608
    )


def _order(selection: Selection, moment: str, number: str) -> str:
    direction = "DESC" if selection.descending else "ASC"
    return f"{moment} {direction}, {number} {direction}"


def _union(selection: Selection, limit: int, *, is_ordered: bool) -> str:
    """All branches; UNION drops an item that two values lead to."""
    branches = [branch.sql for branch in _branches(selection)]
    order = f"ORDER BY {_order(selection, 'moment', 'number')} " if is_ordered else ""
    if len(branches) == 1:
        return f"{branches[0]} {order}LIMIT {limit}"
    limited = [
        f"SELECT * FROM ({branch} {order}LIMIT {limit}) b{index}"  # noqa: S608
        for index, branch in enumerate(branches)
    ]
    return " UNION ".join(limited)


@dataclass(frozen=True, slots=True)
class _Branch:
    """One index range: FROM and WHERE, in which `p` is the publication, and the columns of the keys.

    `repost` is the column with the reposting agency, if the range is of the only channel asked for.
    """

    id: str
    moment: str
    number: str
    source: str
    repost: str = ""

    @property
    def sql(self) -> str:
        """A SELECT of (id, moment, number)."""
        return f"SELECT {self.id} AS id, {self.moment} AS moment, {self.number} AS number {self.source}"


def _branches(selection: Selection) -> Iterator[_Branch]:
    """One branch for each leading value."""
    agencies = (
        [f":agency{index}" for index in range(len(selection.agencies))] if selection.agencies is not None else None
    )
    if agencies == []:
        yield _Branch("p.id", "p.published_at", "p.item_number", "FROM publications p WHERE 1 = 0")
        return
    lead = next(iter(selection.terms), None)
    if selection.sort == "published_at" and lead is not None:
        yield from _term_branches(selection, lead, agencies)
    elif agencies is not None and selection.sort in SORTED_BY_AGENCY:
        for agency in agencies:
            yield _publication_branch(selection, [f"p.agency = {agency}"], None)
    else:
        conditions = [f"p.agency IN ({', '.join(agencies)})"] if agencies else []
        yield _publication_branch(selection, conditions, None)


def _term_branches(selection: Selection, lead: str, agencies: list[str] | None) -> Iterator[_Branch]:
    values = [f":{lead}{index}" for index in range(len(selection.terms[lead]))]
    crossed = agencies is not None and len(agencies) * len(values) <= MOST_BRANCHES
    for value in values:
        if agencies is None:
            yield _term_branch(selection, lead, value, None)
        elif crossed:
            for agency in agencies:
                yield _term_branch(selection, lead, value, f"t.agency = {agency}")
        else:
            yield _term_branch(selection, lead, value, f"t.agency IN ({', '.join(agencies)})")


def _term_branch(selection: Selection, lead: str, value: str, agency: str | None) -> _Branch:
    conditions = ["t.type = :type", f"t.scheme = '{lead}'", f"t.term = {value}", *([agency] if agency else [])]
    conditions += _bounds(selection, "t.published_at", "t.item_number")
    conditions += [LIVE, *_checks(selection, lead)]
    source = f"FROM publication_terms t JOIN publications p ON p.id = t.publication_id WHERE {' AND '.join(conditions)}"
    repost = ", t.term || ' ' || t.repost AS repost" if lead == "channel" else ""
    return _Branch("t.publication_id", "t.published_at", "t.item_number", source, repost)


def _publication_branch(selection: Selection, conditions: list[str], lead: str | None) -> _Branch:
    column = f"p.{selection.sort}"
    conditions = ["p.type = :type", LIVE, *conditions]
    conditions += _bounds(selection, column, "p.item_number") + _checks(selection, lead)
    return _Branch("p.id", column, "p.item_number", f"FROM publications p WHERE {' AND '.join(conditions)}")


def _bounds(selection: Selection, column: str, number: str) -> list[str]:
    """Conditions on the sort key of the leading index, and on moments that it contains."""
    sign = "<" if selection.descending else ">"
    found = []
    if selection.position is not None:
        found.append(f"({column}, {number}) {sign} (:moment, :number)")
    if selection.is_bounded:
        found.append(f"{column} <= :latest")
    published = column if selection.sort == "published_at" else "p.published_at"
    if selection.published_after is not None:
        found.append(f"{published} > :published_after")
    if selection.published_before is not None:
        found.append(f"{published} < :published_before")
    if selection.updated_after is not None:
        found.append("p.updated_at > :updated_after")
    if selection.changed_after is not None:
        found.append("p.changed_at > :changed_after")
    return found


def _checks(selection: Selection, lead: str | None) -> list[str]:
    """Conditions that the leading index does not cover: the other schemes."""
    return [
        "EXISTS (SELECT 1 FROM publication_terms x WHERE x.publication_id = p.id"  # noqa: S608
        f" AND x.scheme = '{scheme}' AND x.term IN ({', '.join(f':{scheme}{n}' for n in range(len(selection.terms[scheme])))}))"
        for scheme in selection.terms
        if scheme != lead
    ]
