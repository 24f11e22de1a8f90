"""Keyset cursors: opaque, tamper-evident, and bound to the filter and sort they were made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from cms.core.errors import BadRequest, InputError
from cms.core.signing_keys import SigningKey, SigningKeys

KEY_BYTES: Final = 3
CURSOR_LIFE: Final = timedelta(days=7)
"""How long a cursor is valid after its key was replaced: longer than any client takes to read a list."""


class Cursors:
    """Makes and reads cursors with the keys of the ring; each begins with three bytes of the id of its key.

    AES-SIV (RFC 5297): the position is encrypted, since row numbers never leave the server; the same position gives the
    same cursor, since an answer must repeat to the byte; the binding is authenticated without being carried along.
    """

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys
        self._ciphers: dict[str, AESSIV] = {}

    def _cipher(self, key: SigningKey) -> AESSIV:
        cipher = self._ciphers.get(key.id)
        if cipher is None:
            cipher = self._ciphers[key.id] = AESSIV(hashlib.sha512(key.secret("cursor")).digest())
        return cipher

    def encode(self, position: Sequence[Any], binding: str) -> str:
        """The cursor for a position (the sort values of the last row) in the list that `binding` describes."""
        key = self._keys.current()
        sealed = self._cipher(key).encrypt(orjson.dumps(list(position)), [binding.encode()])
        return base64.urlsafe_b64encode(bytes.fromhex(key.id)[:KEY_BYTES] + sealed).rstrip(b"=").decode()

    def decode(self, cursor: str, binding: str) -> list[Any]:
        """The position. Raises `BadRequest("invalid_cursor")` when altered or made for another list."""
        position = self.opened(cursor, binding, CURSOR_LIFE)
        if position is None:
            raise BadRequest(
                "invalid_cursor",
                errors=[InputError("parameter", "cursor", "bad_format", {"expected": "a cursor of this list"})],
            )
        return position

    def opened(self, cursor: str, binding: str, life: timedelta) -> list[Any] | None:
        """The same for what lives as long as this after its key was replaced; None when altered or made for something else."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            return list(orjson.loads(self._opened(sealed, binding, life)))
        except (InvalidTag, binascii.Error, ValueError):
            return None

    def _opened(self, sealed: bytes, binding: str, life: timedelta) -> bytes:
        key = self._keys.find(sealed[:KEY_BYTES].hex(), life)
        if key is None:
            raise InvalidTag
        return self._cipher(key).decrypt(sealed[KEY_BYTES:], [binding.encode()])
