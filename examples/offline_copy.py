"""A copy of what is published, in one SQLite file, for an app that must also work without a network. Python 3.11 or newer, nothing else.

    SIMPUL_API=https://simpul.example SIMPUL_KEY=smp_... python3 offline_copy.py copy.db '/v1/posts?channel=dpu' /v1/documents

SIMPUL_API is the address of your server.
Run it each minute, from cron or in a loop: an empty file is filled, a full one brought up to date. Stopped at any point, by a signal, a full disk
or a lost network, it goes on from there; two at once do no harm. What was taken back goes, with the reason if there is one. The
whole rule is in `refresh()`; everything else is about one request or one table.
"""

from __future__ import annotations

import contextlib
import gzip
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
from collections.abc import Iterator
from typing import Any

# What an app shows, by the list. `id` and `changed_at` are needed.
SHOWN = "id,type,title,slug,summary,agency,cover,canonical_url,credit_line,published_at,relation,repost,withdrawn,changed_at"
FIELDS = {"/v1/posts": SHOWN + ",body_html,event,valid_until", "/v1/documents": SHOWN + ",year,number,files"}
PAGE = 100
ATTEMPTS = 6
LONGEST_WAIT = 120.0

TABLES = """
CREATE TABLE IF NOT EXISTS lists (list TEXT PRIMARY KEY, made_of TEXT NOT NULL, position TEXT);
CREATE TABLE IF NOT EXISTS items (list TEXT, id TEXT, changed_at TEXT NOT NULL, shown TEXT NOT NULL, PRIMARY KEY (list, id));
CREATE TABLE IF NOT EXISTS tags (question TEXT PRIMARY KEY, address TEXT NOT NULL, etag TEXT NOT NULL);
"""


class Refused(Exception):
    """The API will not answer this however often it is asked: a wrong address, filter or key. Somebody has to look at it."""

    def __init__(self, path: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{path}: {status} {problem.get('detail', '')}")
        self.status, self.problem = status, problem


class NoAnswer(Exception):
    """No answer after several attempts. The copy stays as it is; the next round goes on."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the key is for this server alone."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Api:
    """GET requests with a key: patient where waiting helps, and only there."""

    def __init__(self, base: str, key: str) -> None:
        self.base, self._key = base.rstrip("/"), key
        self._opener = urllib.request.build_opener(_Stay)

    def get(self, path: str, etag: str | None = None) -> tuple[int, Any, Any]:
        """Status (200, or 304 to an ETag), headers and body. Raises `Refused` or `NoAnswer` for every other end."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept-Encoding": "gzip", "Accept-Language": "id"}
        if etag is not None:
            headers["If-None-Match"] = etag
        request = urllib.request.Request(self.base + path, headers=headers)
        for attempt in range(ATTEMPTS):
            status, answered, body = self._once(request)
            if status in {200, 304}:
                return status, answered, body
            if 300 <= status < 500 and status not in {408, 429}:
                raise Refused(path, status, body or {})
            if attempt < ATTEMPTS - 1:
                time.sleep(_wait(attempt, answered.get("Retry-After")))
        raise NoAnswer(f"{path}: {status or 'no answer'}")

    def _once(self, request: urllib.request.Request) -> tuple[int, Any, Any]:
        """Status 0 when there is no answer, half of one, or one that is not from the API (a proxy's page)."""
        try:
            try:
                with self._opener.open(request, timeout=20) as answer:
                    status, headers, sent = answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                status, headers, sent = error.code, error.headers, error.read()
            sent = gzip.decompress(sent) if headers.get("Content-Encoding") == "gzip" else sent
            return status, headers, None if status == 304 else json.loads(sent)
        except (OSError, EOFError, http.client.HTTPException, ValueError, zlib.error):
            return 0, {}, None


def _wait(attempt: int, asked: str | None) -> float:
    """Seconds until the next attempt: what the server asks for, else twice as long each time; with chance in it, because a thousand copies
    that lost the same server must not come back in the same second.
    """
    seconds = float(asked) if asked and asked.isdigit() else 2.0**attempt
    return min(LONGEST_WAIT, seconds) * random.uniform(1.0, 1.5)


