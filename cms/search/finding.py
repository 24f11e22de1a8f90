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
from cms.search.matches import FilePage
from cms.search.models import SearchEntry, SearchFigure
from cms.search.questions import Question

MOST_RANKED: Final = 5_000
"""Hits that are compared with each other. Of more, those with all words in the title come first, then the newest."""
OF_PUBLICATION: Final = frozenset({"type", "agency"})
"""Facets that are columns of the publication; the others are terms."""
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

    def count(self) -> int:
        """How many hits there are, at most one more than the cap."""
        if self.question.wanted is None:
            return 0
        hits = self._hits("wanted", "1", f"LIMIT {COUNT_CAP + 1}")
        rows = self._rows(f"SELECT count(*) FROM ({hits}) c", {"wanted": self.question.wanted})  # noqa: S608 - ours
        return int(rows[0][0])

    def ranked(self, after: Sequence[int] | None, limit: int) -> list[Hit]:
        """The best hits, behind this (value, id)."""
        names = [("wanted", 0), *((f"weighed{index}", each[1]) for index, each in enumerate(self.question.weighed))]
        weighed = " UNION ALL ".join(self._matching(name, weight) for name, weight in names)
        value = f"SUM(x.weight) * {DAYS_OF_A_POINT} + {self.question.words} * ((x.id >> 16) / 86400)"
        behind = "WHERE (y.value, y.id) < (:value, :id)" if after else ""
        hits = f"SELECT y.id, y.value FROM (SELECT x.id AS id, {value} AS value FROM ({weighed}) x GROUP BY x.id) y {behind}"  # noqa: S608 - ours
        expressions = {f"weighed{index}": each[0] for index, each in enumerate(self.question.weighed)}
        start = {"value": after[0], "id": after[1]} if after else {}
        page = (
            f"SELECT r.value, r.id, p.id AS publication_id FROM ({hits}) r JOIN {_ENTRIES} e ON e.id = r.id"  # noqa: S608 - ours
            f" JOIN publications p {self._by_window}ON p.id = e.publication_id WHERE {self._conditions}"
            f" ORDER BY r.value DESC, r.id DESC LIMIT {limit}"
        )
        return self._shown(page, {"wanted": self.question.wanted, **expressions}, start)

    def newest(self, before: int | None, limit: int, *, in_title: bool | None = None) -> list[Hit]:
        """The newest hits, before this id: all of them, those with every word in the title, or the others."""
        wanted = self.question.wanted
        if in_title is not None and wanted is not None and self.question.in_title is not None:
            wanted = self.question.in_title if in_title else Without(wanted, self.question.in_title)
        start = {} if before is None else {"before": before}
        hits = self._hits(
            "wanted", "0 AS value, {id} AS id, p.id AS publication_id", f"ORDER BY {{id}} DESC LIMIT {limit}", start
        )
        return self._shown(hits, {"wanted": wanted}, start)

    def counted(self, names: Sequence[str]) -> list[tuple[str, str, int]]:
        """(facet, value, number of hits), of the newest hits up to the cap."""
        if self.question.wanted is None:
            return []
        hits = self._hits(
            "wanted", "p.id AS id, p.type AS type, p.agency AS agency", f"ORDER BY {{id}} DESC LIMIT {COUNT_CAP}"
        )
        own = [
            f"SELECT '{name}', h.{name}, count(*) FROM h GROUP BY h.{name}"  # noqa: S608 - ours
            for name in names
            if name in OF_PUBLICATION
        ]
        schemes = ", ".join(f"'{name}'" for name in names if name not in OF_PUBLICATION)
        terms = (
            f"SELECT t.scheme, t.term, count(*) FROM h CROSS JOIN publication_terms t WHERE t.publication_id = h.id AND t.scheme IN ({schemes})"  # noqa: S608 - ours
            " GROUP BY t.scheme, t.term"
        )
        counts = " UNION ALL ".join([*own, *([terms] if schemes else [])])
        rows = self._rows(f"WITH h AS MATERIALIZED ({hits}) {counts}", {"wanted": self.question.wanted})
        return [(row[0], row[1], int(row[2])) for row in rows]

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

    def _shown(self, page: str, expressions: dict[str, Expression | None], params: dict[str, Any]) -> list[Hit]:
        """The hits of a page of (value, id, publication_id), in its order, with what is shown of them."""
        channels = len(self.question.channels)
        repost = repost_column(channels, "p.id") if channels else "NULL AS repost"
        sql = (
            f"SELECT h.value, h.id, p.item_id, p.type, p.card_json, p.full_json, {repost} FROM ({page}) h"  # noqa: S608 - ours
            " JOIN publications p ON p.id = h.publication_id ORDER BY h.value DESC, h.id DESC"
        )
        return [Hit(*row) for row in self._rows(sql, expressions, params)]

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

    def _matching(self, name: str, weight: int) -> str:
        """SQL of (id, weight) of the entries for which an expression holds."""
        if self.reader.is_sqlite:
            return f"SELECT rowid AS id, {weight} AS weight FROM search_words WHERE search_words MATCH :{name}"  # noqa: S608 - ours
        return f"SELECT id, {weight} AS weight FROM search_words WHERE words @@ CAST(:{name} AS tsquery)"  # noqa: S608 - ours

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
