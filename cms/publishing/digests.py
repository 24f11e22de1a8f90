"""The digest of a publication: one hash of everything that readers get of it, the same on every database.

The line of the log that made the publication has the digest (`facts`), and the line is in the hash chain, so a change of a
publication in the database can be proved. Format `simpul-publication-1`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

HEADER = (
    "agency", "changed_at", "edition", "effective_from", "effective_until", "end_explanation", "event_from", "event_until", "files_json",
    "is_scheduled", "item_id", "language", "published_at", "slug", "terms_json", "type", "updated_at", "valid_from", "valid_until",
)  # fmt: skip
"""Columns of a publication beside its card and its full form; moments in microseconds since 1970."""
MOMENTS = (
    "changed_at", "effective_from", "effective_until", "event_from", "event_until", "published_at", "updated_at", "valid_from",
    "valid_until",
)  # fmt: skip
ENDING = ("agency", "alternative", "ended_at", "explanation", "id", "standing", "target_id", "type")
"""Columns of an item that say how it ended; `ended_at` in microseconds since 1970."""


def publication_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 of a publication, hexadecimal. `row` has the columns of `HEADER`, `card_json` and `full_json`.

    Raises `TypeError` for values that no publication of ours has.
    """
    card, full = row["card_json"].encode(), row["full_json"].encode()
    # The lengths keep text from moving between the card and the full form.
    header = {name: row[name] for name in HEADER} | {"card": len(card), "full": len(full)}
    return _digest(b"simpul-publication-1", header, card, full)


def ending_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 of what readers get of an ended item. `row` has the columns of `ENDING`. Raises `TypeError`."""
    return _digest(b"simpul-ending-1", {name: row[name] for name in ENDING})


def _digest(form: bytes, header: Mapping[str, Any], *texts: bytes) -> str:
    found = hashlib.sha256(form)
    for part in (orjson.dumps(header, option=orjson.OPT_SORT_KEYS), *texts):
        found.update(b"\n")
        found.update(part)
    return found.hexdigest()
