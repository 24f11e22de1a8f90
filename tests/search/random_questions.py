"""Questions of anything at all, and what they find, told without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from urllib.parse import quote

from flask import Flask
from sqlalchemy import select

from cms.core.db import rolled_back, session
from cms.language.expansions import shipped
from cms.language.understanding import Group, understand
from cms.publishing.models import PublishedItem
from cms.search.entries import entry_of
from cms.search.queries import indexables
from cms.search.questions import MOST_LENIENT
from cms.search.types import searched_types
from tests.people import Caller
from tests.search.searching import ids_of

PIECES = (
    "jalan", "penutupan jalan", "ktp", "banjir", "dinas", "layanan", "jadw", "perizin", "dishub", "188.45/12/2026", "nomor 12 tahun 2026",
    "Jum'at", "t_jalan", "_type:post", "NOT", "AND", "OR", "NEAR(", "*", "^", ":", ":*", "-", '"', "\u201c", "'", "(", ")", "&", "|", "!", "<->", "<2>",
    "\\", "\x00", "\ud800", "\udfff", "\U0001f600", "\u200d", "\u0301", "\u0645\u062f\u064a\u0646\u0629", "\u06f1\u06f2", "\ufdfa", "\u1e9e",
    "\u0130", "\u2160", "\u00bd", "\u4e2d\u6587", "<mark>", " ", "  ", "\n", "/", ".", ",", "+", "_", "%", "placed:", "{", "}", "[", "~", "--", ";", "$1",
)  # fmt: skip
MEGABYTE = 1_000_000
Words = tuple[frozenset[str], str]


def questions(count: int, seed: int) -> Iterator[str]:
    """So many, the last one a megabyte of words."""
    random = Random(seed)
    for number in range(count - 1):
        pieces = [_piece(random) for _ in range(random.randint(1, 400 if number % 100 == 0 else 8))]
        yield random.choice(("", " ", " ")).join(pieces)
    yield "banjir jalan " * (MEGABYTE // 13)


def _piece(random: Random) -> str:
    if random.random() < 0.8:
        return random.choice(PIECES)
    return "".join(chr(random.randrange(0x110000)) for _ in range(random.randint(1, 5)))


def address(q: str) -> str:
    """Where it is asked; a lone surrogate is sent as the bytes that it would have."""
    return f"/v1/search?q={quote(q, errors='surrogatepass')}&limit=100&fields=id"


def heard(q: str) -> str:
    """What the server reads of it: bytes that are no UTF-8 stay as they are written in the address."""
    return "".join(quote(each, errors="surrogatepass") if "\ud800" <= each <= "\udfff" else each for each in q)


def words_of_items(app: Flask) -> dict[str, Words]:
    """The words of every item by its id: all of them, and those of its texts in their order."""
    found: dict[str, Words] = {}
    with app.app_context(), rolled_back():
        items = {each.number: each.id for each in session.scalars(select(PublishedItem))}
        for each in indexables(items):
            entry = entry_of(each.source, searched_types().searched[each.source.type])
            found[items[each.item_number]] = frozenset((*entry.placed, *entry.more)), f" {' '.join(entry.placed)} "
    return found


def expected(q: str, items: Mapping[str, Words]) -> set[str]:
    """The ids of the items with all words of a question, or with all but one where none has all and it may be so."""
    groups = understand(q, shipped()).groups
    lacking = {item_id: _lacking(groups, words) for item_id, words in items.items()} if groups else {}
    most = 1 if 1 < len(groups) <= MOST_LENIENT and 0 not in lacking.values() else 0
    return {item_id for item_id, count in lacking.items() if count <= most}


def _lacking(groups: Sequence[Group], words: Words) -> int:
    return sum(not _has(group, words) for group in groups)


def _has(group: Group, words: Words) -> bool:
    said, placed = words
    if any(
        phrase[0] in said if len(phrase) == 1 else f" {' '.join(phrase)} " in placed for phrase in group.alternatives
    ):
        return True
    return bool(group.prefixes) and any(word.startswith(group.prefixes) for word in said)


def ask(website: Caller, q: str) -> tuple[int, set[str] | None]:
    """The status of the first page, and the ids of all pages; none when the question was refused."""
    first = website.get(address(q))
    return first.status_code, set(ids_of(website, first.json)) if first.status_code == 200 else None
