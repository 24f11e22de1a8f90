"""`python -m bench.searching`: how long a search takes, among 100,000 publications of which 30,000 have a file of two pages.

BENCH_ITEMS     publications (default 100000)
BENCH_DATABASE  sqlite, postgresql or both (default both)

The rows are written as they would come out of publishing, without it, and the entries of the index by the functions of the follower. One question
after the other is asked of one web process that keeps no answers; no question is asked twice. Words follow Zipf's law over some 30,000.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from statistics import median
from typing import Any

import orjson
from flask_migrate import upgrade
from sqlalchemy import Connection, insert, text

from bench.databases import KINDS, Database, fresh_database
from bench.dataset import WORDS, agencies
from bench.loading import add_reference, delivery_key
from bench.server import Server, serving
from cms.application import create_app
from cms.changes.models import FollowerPosition
from cms.core import clock
from cms.core.db import db, table_of
from cms.file_texts.models import FileText, FileTextPage
from cms.language.words import indexed
from cms.publishing.models import Publication, PublicationFile, PublicationTerm, PublishedItem
from cms.search.entries import Source, entry_of, first_id
from cms.search.followers import NAME
from cms.search.index import add_entry, merge_words
from cms.search.types import searched_types
from config import Settings

SEED, BATCH, ASKED = 5, 1_000, 40
BEGINNING, EVERY = datetime(2021, 1, 1, tzinfo=UTC), timedelta(seconds=1_600)
CATEGORIES = 16
BARS = {
    "two words": (15, 30),
    "a word of half of all": (15, 30),
    "two words, three facets": (40, 60),
    "half of all, three facets": (40, 60),
    "first letters": (10, 10),
}
"""Milliseconds that the median may take, on SQLite and on PostgreSQL."""
FACETS = "&facets=type,agency,category"
Rows = dict[type[Any], list[dict[str, Any]]]
SIZE = {
    "sqlite": "SELECT sum(length(block)) FROM search_words_data",
    "postgresql": "SELECT pg_indexes_size('search_words')",
}


class Vocabulary:
    """Words, the frequent ones first."""

    def __init__(self) -> None:
        self.random = Random(SEED)  # noqa: S311 - a data set, no secret
        syllables = [consonant + vowel for consonant in "bcdfghjklmnprstwy" for vowel in "aiueo"]
        made = {"".join(self.random.choices(syllables, k=self.random.randint(2, 4))) for _ in range(30_000)}
        self.words = [*WORDS, *sorted(made)]
        self.random.shuffle(self.words)
        self._weights = list(accumulate(1 / (place + 20) for place in range(len(self.words))))

    def some(self, count: int) -> str:
        """So many words of a text."""
        return " ".join(self.random.choices(self.words, cum_weights=self._weights, k=count))


@dataclass(slots=True)
class Loader:
    """Writes publications; `letters` counts those of their texts."""

    vocabulary: Vocabulary
    owners: Sequence[str]
    letters: int = 0

    def fill(self, connection: Connection, items: int) -> None:
        """Write them in batches."""
        for start in range(1, items + 1, BATCH):
            rows: Rows = {
                kind: []
                for kind in (PublishedItem, Publication, PublicationTerm, FileText, PublicationFile, FileTextPage)
            }
            sources = [self._add(rows, number) for number in range(start, min(start + BATCH, items + 1))]
            for kind, values in rows.items():
                if values:
                    connection.execute(insert(table_of(kind)), values)
            for number, source in enumerate(sources, start):
                entry = entry_of(source, searched_types().searched[source.type])
                add_entry(connection, first_id(_published(number), number), number, number, entry)
            connection.commit()
            print(f"\r{min(start + BATCH - 1, items):,} of {items:,}", end="", file=sys.stderr, flush=True)

    def _add(self, rows: Rows, number: int) -> Source:
        """The rows of one publication; three of ten are documents with a file."""
        random, said = self.vocabulary.random, self.vocabulary.some
        item_id, agency = f"{number:036d}", self.owners[int(random.random() ** 2 * len(self.owners))]
        kind = "document" if number % 10 < 3 else "post"
        title, summary, body = said(8).title(), said(25), said(160)
        self.letters += len(title) + len(summary) + len(body)
        terms = [["channel", agency, None], ["category", f"kategori-{random.randrange(CATEGORIES)}", None]]
        card = {"id": item_id, "type": kind, "title": title, "summary": summary, "agency": {"slug": agency}}
        card_json, terms_json = orjson.dumps(card).decode(), orjson.dumps(terms).decode()
        full_json = orjson.dumps({**card, "body_html": f"<p>{body}</p>", "body_text": body}).decode()
        shared = {"type": kind, "agency": agency, "published_at": _published(number), "item_number": number}
        rows[PublishedItem].append(
            {"number": number, "id": item_id, "type": kind, "agency": agency, "standing": "live",
             "first_published_at": _published(number), "change_history": []}
        )  # fmt: skip
        rows[Publication].append(
            {**shared, "id": number, "item_id": item_id, "edition": 1, "slug": f"s-{number}", "language": "id",
             "updated_at": _published(number), "changed_at": _published(number), "effective_from": clock.EPOCH,
             "card_json": card_json, "full_json": full_json, "terms_json": terms_json, "digest": ""}
        )  # fmt: skip
        rows[PublicationTerm] += [{**shared, "publication_id": number, "scheme": a, "term": b} for a, b, _ in terms]
        words = self._add_file(rows, number, item_id) if kind == "document" else ""
        return Source(kind, agency, full_json, terms_json, words)

    def _add_file(self, rows: Rows, number: int, item_id: str) -> str:
        """A file of two pages; returns its words."""
        digest, pages = f"{number:064d}", [self.vocabulary.some(300) for _ in range(2)]
        self.letters += sum(map(len, pages))
        kind = {"media_type": "application/pdf"}
        rows[FileText].append({**kind, "sha256": digest, "state": "read", "received_at": clock.now()})
        rows[PublicationFile].append(
            {**kind, "publication_id": number, "file_id": item_id, "item_id": item_id, "name": "a.pdf", "bytes": 1,
             "sha256": digest}
        )  # fmt: skip
        rows[FileTextPage] += [{"sha256": digest, "number": at, "text": said} for at, said in enumerate(pages, 1)]
        return indexed(" ".join(pages))


def _published(number: int) -> datetime:
    return BEGINNING + number * EVERY


def load(database: Database, vocabulary: Vocabulary, items: int) -> tuple[str, float]:
    """Fill the database; returns a delivery key, and how many times as large as the texts the index is."""
    app = create_app(Settings.from_environ(database.environment))
    with app.app_context():
        upgrade()
        app.extensions["simpul"].storage.mark("bench")
        add_reference()
        key, loader = delivery_key(), Loader(vocabulary, [agency.slug for agency in agencies()])
        with db.engine.connect().execution_options(writes=True) as connection:
            loader.fill(connection, items)
            position = {"name": NAME, "sequence": 2**40, "moved_at": clock.now()}
            connection.execute(insert(table_of(FollowerPosition)), position)
            merge_words(connection)
            connection.commit()
            size = int(connection.scalar(text(SIZE[database.kind])) or 0)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if database.kind == "sqlite" else "VACUUM (ANALYZE)"))
        db.engine.dispose()
    return key, size / loader.letters


def questions(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """The paths of each line. Words of the middle are in one of twenty to one of a hundred texts."""
    random, middle = vocabulary.random, vocabulary.words[40:1_500]
    pairs = [f"/v1/search?q={random.choice(middle)}+{random.choice(middle)}" for _ in range(2 * ASKED)]
    often = [f"/v1/search?q={word}" for word in vocabulary.words[: ASKED // 2]]
    return {
        "two words": pairs[:ASKED],
        "a word of half of all": often,
        "two words, three facets": [path + FACETS for path in pairs[ASKED:]],
        "half of all, three facets": [path + FACETS for path in often],
        "first letters": [f"/v1/suggest?q={word[:3]}" for word in middle[:ASKED]],
    }


def timed(server: Server, key: str, paths: Sequence[str]) -> Iterator[float]:
    """Milliseconds of each. Raises `RuntimeError` for an answer that is an error."""
    for path in paths:
        began = time.perf_counter()
        answer = server.ask(path, {"Authorization": f"Bearer {key}"})
        yield (time.perf_counter() - began) * 1_000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.body[:200]!r}")


def main() -> None:
    """Print the median of each line, and its bar."""
    items, chosen = int(os.environ.get("BENCH_ITEMS", "100000")), os.environ.get("BENCH_DATABASE", "both")
    for place, kind in enumerate(KINDS):
        if chosen not in {kind, "both"}:
            continue
        vocabulary = Vocabulary()
        with fresh_database(kind) as database:
            key, share = load(database, vocabulary, items)
            print(f"\r{kind}, {items:,} publications: the index has {share:.2f} times the bytes of the texts (bar 1.5)")
            environment = {**database.environment, "DELIVERY_CACHE_BYTES": "0"}
            with serving("wsgi:app", threads=4, environment=environment, ready_path="/healthz") as server:
                for name, paths in questions(vocabulary).items():
                    found = median(list(timed(server, key, paths)))
                    bar = BARS[name][place]
                    print(f"{name:28} {found:7.1f} ms  {'ok' if found <= bar else 'MISSED'} <= {bar}", flush=True)


if __name__ == "__main__":
    main()
