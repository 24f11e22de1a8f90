"""Published items in the order of the log, each in its last state: what copies are made of.

A page is a range of the index of items by type and line. The texts of publications are fetched by themselves, for those items
alone that a copy wants: rows only, a bounded number at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, NamedTuple

from cms.core.reading import Reader
from cms.publishing.visibility import (
    ADDRESS_EXISTS,
    ENDED_AT,
    ENDED_WITHIN,
    HAS_ENDED,
    IS_LATE,
    LATE_SINCE,
    LIVE,
    SHOWN_AT,
    WAS_SHOWN_SINCE,
)

_OF_ITEM = "number, id, type, sequence, standing, agency, explanation, alternative, target_id"
_COLUMNS = (
    "i.number, i.id, i.type, i.sequence, i.standing, i.agency, i.explanation, i.alternative, i.target_id,"
    " p.id, p.sequence, p.agency, p.terms_json"
)
_RANGE = (
    f"SELECT * FROM (SELECT {_OF_ITEM} FROM published_items WHERE type = :{{type}} AND sequence > :after"  # noqa: S608 - ours
    " AND sequence <= :until ORDER BY sequence LIMIT :count) r{number}"
)
_WALK = (
    f"SELECT {_COLUMNS} FROM (SELECT * FROM ({{ranges}}) a ORDER BY sequence LIMIT :count) i"  # noqa: S608 - ours
    f" LEFT JOIN publications p ON p.item_id = i.id AND {LIVE} ORDER BY i.sequence"
)
_LATE = " UNION ".join(
    f"SELECT {since} AS moment, p.item_number AS number FROM publications p WHERE p.type = :{{type}} AND {is_late}"  # noqa: S608 - ours
    for since, is_late in zip(LATE_SINCE, IS_LATE, strict=True)
)
_LATE_ITEMS = (
    f"SELECT {_COLUMNS}, l.moment FROM ({{late}}) l JOIN published_items i ON i.number = l.number"  # noqa: S608 - ours
    f" LEFT JOIN publications p ON p.item_id = i.id AND {LIVE}"
    " WHERE (l.moment, l.number) > (:moment, :number) ORDER BY l.moment, l.number LIMIT :count"
)
_SHOWN_BEFORE = (
    f"SELECT p.item_number, p.agency, p.terms_json, CASE WHEN {HAS_ENDED} THEN 1 ELSE 0 END, p.end_explanation"  # noqa: S608 - ours
    f" FROM publications p WHERE p.item_number IN ({{ids}}) AND {WAS_SHOWN_SINCE}"
)
_MOVED_ON = (
    f"SELECT * FROM (SELECT i.number, i.id, i.type, {ENDED_AT} AS ended_at, p.agency, p.terms_json"  # noqa: S608 - ours
    " FROM publications p JOIN published_items i ON i.number = p.item_number"
    f" WHERE p.type = :{{type}} AND {ENDED_WITHIN} AND i.sequence > :until ORDER BY ended_at LIMIT :count) r{{number}}"
)
_SHOWN_AT = (
    f"SELECT p.item_number, p.agency, p.terms_json FROM publications p WHERE p.item_number IN ({{ids}}) AND {SHOWN_AT}"  # noqa: S608 - ours
)
_TEXTS = "SELECT p.id, {text} FROM publications p WHERE p.id IN ({ids})"
_SQLITE_BYTES, _POSTGRES_BYTES = "CAST(p.full_json AS BLOB)", "convert_to(p.full_json, 'UTF8')"
"""The text as it is stored: nobody has to decode it only to send it (docs/decisions/0091-cost-of-a-first-copy.md)."""
_SLUGS = (
    f"SELECT s.item_id, s.slug FROM published_slugs s WHERE s.item_id IN ({{ids}}) AND {ADDRESS_EXISTS} ORDER BY s.slug"  # noqa: S608 - ours
)
SIZES: Final = (1, 10, 100, 1_000)
"""Lists of ids are filled up to one of these lengths, so that there are few statements to prepare."""
BEFORE_ALL: Final = (0, 0)
"""Before the first late item: a moment and a number."""


class Walked(NamedTuple):
    """An item at its newest line. The last four are of its live publication; None when there is none."""

    number: int
    id: str
    type: str
    sequence: int
    standing: str
    agency: str
    explanation: str | None
    alternative: str | None
    target_id: str | None
    publication_id: int | None
    publication_sequence: int
    owner: str
    terms_json: str


class ShownBefore(NamedTuple):
    """What readers had of an item and have no more; `has_ended`: by a schedule that nobody has carried out yet."""

    owner: str
    terms_json: str
    has_ended: bool
    end_explanation: str | None


class MovedOn(NamedTuple):
    """A publication that ended at a line, of an item that has changed again since: what it was found by."""

    number: int
    id: str
    type: str
    ended_at: int
    owner: str
    terms_json: str


class LateItem(NamedTuple):
    """An item whose schedule has come and was not carried out, and its moment (microseconds since 1970)."""

    item: Walked
    moment: int


@dataclass(slots=True)
class Walk:
    """Reads items of some types as of `now` (microseconds since 1970)."""

    reader: Reader
    types: tuple[str, ...]
    now: int
    _names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._names = {f"type{index}": name for index, name in enumerate(self.types)}

    def items(self, after: int, until: int, most: int) -> list[Walked]:
        """Items whose newest line is after `after` and not after `until`, in the order of their lines."""
        if not self.types or after >= until:
            return []
        ranges = " UNION ALL ".join(_RANGE.format(type=name, number=name) for name in self._names)
        rows = self._rows(_WALK.format(ranges=ranges), {"after": after, "until": until, "count": most, **self._names})
        return list(map(Walked._make, rows))

    def late_items(self, after: Sequence[int], most: int) -> list[LateItem]:
        """Items whose scheduled moment has come and was not carried out, after this (moment, number), in the order of both."""
        if not self.types:
            return []
        late = " UNION ".join(_LATE.format(type=name) for name in self._names)
        params = {"moment": after[0], "number": after[1], "count": most, **self._names}
        rows = self._rows(_LATE_ITEMS.format(late=late), params)
        return [LateItem(Walked(*row[:-1]), int(row[-1])) for row in rows]

    def shown_before(self, numbers: Sequence[int], since: int) -> dict[int, list[ShownBefore]]:
        """What readers had of these items after the line `since`, and do not have now, by the number of the item."""
        found: dict[int, list[ShownBefore]] = {}
        for row in self._of(_SHOWN_BEFORE, numbers, {"since": since}):
            found.setdefault(row[0], []).append(ShownBefore(row[1], row[2], bool(row[3]), row[4]))
        return found

    def moved_on(self, since: int, reached: int, until: int, most: int) -> list[MovedOn]:
        """What ended after the line `since` and not after `reached`, of items whose newest line is after `until`; in this order."""
        if not self.types or since >= reached:
            return []
        ranges = " UNION ALL ".join(_MOVED_ON.format(type=name, number=name) for name in self._names)
        params = {"since": since, "reached": reached, "until": until, "count": most, **self._names}
        rows = self._rows(f"SELECT * FROM ({ranges}) a ORDER BY ended_at LIMIT :count", params)  # noqa: S608 - ours
        return [MovedOn(*row) for row in rows]

    def shown_at(self, numbers: Sequence[int], until: int) -> dict[int, list[tuple[str, str]]]:
        """Owner and terms of what readers had of these items after the line `until`, by the number of the item."""
        found: dict[int, list[tuple[str, str]]] = {}
        for number, owner, terms_json in self._of(_SHOWN_AT, numbers, {"until": until}):
            found.setdefault(number, []).append((owner, terms_json))
        return found

    def texts(self, publication_ids: Sequence[int]) -> dict[int, bytes]:
        """The full forms of these publications, as JSON in UTF-8."""
        text = _SQLITE_BYTES if self.reader.is_sqlite else _POSTGRES_BYTES
        return {row[0]: row[1] for row in self._of(_TEXTS.replace("{text}", text), publication_ids, {}, is_binary=True)}

    def slugs(self, item_ids: Sequence[str]) -> dict[str, list[str]]:
        """The slugs under which these items were ever published, in the order of the alphabet, each once."""
        found: dict[str, dict[str, None]] = {}
        for item_id, slug in self._of(_SLUGS, item_ids, {}):
            found.setdefault(item_id, {})[slug] = None
        return {item_id: list(slugs) for item_id, slugs in found.items()}

    def _of(
        self, sql: str, ids: Sequence[Any], params: Mapping[str, Any], *, is_binary: bool = False
    ) -> Iterator[Sequence[Any]]:
        for begin in range(0, len(ids), SIZES[-1]):
            part = ids[begin : begin + SIZES[-1]]
            size = next(size for size in SIZES if size >= len(part))
            filled = dict(zip(map("id{}".format, count()), [*part, *[part[-1]] * (size - len(part))], strict=False))
            listed = sql.format(ids=", ".join(f":{name}" for name in filled))
            yield from self._rows(listed, {**filled, **params}, is_binary=is_binary)

    def _rows(self, sql: str, params: dict[str, Any], *, is_binary: bool = False) -> Sequence[Sequence[Any]]:
        return self.reader.rows(self.reader.prepared(sql), {**params, "now": self.now}, is_binary=is_binary)
