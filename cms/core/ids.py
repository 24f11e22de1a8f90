"""Public identifiers: UUIDv7 (RFC 9562), time-ordered, 36 lower-case characters."""

from __future__ import annotations

import re

import uuid_utils

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_ID = re.compile(ID_PATTERN)


def new_id() -> str:
    """A fresh UUIDv7 as text."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """True when `text` is a UUIDv7 in canonical lower-case form."""
    return _ID.fullmatch(text) is not None
