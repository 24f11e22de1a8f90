"""The key that signs checkpoints of the log: Ed25519 (RFC 8032), from a setting or from the instance folder.

Public keys are written as base64 of their 32 bytes; a key's id is the beginning of the SHA-256 of those bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from config import Settings

FILE_NAME = "audit_signing_key"
NEXT_FILE_NAME = f"{FILE_NAME}.next"


class NoSigningKeyError(Exception):
    """This server has no key to sign with."""


class BadKeyError(ValueError):
    """The text is not a key: base64 of 32 bytes was expected."""


class SigningKey:
    """A private key. Its public part can be shown to everybody."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key = _text(private.public_key().public_bytes_raw())
        self.key_id = key_id_of(self.public_key)

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    def keep(self, path: Path) -> None:
        """Write it to a new file that only its owner may read. Raises `FileExistsError`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(_text(self._private.private_bytes_raw()))
            file.flush()
            os.fsync(file.fileno())

    def sign(self, statement: bytes) -> str:
        """The signature of a statement, in hexadecimal."""
        return self._private.sign(statement).hex()


def key_id_of(public_key: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a public key. Raises `BadKeyError`."""
    return hashlib.sha256(_bytes(public_key)).hexdigest()[:16]


def holds(statement: bytes, signature: str, public_key: str) -> bool:
    """True when the holder of this key has signed this statement."""
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public_key)).verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def signing_key(settings: Settings) -> SigningKey | None:
    """The key of this server; None when there is none yet. Raises `BadKeyError` when the stored text is not a key."""
    text = settings.audit_signing_key or _kept(settings)
    return None if text is None else SigningKey(Ed25519PrivateKey.from_private_bytes(_bytes(text)))


def needed_signing_key(settings: Settings) -> SigningKey:
    """The key of this server. Raises `NoSigningKeyError`."""
    key = signing_key(settings)
    if key is None:
        raise NoSigningKeyError("There is no key to sign with: run `python -m cms init`, or set AUDIT_SIGNING_KEY.")
    return key


def make_signing_key(settings: Settings) -> bool:
    """Make a key in the instance folder, readable by its owner only; False when this server has one already."""
    path = _path(settings)
    if settings.audit_signing_key or path.exists():
        return False
    try:
        SigningKey.generate().keep(path)
    except FileExistsError:
        return False
    return True


def read_key(path: Path) -> SigningKey:
    """The key in a file. Raises `BadKeyError`, `OSError`."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(_bytes(path.read_text(encoding="ascii").strip())))


def _kept(settings: Settings) -> str | None:
    path = _path(settings)
    return path.read_text(encoding="ascii").strip() if path.exists() else None


def _path(settings: Settings) -> Path:
    return Path(settings.instance_path) / FILE_NAME


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadKeyError("a key is base64 of 32 bytes") from None
    if len(raw) != 32:
        raise BadKeyError("a key is base64 of 32 bytes")
    return raw
