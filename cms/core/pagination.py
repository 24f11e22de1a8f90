"""Keyset cursors: opaque, tamper-evident, and bound to the filter and sort they were made for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from cms.core.errors import BadRequest, InputError


class Cursors:
    """Makes and reads cursors with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def encode(self, position: Sequence[Any], binding: str) -> str:
        """The cursor of a position (the sort values of the last row) within the list that `binding` describes."""
        return str(URLSafeSerializer(self._secret, salt=binding).dumps(list(position)))

    def decode(self, cursor: str, binding: str) -> list[Any]:
        """The position. Raises `BadRequest("invalid_cursor")` when altered or made for another list."""
        try:
            position = URLSafeSerializer(self._secret, salt=binding).loads(cursor)
        except BadData:
            raise BadRequest(
                "invalid_cursor",
                errors=[InputError("parameter", "cursor", "bad_format", {"expected": "a cursor of this list"})],
            ) from None
        return list(position)