class Copy:
    """The lists in a file. Every change of it is one short transaction, so whoever reads it never sees half a page."""

    def __init__(self, path: str, api: Api, lists: list[str]) -> None:
        self.api, self.lists = api, lists
        self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.executescript(TABLES)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def refresh(self) -> None:
        """One round: first what has changed, oldest first, then what is not in a list any more."""
        scope = self._scope()
        for path in self.lists:
            self._take_changes(path, scope)
            self._drop_what_left(path)
        self._drop_lists_of_before()

    def _scope(self) -> str:
        """What the key may see. A new key that may see the same goes on with the copy of the old one."""
        rights = self.api.get("/v1/whoami")[2]["data"]
        return json.dumps([rights["scopes"], rights["agencies"]])

    def _take_changes(self, path: str, scope: str) -> None:
        """Every visible change moves `changed_at` of its item, no two items of a list share one, and as text it sorts as in time.

        So the newest one that is stored is the position: it is written together with the items, and a page that was lost is simply asked for
        again. The position means nothing after a restore of the server's data (another epoch), with other fields, or with a key that
        sees more or less: then the walk begins again. What is there stays for readers, until it is overwritten or found to be gone.
        """
        fields = FIELDS[path.partition("?")[0]]
        while True:
            made_of, position = self._position(path)
            since = {"changed_after": position} if position else {}
            address = _with(path, {"fields": fields, "sort": "changed_at", "limit": PAGE, **since})
            status, headers, page = self.api.get(address, self._tag(address))
            present = f"{headers['Content-Epoch']} {fields} {scope}"
            with self._transaction():
                if made_of != present:
                    self.db.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, NULL)", [path, present])
                    self.db.execute("DELETE FROM tags")
                    if position is not None:
                        continue
                if status == 304:
                    return
                self._store(path, page["data"])
                if not page["data"]:
                    self._note(f"{path} changes", address, headers.get("ETag"))
                    return

    def _store(self, path: str, items: list[dict[str, Any]]) -> None:
        rows = [(path, item["id"], item["changed_at"], json.dumps(item, ensure_ascii=False)) for item in items]
        self.db.executemany("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", rows)
        if items:
            self.db.execute("UPDATE lists SET position = ? WHERE list = ?", [items[-1]["changed_at"], path])

    def _drop_what_left(self, path: str) -> None:
        """Ask the same list for the ids that are here: what it does not give was taken back, or your filter does not find it now."""
        kept = self.db.execute("SELECT id, changed_at FROM items WHERE list = ? ORDER BY id", [path]).fetchall()
        for start in range(0, len(kept), PAGE):
            some = kept[start : start + PAGE]
            address = _with(path, {"ids": ",".join(row[0] for row in some), "fields": "id", "limit": PAGE})
            status, headers, page = self.api.get(address, self._tag(address))
            if status == 304:
                continue
            there = {item["id"] for item in page["data"]}
            # Not what came back meanwhile, written by another process.
            left = [(path, item_id, changed_at) for item_id, changed_at in some if item_id not in there]
            with self._transaction():
                self.db.executemany("DELETE FROM items WHERE list = ? AND id = ? AND changed_at = ?", left)
                if not left:
                    self._note(f"{path} {start}", address, headers.get("ETag"))

    def _drop_lists_of_before(self) -> None:
        marks = ",".join("?" * len(self.lists))
        with self._transaction():
            self.db.execute(f"DELETE FROM items WHERE list NOT IN ({marks})", self.lists)
            self.db.execute(f"DELETE FROM lists WHERE list NOT IN ({marks})", self.lists)

    def _position(self, path: str) -> tuple[str, str | None]:
        found: tuple[str, str | None] | None = self.db.execute(
            "SELECT made_of, position FROM lists WHERE list = ?", [path]
        ).fetchone()
        return found or ("", None)

    def _tag(self, address: str) -> str | None:
        found = self.db.execute("SELECT etag FROM tags WHERE address = ?", [address]).fetchone()
        return found[0] if found else None

    def _note(self, question: str, address: str, etag: str | None) -> None:
        """Only of answers from which nothing is left to do: neither is it after a 304."""
        if etag:
            self.db.execute("INSERT OR REPLACE INTO tags VALUES (?, ?, ?)", [question, address, etag])

    def newest(self, limit: int = 20) -> list[dict[str, Any]]:
        """What a screen shows, also without a network. Show `withdrawn` above what has it: that can be read and does not hold any more."""
        rows = self.db.execute(
            "SELECT id, shown FROM items GROUP BY id ORDER BY json_extract(shown, '$.published_at') DESC, id DESC LIMIT ?",
            [limit],
        )
        return [json.loads(shown) for _id, shown in rows]

    def why_gone(self, item_type: str, item_id: str) -> str | None:
        """What to say when somebody opens what is not here any more (a bookmark, a link). The reason is asked for and never kept: it can be
        taken back as well. None: the item is there, only in none of your lists.
        """
        try:
            self.api.get(f"/v1/{item_type}s/{item_id}?fields=id")
        except Refused as error:
            if error.status not in {404, 410}:
                raise
            told = [error.problem.get("explanation"), error.problem.get("alternative")]
            return " ".join(text for text in told if text) or "Tidak tersedia."
        return None


def _with(path: str, query: dict[str, Any]) -> str:
    return path + ("&" if "?" in path else "?") + urllib.parse.urlencode(query, safe=",:")


def main() -> int:
    path, *lists = sys.argv[1:] or ["copy.db"]
    base, key, known = os.environ.get("SIMPUL_API"), os.environ.get("SIMPUL_KEY"), " or ".join(FIELDS)
    if not base or not key or path.startswith("-") or any(each.partition("?")[0] not in FIELDS for each in lists):
        print(
            f"usage: SIMPUL_API=https://... SIMPUL_KEY=smp_... offline_copy.py [COPY [LIST ...]]; a LIST is {known}, with filters",
            file=sys.stderr,
        )
        return 2
    copy = Copy(path, Api(base, key), lists or list(FIELDS))
    try:
        copy.refresh()
    except (Refused, NoAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    for item in copy.newest(10):
        print(item["published_at"][:10], "[ditarik] " if item["withdrawn"] else "", item["title"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
