"""A complete copy of what is published, kept with `/v1/sync`, in one SQLite file. Python 3.11 or newer, nothing else.

    SIMPUL_API=https://simpul.example SIMPUL_KEY=smp_... python3 simpul_sync.py copy.db type=post,document channel=dishub

SIMPUL_API is the address of your server.

As a module: `Copy("copy.db", Api(base, key), {"channel": "dishub"}).refresh()` as often as you like, `follow()` for ever, `item()` and `by_slug()` to read.

The rule, which is the same in every language:

1. The state is the address to ask next. It is stored in the same transaction as what the page told, so the copy may be killed anywhere: a page that
   was not stored is asked for again, and everything may come twice.
2. `upsert` keeps an item under type and id, `delete` and `leave` remove it. Of a `delete` with a reason that reason is kept, for visitors
   of the old address; one without a reason leaves no trace, also none of an earlier reason.
3. While `complete` is false another page is there now. Afterwards the same address is asked again with its ETag: 304 is no news.
4. 410, 400 `invalid_position`, or other filters: begin anew, with a new generation. Items of the old one stay for readers until they are
   told again, and go when the walk is complete.
5. To be sure, once a day: `is_exact()` compares with the checksum of the server, without a download. Where it differs twice, `begin_anew()`.
6. Nobody else's answer counts: what is no JSON of the API is no answer. After it wait, each time longer, with chance in it.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import random
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

PAGE = 200
ATTEMPTS = 6
LONGEST_WAIT = 300.0
POLL = 30.0

TABLES = """
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1), filters TEXT NOT NULL, next TEXT NOT NULL, etag TEXT, generation INTEGER NOT NULL, is_whole INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS items (
    type TEXT, id TEXT, slug TEXT, digest TEXT NOT NULL, generation INTEGER NOT NULL, item TEXT NOT NULL, PRIMARY KEY (type, id)
);
CREATE INDEX IF NOT EXISTS items_by_slug ON items (type, slug);
CREATE TABLE IF NOT EXISTS gone (
    type TEXT, id TEXT, agency TEXT, slugs TEXT NOT NULL, explanation TEXT, target TEXT, generation INTEGER NOT NULL, PRIMARY KEY (type, id)
);
"""


class Refused(Exception):
    """The API will not answer this however often it is asked (a wrong key or filter): somebody has to look at it."""


class NoAnswer(Exception):
    """No answer after several attempts. The copy stays as it is, and goes on from there the next time."""


class Answer(NamedTuple):
    """Status, headers, and the JSON of an answer; status 0 when there was none."""

    status: int
    headers: Any
    body: Any


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nothing: the key is for one server."""


class Api:
    """GET requests to one server with a key: patient where waiting helps, and only there."""

    def __init__(self, base: str, key: str) -> None:
        self._base, self._key = base.rstrip("/"), key
        self._opener = urllib.request.build_opener(_Stay)

    def get(self, address: str, etag: str | None = None) -> Answer:
        """An answer that is one: 200, 304, or a problem of the API. Of an absolute address only path and query count, so the key stays here."""
        parts = urllib.parse.urlsplit(address)
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Accept-Encoding": "gzip",
            **({"If-None-Match": etag} if etag else {}),
        }
        request = urllib.request.Request(f"{self._base}{parts.path}?{parts.query}", headers=headers)
        for attempt in range(ATTEMPTS):
            answer = self._once(request)
            if answer.status not in {0, 408, 429} and answer.status < 500:
                return answer
            if attempt < ATTEMPTS - 1:
                asked = str(answer.headers.get("Retry-After", ""))
                seconds = float(asked) if asked.isdigit() else 2.0**attempt
                time.sleep(min(LONGEST_WAIT, seconds) * random.uniform(1.0, 1.5))
        raise NoAnswer(f"{parts.path}: {answer.status or 'no answer'}")

    def _once(self, request: urllib.request.Request) -> Answer:
        try:
            try:
                with self._opener.open(request, timeout=60) as answer:
                    status, headers, sent = answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                status, headers, sent = error.code, error.headers, error.read()
            sent = gzip.decompress(sent) if headers.get("Content-Encoding") == "gzip" else sent
            return Answer(status, headers, None if status == 304 else json.loads(sent))
        except (OSError, EOFError, http.client.HTTPException, ValueError, zlib.error):
            return Answer(0, {}, None)


def _told(answer: Answer) -> str:
    """A refusal with each fault and the parameter that has it."""
    faults = [f"\n  {each.get('parameter', '')}: {each['detail']}" for each in answer.body.get("errors", [])]
    return f"{answer.status} {answer.body.get('detail', '')}{''.join(faults)}"


