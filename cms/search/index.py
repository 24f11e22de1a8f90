"""Writes the index. Its words are kept as each database searches best: an FTS5 table of SQLite without the texts, a `tsvector` with a
GIN index on PostgreSQL. Neither does any language of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from cms.core.db import table_of
from cms.search.entries import GAP, Entry
from cms.search.models import SearchEntry

_entries = table_of(SearchEntry)
_DELETE = delete(_entries).where(_entries.c.item_number.in_(bindparam("numbers", expanding=True)))
_TAKEN = select(_entries.c.id).where(_entries.c.id >= bindparam("first")).order_by(_entries.c.id).limit(1)
_INSERT = insert(_entries)
_SQLITE: Final = text("INSERT INTO search_words (rowid, placed, more) VALUES (:id, :placed, :more)")
_WRITTEN: Final = text(
    "INSERT INTO search_vocabulary (word, texts) VALUES (:word, 1)"
    " ON CONFLICT (word) DO UPDATE SET texts = search_vocabulary.texts + 1"
)
_MERGE: Final = text("INSERT INTO search_words (search_words) VALUES ('optimize')")
_POSTGRES: Final = text(
    "INSERT INTO search_words (id, publication_id, words) VALUES (:id, :publication_id, CAST(:words AS tsvector))"
)


def forget_items(connection: Connection, numbers: Collection[int]) -> None:
    """Remove the entries of these items; their words go with them."""
    if numbers:
        connection.execute(_DELETE, {"numbers": sorted(numbers)})


def add_written(connection: Connection, words: Collection[str]) -> None:
    """Count words of texts as they are written; in one order, so that two writers never wait for each other crosswise."""
    if words:
        connection.execute(_WRITTEN, [{"word": word} for word in sorted(words)])


def merge_words(connection: Connection) -> None:
    """Merge what many small writes have left. PostgreSQL does it by itself."""
    if connection.dialect.name == "sqlite":
        connection.execute(_MERGE)


def add_entry(connection: Connection, first_id: int, publication_id: int, item_number: int, entry: Entry) -> None:
    """Add the entry of a publication, with `first_id` or the next id that is free."""
    entry_id = _free_id(connection, first_id)
    row = {"id": entry_id, "publication_id": publication_id, "item_number": item_number}
    connection.execute(_INSERT, row)
    if connection.dialect.name == "sqlite":
        words: dict[str, Any] = {"placed": " ".join(entry.placed), "more": " ".join(entry.more)}
        connection.execute(_SQLITE, {"id": entry_id, **words})
    else:
        lexemes = lexemes_of(entry)
        connection.execute(_POSTGRES, {"id": entry_id, "publication_id": publication_id, "words": lexemes})


def lexemes_of(entry: Entry) -> str:
    """The entry as the text of a `tsvector`."""
    places: dict[str, list[int]] = {word: [] for word in entry.more}
    for place, word in enumerate(entry.placed, 1):
        if word != GAP:
            places.setdefault(word, []).append(place)
    return " ".join(f"{_quoted(word)}{_placed(found)}" for word, found in places.items())


def _placed(places: Sequence[int]) -> str:
    return f":{','.join(map(str, places))}" if places else ""


def _quoted(word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _free_id(connection: Connection, first_id: int) -> int:
    """Two items of one second whose numbers end alike are rare; so are an item's live and its scheduled publication."""
    while connection.scalar(_TAKEN, {"first": first_id}) == first_id:
        first_id += 1
    return first_id
