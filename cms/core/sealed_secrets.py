"""Secrets that must be read again (they sign what is sent to others), encrypted in the database under the key ring.

Fernet (AES-128-CBC and HMAC-SHA-256) of `cryptography`. A dump of the database alone opens nothing: the key is derived from
SECRET_KEY too. A sealed text names its key of the ring.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from cms.core.signing_keys import SigningKey, SigningKeys

_PURPOSE = "sealed-secrets"


class CannotOpen(Exception):
    """What is sealed was sealed with another SECRET_KEY, or was altered."""


def seal(keys: SigningKeys, secret: str) -> str:
    """The secret, encrypted under the newest key of the ring: `<key id>:<token>`."""
    newest = keys.read()
    return f"{newest.id}:{_fernet(newest).encrypt(secret.encode()).decode()}"


def open_sealed(keys: SigningKeys, sealed: str) -> str:
    """The secret. Also under a key that signs nothing any more. Raises `CannotOpen`."""
    key_id, _, token = sealed.partition(":")
    key = keys.ever(key_id)
    if key is None:
        raise CannotOpen
    try:
        return _fernet(key).decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def is_under_newest(keys: SigningKeys, sealed: str) -> bool:
    """False when it should be sealed anew."""
    return sealed.partition(":")[0] == keys.read().id


def _fernet(key: SigningKey) -> Fernet:
    return Fernet(urlsafe_b64encode(key.secret(_PURPOSE)))
