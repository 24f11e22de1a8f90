"""`python -m tests.sync.ordered_copy COPY SEED [FILTER=VALUE ...]`: a copy that is kept by the reference client until somebody kills it.

Beside what it has it stores, in the same transaction, the newest line of each item that it was told, and ends when a later page tells an
older one. Pages are of another size each time.
"""

from __future__ import annotations

import os
import random
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.examples.loading import CLIENTS, loaded

client = loaded("simpul_sync", CLIENTS)
SIZES = (1, 2, 5, 17, 100, 500)
PAUSE = 0.1
TOLD = "CREATE TABLE IF NOT EXISTS told (type, id, generation, sequence, PRIMARY KEY (type, id, generation))"


class VaryingApi(client.Api):  # type: ignore[misc]
    """Asks for pages of any size: how long they are is no part of a position."""

    def get(self, address: str, etag: str | None = None) -> Any:
        """An answer, of a page of some size when there is no tag, which belongs to one address."""
        before, limit, rest = address.partition("limit=")
        if limit and etag is None:
            address = f"{before}limit={random.choice(SIZES)}&{rest.partition('&')[2]}".rstrip("&")
        return super().get(address, etag)


class OrderedCopy(client.Copy):  # type: ignore[misc]
    """The copy, which knows the order of the lines of each item."""

    def __init__(self, path: Path, api: str, key: str, filters: dict[str, str]) -> None:
        super().__init__(str(path), VaryingApi(api, key), filters)
        self.db.execute(TOLD)

    def _apply(self, line: Any, generation: int) -> None:
        known = [line["type"], line["id"], generation]
        before = self.db.execute("SELECT sequence FROM told WHERE type = ? AND id = ? AND generation = ?", known)
        assert (before.fetchone() or [0])[0] <= line["sequence"], f"told after what is newer: {line}"
        self.db.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)", [*known, line["sequence"]])
        super()._apply(line, generation)

    def ids(self) -> set[str]:
        """The content that it has."""
        return {row[0] for row in self.db.execute("SELECT id FROM items WHERE type IN ('post', 'document')")}

    @property
    def beginnings(self) -> int:
        """How often it began."""
        found: int = self.db.execute("SELECT generation FROM state").fetchone()[0]
        return found


def main() -> None:
    """Keep it for ever."""
    path, seed, *filters = sys.argv[1:]
    random.seed(int(seed))
    named = dict(each.split("=", 1) for each in filters)
    copy = OrderedCopy(Path(path), os.environ["SIMPUL_API"], os.environ["SIMPUL_KEY"], named)
    while True:
        with suppress(client.NoAnswer):
            copy.refresh()
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
