"""The hash chain of the change log: what a line's hash covers, and how it is computed. Format `simpul-log-1`."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import orjson

GENESIS_HASH = "0" * 64
"""The previous hash of the first line, which has no line before it."""


class Line(NamedTuple):
    """One line as it is hashed, in the alphabetical order of the names, and its stored hash.

    `recorded_at` is in microseconds since 1970 (UTC); None means that the stored value is not a time, or that the whole
    line could not be read. Values come from a database that may have been tampered with, so no value is sure to have its type.
    """

    action: Any
    actor_id: Any
    actor_label: Any
    agency: Any
    edition: Any
    facts: Any
    fields: Any
    is_public: Any
    recorded_at: int | None
    request_id: Any
    resource_id: Any
    resource_type: Any
    sequence: Any
    hash: Any


def line_hash(line: Line, previous_hash: str, sequence: int | None = None) -> str:
    """SHA-256 over the canonical JSON of the line and the hash of the line before it, in hexadecimal.

    With `sequence` the hash that the line would have under that number. Raises `TypeError` for values that our lines never have.
    """
    content = {
        "action": line.action,
        "actor_id": line.actor_id,
        "actor_label": line.actor_label,
        "agency": line.agency,
        "edition": line.edition,
        "facts": line.facts,
        "fields": line.fields,
        "is_public": line.is_public,
        "recorded_at": line.recorded_at,
        "request_id": line.request_id,
        "resource_id": line.resource_id,
        "resource_type": line.resource_type,
        "sequence": line.sequence if sequence is None else sequence,
    }
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(b"simpul-log-1\n%b\n%b" % (previous_hash.encode(), text)).hexdigest()
