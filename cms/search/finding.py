"""Runs questions: SQL over the index and the publications that it leads to. `cms.publishing.visibility` decides what is live.

An entry of a publication that readers do not have now is no hit, whatever the index still says. Hits are numbered by the ids of their entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cms.core.reading import Reader
from cms.publishing.page_sql import repost_column
from cms.publishing.selection import COUNT_CAP
from cms.publishing.visibility import LIVE
from cms.search.expressions import Expression, Without
from cms.search.facet_sql import OF_PUBLICATION, facets_sql
from cms.search.matches import FilePage
from cms.search.models import SearchEntry, SearchFigure
from cms.search.questions import Question

MOST_RANKED: Final = 5_000
"""Hits that are compared with each other. Of more, those with all words in the title come first, then the newest."""
BEST: Final = "best"
"""In the first column of the rows of an overview: a hit, where others have the name of a facet."""
MOST_PAGES: Final = 20
"""Pages of a file among which the one is looked for that a hit shows."""
DAYS_OF_A_POINT: Final = 2_000
"""An item that is so many days younger is worth as much as one more point of each word."""
_ENTRIES: Final = SearchEntry.__tablename__
_STATE: Final = (
    "SELECT (SELECT f.sequence FROM follower_positions f WHERE f.name = 'search'),"  # noqa: S608 - ours
    f" (SELECT g.value FROM {SearchFigure.__tablename__} g WHERE g.name = 'revision')"
)


class IndexState(NamedTuple):
    """How far the index is: the line of the log up to which it has everything, and what counts its other changes."""

    sequence: int
    revision: int


class Overview(NamedTuple):
    """What one pass over the hits tells.

    `total` is at most one more than the cap; `facets` are (facet, value, number of hits) of the newest hits up to the cap; `best` are
    (value, id, publication id) of the best ones in their order, none when there are too many to be compared.
    """

    total: int
    facets: list[tuple[str, str, int]]
    best: list[tuple[int, int, int]]


class Hit(NamedTuple):
    """A hit with its forms as JSON; `repost` is set for one that the channels asked for only carry. `value` is how well it fits."""

    value: int
    id: int
    item_id: str
    type: str
    card_json: str
    full_json: str
    repost: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """One question, asked as of `now` (microseconds since 1970)."""

    reader: Reader
    question: Question
    now: int

    def overview(self, names: Sequence[str] = (), after: Sequence[int] | None = None, limit: int = 0) -> Overview:
        """How many hits there are, these facets of them, and so many of the best ones behind this (value, id)."""
        if self.question.wanted is None:
            return Overview(0, [], [])
        order = "ORDER BY {id} DESC " if names else ""
        own = "".join(f", p.{name} AS {name}" for name in names if name in OF_PUBLICATION)
        hits = self._hits("wanted", f"{{id}} AS id, p.id AS publication_id{own}", f"{order}LIMIT {COUNT_CAP + 1}")
        parts = [
            "SELECT '' AS name, '' AS value, n, 0 AS id, 0 AS publication_id FROM total",
            *facets_sql(names),
            *([self._best(after, limit)] if limit else []),
        ]
        sql = (
            f"WITH h AS MATERIALIZED ({hits}), total AS MATERIALIZED (SELECT count(*) AS n FROM h),"  # noqa: S608 - ours
            f" newest AS (SELECT * FROM h ORDER BY id DESC LIMIT {COUNT_CAP}) {' UNION ALL '.join(parts)}"
        )
        weighed = {f"weighed{index}": each[0] for index, each in enumerate(self.question.weighed)} if limit else {}
        start = {"value": after[0], "id": after[1]} if after and limit else {}
        rows = self._rows(sql, {"wanted": self.question.wanted, **weighed}, start)
        return Overview(
            next(int(row[2]) for row in rows if not row[0]),
            [(row[0], row[1], int(row[2])) for row in rows if row[0] not in {"", BEST}],
            sorted(((int(row[2]), row[3], row[4]) for row in rows if row[0] == BEST), reverse=True),
        )

    def shown(self, best: Sequence[tuple[int, int, int]]) -> list[Hit]:
        """These of an overview with what is shown of them."""
        if not best:
            return []
        names = {f"hit{index}": each[2] for index, each in enumerate(best)}
        sql = f"SELECT p.id, {self._columns} FROM publications p WHERE p.id IN ({', '.join(f':{name}' for name in names)}) AND {LIVE}"  # noqa: S608 - ours
        columns = {row[0]: row[1:] for row in self._rows(sql, {}, names)}
        return [Hit(value, found, *columns[number]) for value, found, number in best if number in columns]

    def newest(self, before: int | None, limit: int, *, in_title: bool | None = None) -> list[Hit]:
        """The newest hits, before this id: all of them, those with every word in the title, or the others."""
        wanted = self.question.wanted
        if in_title is not None and wanted is not None and self.question.in_title is not None:
            wanted = self.question.in_title if in_title else Without(wanted, self.question.in_title)
        start = {} if before is None else {"before": before}
        hits = self._hits("wanted", "{id} AS id, p.id AS publication_id", f"ORDER BY {{id}} DESC LIMIT {limit}", start)
        sql = f"SELECT 0, h.id, {self._columns} FROM ({hits}) h JOIN publications p ON p.id = h.publication_id ORDER BY h.id DESC"  # noqa: S608
        return [Hit(*row) for row in self._rows(sql, {"wanted": wanted}, start)]

    def pages(self, hits: Sequence[Hit]) -> dict[int, list[FilePage]]:
        """The first pages of the files of these hits, by the id of the hit, in their order."""
        if not hits:
            return {}
        names = {f"id{index}": hit.id for index, hit in enumerate(hits)}
        sql = (
            f"SELECT e.id, f.file_id, x.number, x.text FROM {_ENTRIES} e"  # noqa: S608 - ours
            " JOIN publication_files f ON f.publication_id = e.publication_id JOIN file_text_pages x ON x.sha256 = f.sha256"
            f" WHERE e.id IN ({', '.join(f':{name}' for name in names)}) AND x.number <= {MOST_PAGES} ORDER BY e.id, f.file_id, x.number"
        )
        found: dict[int, list[FilePage]] = {}
        for entry_id, *page in self.reader.rows(self.reader.prepared(sql), names):
            found.setdefault(entry_id, []).append(FilePage(*page))
        return found

    @property
    def _columns(self) -> str:
        """What a hit shows of its publication `p`."""
        channels = len(self.question.channels)
        repost = repost_column(channels, "p.id") if channels else "NULL AS repost"
        return f"p.item_id, p.type, p.card_json, p.full_json, {repost}"

    def _best(self, after: Sequence[int] | None, limit: int) -> str:
        """SQL of the best of the hits `h`, unless there are too many: then nothing is looked up for them."""
        few = f"(SELECT n FROM total) <= {MOST_RANKED}"  # noqa: S608 - ours
        weighed = " UNION ALL ".join(
            [
                f"SELECT id, publication_id, 0 AS weight FROM h WHERE {few}",  # noqa: S608 - ours
                *(self._weighed(f"weighed{index}", each[1], few) for index, each in enumerate(self.question.weighed)),
            ]
        )
        value = f"SUM(x.weight) * {DAYS_OF_A_POINT} + {self.question.words} * ((x.id >> 16) / 86400)"
        hits = (
            f"SELECT {value} AS value, x.id AS id, MAX(x.publication_id) AS publication_id FROM ({weighed}) x"  # noqa: S608 - ours
            " GROUP BY x.id HAVING MAX(x.publication_id) IS NOT NULL"
        )
        behind = "WHERE (y.value, y.id) < (:value, :id)" if after else ""
        return (
            f"SELECT '{BEST}', '', r.value, r.id, r.publication_id FROM (SELECT y.value, y.id, y.publication_id FROM ({hits}) y {behind}"  # noqa: S608
            f" ORDER BY y.value DESC, y.id DESC LIMIT {limit}) r"
        )

    def _hits(self, name: str, columns: str, rest: str, start: Iterable[str] = ()) -> str:
        """SQL of hits: `{id}` is the id of the entry, `p` its publication. The newest ones first, where `rest` asks for it."""
        before = " AND {id} < :before" if "before" in start else ""
        if self.reader.is_sqlite:
            sql = (
                f"SELECT {columns} FROM search_words w CROSS JOIN {_ENTRIES} e ON e.id = w.rowid"  # noqa: S608 - ours
                f" CROSS JOIN publications p {self._by_window}ON p.id = e.publication_id"
                f" WHERE w.search_words MATCH :{name}{before} AND {self._conditions} {rest}"
            )
            return sql.replace("{id}", "w.rowid")
        # Materialised and sorted before anything else: the first hits are looked up one by one until there are enough.
        order = " ORDER BY w.id DESC" if "ORDER BY" in rest else ""
        sql = (
            f"SELECT {columns} FROM (SELECT w.id, w.publication_id FROM search_words w"  # noqa: S608 - ours
            f" WHERE w.words @@ CAST(:{name} AS tsquery){before.replace('{id}', 'w.id')}{order} OFFSET 0) w"
            f" CROSS JOIN LATERAL (SELECT p.* FROM publications p WHERE p.id = w.publication_id AND {self._conditions} LIMIT 1) p {rest}"
        )
        return sql.replace("{id}", "w.id")

    def _weighed(self, name: str, weight: int, condition: str) -> str:
        """SQL of (id, none, weight) of the entries for which an expression holds, whether or not they are hits; none without the condition."""
        columns = f"CAST(NULL AS BIGINT), {weight} FROM search_words"
        if self.reader.is_sqlite:
            # A condition of its own would be looked at behind each match.
            return (
                f"SELECT rowid, {columns} WHERE search_words MATCH CASE WHEN {condition} THEN :{name} ELSE '\"\"' END"
            )
        return f"SELECT id, {columns} WHERE words @@ CAST(:{name} AS tsquery) AND {condition}"

    @property
    def _by_window(self) -> str:
        """SQLite would look the rows up, with their texts."""
        return "INDEXED BY ix_publications_live_window " if self.reader.is_sqlite else ""

    @property
    def _conditions(self) -> str:
        return " AND ".join([LIVE, *self.question.conditions])

    def _rows(
        self, sql: str, expressions: dict[str, Expression | None], more: dict[str, Any] | None = None
    ) -> Sequence[Sequence[Any]]:
        texts = {
            name: each.fts5() if self.reader.is_sqlite else each.tsquery()
            for name, each in expressions.items()
            if each is not None
        }
        params = {**self.question.params, "now": self.now, **texts, **(more or {})}
        return self.reader.rows(self.reader.prepared(sql), params)


def index_state(reader: Reader) -> IndexState:
    """How far the index is, in one small statement."""
    sequence, revision = reader.rows(_STATE, {})[0]
    return IndexState(sequence or 0, revision or 0)