class Copy:
    """The copy in a file. Readers see it whole at any time: each page is one short transaction."""

    def __init__(self, path: str, api: Api, filters: Mapping[str, str]) -> None:
        self.api = api
        self.filters = urllib.parse.urlencode(sorted(filters.items()), safe=",")
        self.db = sqlite3.connect(path, timeout=60, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.executescript(TABLES)

    def refresh(self) -> int:
        """Take over everything that there is to tell now; the number of lines. Raises `Refused` and `NoAnswer`."""
        lines, is_complete = 0, False
        while not is_complete:
            address, etag = self._state()
            answer = self.api.get(address, etag)
            if answer.status == 304:
                return lines
            if answer.status == 410 or (answer.status == 400 and answer.body.get("code") == "invalid_position"):
                self._begin(address)
            elif answer.status != 200:
                raise Refused(_told(answer))
            elif self._take(address, answer):
                lines, is_complete = lines + len(answer.body["data"]), answer.body["meta"]["complete"]
        return lines

    def is_exact(self) -> bool | None:
        """Whether the copy is what the server has; None while that has gone on meanwhile, or a copy is still being made."""
        self.refresh()
        position = urllib.parse.parse_qs(urllib.parse.urlsplit(self._state()[0]).query).get("position", [""])[0]
        answer = self.api.get(f"/v1/sync/checksum?{urllib.parse.urlencode({'position': position})}")
        if answer.status != 200 or not answer.body["meta"]["complete"]:
            return None
        found = {row["type"]: [0, 0] for row in answer.body["data"]}
        for item_type, item_id, digest in self.db.execute("SELECT type, id, digest FROM items"):
            present = found.setdefault(item_type, [0, 0])
            present[0] += 1
            present[1] ^= int(hashlib.sha256(f"{item_id}:{digest}".encode()).hexdigest(), 16)
        return found == {row["type"]: [row["count"], int(row["hash"], 16)] for row in answer.body["data"]}

    def begin_anew(self) -> None:
        """Ask for everything again at the next refresh; what is here stays until then."""
        self._begin(self._state()[0])

    def follow(self) -> None:
        """Refresh for ever: every half minute, each copy at a moment of its own."""
        while True:
            with contextlib.suppress(NoAnswer):
                self.refresh()
            time.sleep(POLL * random.uniform(0.75, 1.25))

    def _state(self) -> tuple[str, str | None]:
        """Where to go on; begins when there is nothing yet, or the filters are others."""
        found = self.db.execute("SELECT next, etag FROM state WHERE filters = ?", [self.filters]).fetchone()
        return found or (self._begin(None), None)

    def _begin(self, asked: str | None) -> str:
        """A new generation, unless another process has gone on from the address meanwhile."""
        first = f"/v1/sync?{self.filters}&limit={PAGE}" if self.filters else f"/v1/sync?limit={PAGE}"
        with self._transaction():
            present, generation = self.db.execute("SELECT next, generation FROM state").fetchone() or (None, 0)
            if asked is None or present == asked:
                row = [self.filters, first, generation + 1]
                self.db.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, NULL, ?, 0)", row)
        return first

    def _take(self, address: str, answer: Answer) -> bool:
        """Store a page and where it leads, in one transaction; False when another process was faster."""
        page = answer.body
        with self._transaction():
            present, generation, is_whole = self.db.execute("SELECT next, generation, is_whole FROM state").fetchone()
            if present != address:
                return False
            for line in page["data"]:
                self._apply(line, generation)
            if page["meta"]["complete"] and not is_whole:
                self.db.execute("DELETE FROM items WHERE generation < ?", [generation])
                self.db.execute("DELETE FROM gone WHERE generation < ?", [generation])
            whole = is_whole or page["meta"]["complete"]
            # The tag belongs to the address that was asked: it stays the one to ask only when nothing was told.
            etag = answer.headers.get("ETag") if page["links"]["next"] == address else None
            self.db.execute("UPDATE state SET next = ?, etag = ?, is_whole = ?", [page["links"]["next"], etag, whole])
        return True

    def _apply(self, line: Mapping[str, Any], generation: int) -> None:
        key = [line["type"], line["id"]]
        self.db.execute("DELETE FROM gone WHERE type = ? AND id = ?", key)
        if line["op"] == "upsert":
            kept = [line["item"].get("slug"), line["digest"], generation, json.dumps(line["item"], ensure_ascii=False)]
            self.db.execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)", [*key, *kept])
            return
        self.db.execute("DELETE FROM items WHERE type = ? AND id = ?", key)
        if line["op"] == "delete" and line["reason"] is not None:
            told = [line["agency"], json.dumps(line["slugs"]), line["explanation"], line["to"], generation]
            self.db.execute("INSERT INTO gone VALUES (?, ?, ?, ?, ?, ?, ?)", [*key, *told])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def item(self, item_type: str, item_id: str) -> dict[str, Any] | None:
        """An item as its detail has it; of content that is `withdrawn` show the notice above it."""
        found = self.db.execute("SELECT item FROM items WHERE type = ? AND id = ?", [item_type, item_id]).fetchone()
        return json.loads(found[0]) if found else None

    def why_gone(self, item_type: str, agency: str, slug: str) -> tuple[str | None, str | None] | None:
        """What visitors of an address of something that was taken back are told: explanation, and where to look. None: nothing."""
        rows = self.db.execute(
            "SELECT slugs, explanation, target FROM gone WHERE type = ? AND agency = ?", [item_type, agency]
        )
        return next(((explanation, target) for slugs, explanation, target in rows if slug in json.loads(slugs)), None)


def main() -> int:
    path, *filters = sys.argv[1:] or ["copy.db"]
    base, key = os.environ.get("SIMPUL_API"), os.environ.get("SIMPUL_KEY")
    if not base or not key or path.startswith("-") or not all("=" in each for each in filters):
        print(
            "usage: SIMPUL_API=https://... SIMPUL_KEY=smp_... simpul_sync.py [COPY [FILTER=VALUE ...]]", file=sys.stderr
        )
        return 2
    copy = Copy(path, Api(base, key), dict(each.split("=", 1) for each in filters))
    try:
        lines = copy.refresh()
    except (Refused, NoAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        lines,
        "lines,",
        *(f"{count} {name}" for name, count in copy.db.execute("SELECT type, count(*) FROM items GROUP BY type")),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
