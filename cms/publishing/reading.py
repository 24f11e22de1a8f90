"""Reading live publications: pages, single items, addresses. Files and images: `cms.publishing.shown_files`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from cms.changes.heads import HEAD_TABLES, Heads, LogHead
from cms.core import clock
from cms.core.reading import Reader
from cms.publishing.next_due import COMING, PASSED
from cms.publishing.page_sql import counted_page_sql, page_sql
from cms.publishing.selection import COUNT_CAP, Position, Selection
from cms.publishing.site_maps import SitePart, part_sql, parts_sql
from cms.publishing.term_counts import TermPage, TermScope, counted_terms, existing_terms
from cms.publishing.visibility import ADDRESS_EXISTS, HAS_ENDED, LIVE, LIVE_UNTIL, STANDING, carried_or_on_channel

_LIVE_JOIN = f"LEFT JOIN publications p ON p.item_id = i.id AND {LIVE}"
_HEADS_AND_ITEM = (
    f"SELECT {{columns}}, i.standing, i.agency, i.explanation, i.alternative, i.ended_at,"  # noqa: S608 - constants of ours
    f" i.target_id, p.sequence, p.edition, p.agency, p.updated_at, {LIVE_UNTIL}, p.full_json"
    f" FROM {HEAD_TABLES} LEFT JOIN published_items i ON i.id = :id AND i.type = :type {_LIVE_JOIN} WHERE h.id = 1"
)
_HEADS_AND_SEQUENCE = (
    f"SELECT {{columns}}, p.sequence, {LIVE_UNTIL}"  # noqa: S608 - constants of ours
    f" FROM {HEAD_TABLES} LEFT JOIN published_items i ON i.id = :id AND i.type = :type {_LIVE_JOIN} WHERE h.id = 1"
)
_ADDRESS = (
    f"SELECT i.id, {STANDING}, i.agency, i.explanation, i.alternative, i.target_id, p.agency, p.slug, p.card_json, i.type, s.agency"  # noqa: S608 - ours
    f" FROM published_slugs s JOIN published_items i ON i.id = s.item_id {_LIVE_JOIN}"
    f" WHERE s.type = :type AND s.agency IN ({{agencies}}) AND s.slug = :slug AND {ADDRESS_EXISTS}"
    " ORDER BY CASE WHEN s.agency = :agency0 THEN 0 ELSE 1 END, s.agency LIMIT 1"
)
_TARGET = (
    f"SELECT i.id, {STANDING}, i.agency, i.explanation, i.alternative, i.target_id, p.agency, p.slug, p.card_json, i.type"  # noqa: S608 - ours
    f" FROM published_items i {_LIVE_JOIN} WHERE i.id = :id"
)
_LEGACY = (
    f"SELECT i.id, {STANDING}, i.agency, i.explanation, i.alternative, i.target_id, p.agency, p.slug, p.card_json, i.type"  # noqa: S608 - ours
    f" FROM legacy_addresses a JOIN published_items i ON i.id = a.item_id {_LIVE_JOIN} WHERE a.key = :key"
)
_ENDED = f"SELECT p.end_explanation FROM publications p WHERE p.item_id = :id AND {HAS_ENDED} ORDER BY {LIVE_UNTIL} DESC LIMIT 1"  # noqa: S608 - ours
_POSITIONS = "SELECT c.scheme, c.agency, c.sequence, c.moved_at FROM content_positions c WHERE c.type = :type"
ContentPosition = tuple[int, int]
"""The newest line that changed something, and its moment (microseconds since 1970)."""
MOST_REDIRECTIONS = 20
OF_ITEM = 12
"""Columns of `_HEADS_AND_ITEM` after those of the heads."""
# Clients choose how many words a filter has, so the number of query shapes has no limit.
MOST_SHAPES, LONGEST_SHAPE = 1_000, 8_192


@dataclass(frozen=True, slots=True)
class PublishedState:
    """The state of one item for readers: live (`full_json` is set), or with a standing that says how it ended."""

    standing: str
    agency: str
    explanation: str | None
    alternative: str | None
    target_id: str | None
    sequence: int | None
    edition: int | None
    updated_at: int | None
    live_until: int | None
    full_json: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of JSON texts; `next` is where the next page begins. `total` is capped at COUNT_CAP + 1.

    `reposts` is set when channels were asked for: `<agency> <note>` for every item that they only repost.
    """

    items: Sequence[str]
    next: Position | None
    total: int | None = None
    reposts: Sequence[str | None] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """The item at an address; `slug` and `live_agency` are the present address of a live item.

    `named_agency` is the agency in the address that was found: the one asked for, or a predecessor of it.
    """

    id: str
    standing: str
    agency: str
    explanation: str | None
    alternative: str | None
    target_id: str | None
    live_agency: str | None
    slug: str | None
    card_json: str | None
    type: str = ""
    named_agency: str = ""


