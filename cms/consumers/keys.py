"""Delivery keys as text: `smp_`, 32 random base62 characters (190 bits), 6 characters of checksum.

The checksum tells a mistyped or invented key from a real one without a look at the database, and lets scanners of source
code recognise a leaked key with certainty.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib

from cms.core.http.credentials import KEY_PREFIX

SECRET_LENGTH = 32
CHECKSUM_LENGTH = 6
HINT_LENGTH = 6
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(rf"{KEY_PREFIX}[0-9A-Za-z]{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}", re.ASCII)


def make_key() -> str:
    """A fresh key. It is shown once; what is stored is its `digest()`."""
    body = KEY_PREFIX + "".join(secrets.choice(_DIGITS) for _ in range(SECRET_LENGTH))
    return body + _checksum(body)


def checksum_holds(key: str) -> bool:
    """True when the text has the shape of a key and its last six characters fit the rest."""
    if _SHAPE.fullmatch(key) is None:
        return False
    body = key[:-CHECKSUM_LENGTH]
    return _checksum(body) == key[-CHECKSUM_LENGTH:]


def digest(key: str) -> str:
    """What is stored of a key: SHA-256 in hexadecimal. 190 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def hint(key: str) -> str:
    """The end of the key, by which people tell keys apart. It is the checksum: it reveals 32 of 190 bits at most."""
    return key[-HINT_LENGTH:]


def _checksum(body: str) -> str:
    """CRC-32 of the text in base62, most significant digit first, filled with zeros."""
    rest, found = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found
