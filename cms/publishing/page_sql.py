"""The one query builder of the read model: which live publications, in which order, from which position.

A `Selection` has a shape (which filters, how many values) and values; the SQL of each shape is built once per process and
handed to the driver as text. `cms.publishing.visibility` decides what is live.

How a page is found: every filter value that can lead has an index that ends in the sort key, so the newest N of each value
are read from the index directly, at any depth and however rare the value is. Several values are several such branches,
merged. A filter that cannot lead (a second scheme) is checked row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cms.publishing.selection import COUNT_CAP, SORTED_BY_AGENCY, Relation, Selection
from cms.publishing.visibility import LIVE

MOST_BRANCHES = 24


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
    return f", {repost_column(len(selection.terms['channel']), publication_id)}" if selection.asks_channels else ""


def repost_column(count: int, publication_id: str) -> str:
    """The same as a column `repost`, for the channels `:channel0` to so many."""
    channels = ", ".join(f":channel{index}" for index in range(count))
    return (
        f"(SELECT c.term || ' ' || c.repost FROM publication_terms c WHERE c.publication_id = {publication_id}"  # noqa: S608
        f" AND c.scheme = 'channel' AND c.term IN ({channels})"
        " ORDER BY CASE WHEN c.repost IS NULL THEN 0 ELSE 1 END, c.term LIMIT 1) AS repost"
    )


def _without_page(selection: Selection) -> Selection:
    return replace(selection, position=None)


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
    lead = None if selection.ids else next(iter(selection.terms), None)
    if selection.sort == "published_at" and lead is not None:
        yield from _term_branches(selection, lead, agencies)
    elif agencies is not None and selection.sort in SORTED_BY_AGENCY and not selection.ids:
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
    if lead == "channel" and selection.relation is not None:
        conditions += _related(selection, "t", "p")
    conditions += _bounds(selection, "t.published_at", "t.item_number")
    conditions += [LIVE, *_checks(selection, lead)]
    source = f"FROM publication_terms t JOIN publications p ON p.id = t.publication_id WHERE {' AND '.join(conditions)}"
    repost = ", t.term || ' ' || t.repost AS repost" if lead == "channel" else ""
    return _Branch("t.publication_id", "t.published_at", "t.item_number", source, repost)


def _publication_branch(selection: Selection, conditions: list[str], lead: str | None) -> _Branch:
    column, tables = f"p.{selection.sort}", "publications p"
    found = ["p.type = :type"]
    if selection.ids:
        # SQLite reads the tables of a CROSS JOIN in this order, and without `p.type` the item's own index: left alone, it would
        # look through all items in the order of the list.
        tables = "published_items i CROSS JOIN publications p"
        ids = ", ".join(f":id{index}" for index in range(len(selection.ids)))
        found = [f"i.id IN ({ids})", "i.type = :type", "p.item_id = i.id"]
    found += [LIVE, *conditions]
    if selection.sort == "event_from":
        found.append("p.event_from IS NOT NULL")
    found += _bounds(selection, column, "p.item_number") + _checks(selection, lead)
    return _Branch("p.id", column, "p.item_number", f"FROM {tables} WHERE {' AND '.join(found)}")


def _bounds(selection: Selection, column: str, number: str) -> list[str]:
    """Conditions on the sort key of the leading index, and on moments that it contains."""
    sign = "<" if selection.descending else ">"
    found = []
    if selection.position is not None:
        found.append(f"({column}, {number}) {sign} (:moment, :number)")
    if selection.is_bounded:
        found.append(f"{column} <= :latest")
    return found + moment_conditions(selection, column if selection.sort == "published_at" else "p.published_at")


def moment_conditions(selection: Selection, published: str = "p.published_at") -> list[str]:
    """Conditions on the moments that are asked for; `p` is the publication, the values are those of `Selection.params`."""
    found = []
    if selection.published_after is not None:
        found.append(f"{published} > :published_after")
    if selection.published_before is not None:
        found.append(f"{published} < :published_before")
    if selection.updated_after is not None:
        found.append("p.updated_at > :updated_after")
    if selection.changed_after is not None:
        found.append("p.changed_at > :changed_after")
    return found + _spans(selection)


def _spans(selection: Selection) -> list[str]:
    """Conditions on when it holds and when it takes place."""
    found = []
    if selection.valid_at is not None:
        found += ["p.valid_until > :valid_at", "p.valid_from <= :valid_at"]
    if selection.event_after is not None:
        # No event is longer than a year, so one index of beginnings is enough.
        found += ["p.event_from > :event_earliest", "p.event_until > :event_after"]
    if selection.event_before is not None:
        found.append("p.event_from < :event_before")
    return found


def _related(selection: Selection, term: str, publication: str) -> list[str]:
    """Conditions on the relation to the channels: own, or only carried. `term` is the row of one of the channels."""
    if selection.relation == Relation.OWN:
        return [f"{term}.repost IS NULL"]
    channels = ", ".join(f":channel{index}" for index in range(len(selection.terms["channel"])))
    own = (
        f"SELECT 1 FROM publication_terms o WHERE o.publication_id = {publication}.id AND o.scheme = 'channel'"  # noqa: S608
        f" AND o.term IN ({channels}) AND o.repost IS NULL"
    )
    return [f"{term}.repost IS NOT NULL", f"NOT EXISTS ({own})"]


def _checks(selection: Selection, lead: str | None) -> list[str]:
    """Conditions that the leading index does not cover: the other schemes."""
    return [_check(selection, scheme) for scheme in selection.terms if scheme != lead]


def _check(selection: Selection, scheme: str) -> str:
    values = ", ".join(f":{scheme}{index}" for index in range(len(selection.terms[scheme])))
    is_related = scheme == "channel" and selection.relation is not None
    conditions = [f"x.term IN ({values})", *(_related(selection, "x", "p") if is_related else ())]
    return (
        f"EXISTS (SELECT 1 FROM publication_terms x WHERE x.publication_id = p.id AND x.scheme = '{scheme}'"  # noqa: S608
        f" AND {' AND '.join(conditions)})"
    )