@dataclass(slots=True)
class Publications:
    """Reads the read model with SQL that is built once for each query shape.

    `now` (microseconds since 1970) decides which schedules have taken effect.
    """

    reader: Reader
    head: LogHead
    _sql: dict[tuple[Any, ...], str] = field(default_factory=dict)
    _heads_and_item: str = field(init=False)
    _heads_and_sequence: str = field(init=False)

    def __post_init__(self) -> None:
        self._heads_and_item = _HEADS_AND_ITEM.format(columns=self.head.columns)
        self._heads_and_sequence = _HEADS_AND_SEQUENCE.format(columns=self.head.columns)

    def page(
        self, selection: Selection, now: int, newest: int, *, is_full: bool = False, is_counted: bool = False
    ) -> Page:
        """One page, in one statement. `newest` is the moment of the newest change of this type in the log."""
        key = (*selection.shape(), is_full, is_counted)
        sql = self._sql.get(key)
        if sql is None:
            build = counted_page_sql if is_counted else page_sql
            sql = self._remembered(key, build(selection, "full_json" if is_full else "card_json"))
        params = selection.params(now, newest)
        if selection.has_range_beside_its_sort:
            rows = self.reader.rows(sql, params, depends_on_values=True)
        else:
            rows = self.reader.plain_rows(sql, params)
        total = None
        if is_counted:
            # The total is in every row, also in the one row of an empty page.
            total = min(int(rows[0][0]), COUNT_CAP + 1)
            rows = [row[1:] for row in rows if row[1] is not None]
        has_next = len(rows) > selection.limit
        rows = rows[: selection.limit]
        following = Position(int(rows[-1][1]), int(rows[-1][2])) if has_next else None
        reposts = [row[3] for row in rows] if selection.asks_channels else ()
        return Page([row[0] for row in rows], following, total, reposts)

    def heads_and_item(self, type: str, item_id: str, now: int) -> tuple[Heads, PublishedState | None]:
        """The log's heads and one item, in one statement."""
        row = self._plain(self._heads_and_item, {"type": type, "id": item_id, "now": now})
        heads, rest = self.head.heads(*row[:-OF_ITEM]), row[-OF_ITEM:]
        standing, agency, explanation, alternative, _ended, target_id, sequence, edition, live_agency, *live = rest
        if standing is None:
            return heads, None
        owner = live_agency or agency
        return heads, PublishedState(standing, owner, explanation, alternative, target_id, sequence, edition, *live)

    def heads_and_live(self, type: str, item_id: str, now: int) -> tuple[Heads, tuple[int | None, int | None]]:
        """The log's heads, and the sequence and end of an item's live publication: enough to tell whether a cached answer is valid."""
        row = self._plain(self._heads_and_sequence, {"type": type, "id": item_id, "now": now})
        return self.head.heads(*row[:-2]), (row[-2], row[-1])

    def positions(self, type: str) -> dict[tuple[str, str], ContentPosition]:
        """How far each owner and each channel of a type is, by (scheme, agency), in one statement; what has no row never had anything."""
        rows = self.reader.rows(self._prepared(_POSITIONS), {"type": type})
        return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}

    def scheduled_moments(self, type: str, now: int) -> tuple[int, int]:
        """The last scheduled moment that has passed and was not carried out, and the next one; in one statement.

        In microseconds since 1970; 0 and the end of time when there is none.
        """
        passed, coming = self._one(f"SELECT ({PASSED}), ({COMING})", {"type": type, "now": now})
        return int(passed or 0), int(coming or clock.micros(clock.NEVER))

    def ended_by_time(self, item_id: str, now: int) -> tuple[bool, str | None]:
        """Whether the item's scheduled end has passed without being carried out, and the explanation for readers."""
        rows = self.reader.rows(self._prepared(_ENDED), {"id": item_id, "now": now})
        return (True, rows[0][0]) if rows else (False, None)

    def target(self, item_id: str, now: int) -> Address | None:
        """The final target for readers who were sent to this item: several redirections become one."""
        for _ in range(MOST_REDIRECTIONS):
            rows = self.reader.rows(self._prepared(_TARGET), {"id": item_id, "now": now})
            if not rows:
                return None
            found = Address(*rows[0])
            if found.slug is not None or found.target_id is None:
                return found
            item_id = found.target_id
        return None

    def items(self, ids: Sequence[str], now: int, *, is_full: bool = False) -> list[tuple[str, str, str]]:
        """(id, agency, JSON) of the live items among `ids`, in one statement; the order is not defined."""
        names = ", ".join(f":id{index}" for index in range(len(ids)))
        column = "full_json" if is_full else "card_json"
        sql = f"SELECT p.item_id, p.agency, p.{column} FROM publications p WHERE p.item_id IN ({names}) AND {LIVE}"  # noqa: S608
        params: dict[str, Any] = {f"id{index}": item_id for index, item_id in enumerate(ids)}
        rows = self.reader.rows(self._prepared(sql), {**params, "now": now})
        return [(row[0], row[1], row[2]) for row in rows]

    def shown_by(self, agencies: Collection[str], item_ids: Sequence[str], now: int) -> set[str]:
        """The ones of these items that the agencies repost or that are live on their channels, in one statement."""
        if not item_ids or not agencies:
            return set()
        ids = {f"id{index}": item_id for index, item_id in enumerate(item_ids)}
        slugs = {f"slug{index}": slug for index, slug in enumerate(sorted(agencies))}
        sql = self._prepared(carried_or_on_channel(ids, slugs))
        return {row[0] for row in self.reader.rows(sql, {**ids, **slugs, "now": now})}

    def absent_terms(self, scope: TermScope, scheme: str, terms: Sequence[str], now: int) -> list[str]:
        """The ones of these terms that no live item has, in one statement."""
        sql, params = existing_terms(scope, scheme, terms)
        there = {row[0] for row in self.reader.rows(self._prepared(sql), {**params, "now": now})}
        return [term for index, term in enumerate(terms) if index not in there]

    def counted_terms(self, scope: TermScope, scheme: str, page: TermPage, now: int) -> list[tuple[str, int]]:
        """One page of (term, number of live items), with one row more when another page follows; in one statement."""
        sql, params = counted_terms(scope, scheme, page)
        return [(row[0], int(row[1])) for row in self.reader.rows(self._prepared(sql), {**params, "now": now})]

    def site_parts(self, types: Collection[str], agencies: Collection[str], news: str, now: int) -> list[SitePart]:
        """The parts that these agencies have in sitemaps, in one statement."""
        sql, params = parts_sql(types, agencies, news)
        rows = self.reader.rows(self._prepared(sql), {**params, "now": now})
        return [SitePart(row[0], int(row[1]), int(row[2] or 0), int(row[3])) for row in rows]

    def site_cards(self, types: Collection[str], agency: str, part: int, now: int) -> list[str]:
        """The cards of one part, in one statement."""
        sql, params = part_sql(types, agency, part)
        return [row[0] for row in self.reader.rows(self._prepared(sql), {**params, "now": now})]

    def address(self, type: str, agencies: Sequence[str], slug: str, now: int) -> Address | None:
        """The item that is or was published at an address of these agencies, the first agency first; in one statement."""
        names = {f"agency{index}": agency for index, agency in enumerate(agencies)}
        sql = _ADDRESS.format(agencies=", ".join(f":{name}" for name in names))
        rows = self.reader.rows(self._prepared(sql), {"type": type, "slug": slug, "now": now, **names})
        return Address(*rows[0]) if rows else None

    def legacy_address(self, key: str, now: int) -> Address | None:
        """The item that had this address before it came here (`cms.publishing.legacy_addresses.key_of`)."""
        rows = self.reader.rows(self._prepared(_LEGACY), {"key": key, "now": now})
        return Address(*rows[0]) if rows else None

    def _plain(self, sql: str, params: dict[str, Any]) -> Sequence[Any]:
        return self.reader.plain_rows(self._prepared(sql), params)[0]

    def _one(self, sql: str, params: dict[str, Any]) -> Sequence[Any]:
        return self.reader.rows(self._prepared(sql), params)[0]

    def _prepared(self, sql: str) -> str:
        key = (sql,)
        found = self._sql.get(key)
        if found is None:
            found = self._remembered(key, sql)
        return found

    def _remembered(self, key: tuple[Any, ...], sql: str) -> str:
        """The SQL in the driver's style, cached by query shape; never more than MOST_SHAPES."""
        prepared = self.reader.prepared(sql)
        if len(prepared) <= LONGEST_SHAPE:
            if len(self._sql) >= MOST_SHAPES:
                self._sql.clear()
            self._sql[key] = prepared
        return prepared
