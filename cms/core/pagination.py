"""Keyset cursors: opaque, tamper-evident, and bound to the filter and sort they were made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from cms.core.errors import BadRequest, InputError


class Cursors:
    """Makes and reads cursors with one secret of at least 32 bytes.

    AES-SIV (RFC 5297): the position is encrypted, since row numbers never leave the server; the same position gives the
    same cursor, since an answer must repeat to the byte; the binding is authenticated without being carried along.
    """

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(hashlib.sha512(secret).digest())

    def encode(self, position: Sequence[Any], binding: str) -> str:
        """The cursor of a position (the sort values of the last row) within the list that `binding` describes."""
        sealed = self._cipher.encrypt(orjson.dumps(list(position)), [binding.encode()])
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def decode(self, cursor: str, binding: str) -> list[Any]:
        """The position. Raises `BadRequest("invalid_cursor")` when altered or made for another list."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            position = orjson.loads(self._cipher.decrypt(sealed, [binding.encode()]))
        except (InvalidTag, binascii.Error, ValueError):
            raise BadRequest(
                "invalid_cursor",
                errors=[InputError("parameter", "cursor", "bad_format", {"expected": "a cursor of this list"})],
            ) from None
        return list(position)
