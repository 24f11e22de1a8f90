"""The address of a preview link: signed, so that a made-up one is refused before the database is asked (decision on preview links)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from itsdangerous import BadSignature, Signer

from cms.core.errors import NotFound
from cms.core.runtime import runtime
from cms.core.signing_keys import ID_LENGTH, SigningKey
from cms.editorial.previews.models import LONGEST_LIFE, Preview

_LINK: Final = ""
"""The purpose of what is signed: a link itself. Whatever is signed for another purpose is no link."""


def token_of(preview: Preview) -> str:
    """The last part of the link: the name of the key, the id and its signature."""
    return sealed(preview.id, _LINK)


def preview_of(token: str) -> str:
    """The id of the preview that this part of a link names. Raises `NotFound` when no key of this server has signed it."""
    return unsealed(token, _LINK, LONGEST_LIFE)


def sealed(text: str, purpose: str) -> str:
    """The name of the key, the text and its signature for this purpose."""
    key = runtime().signing_keys.read()
    return f"{key.id}.{_signer(key, purpose).sign(text).decode()}"


def unsealed(token: str, purpose: str, life: timedelta) -> str:
    """The text that was signed for this purpose, by a key that may still sign for so long. Raises `NotFound`."""
    kid, _, signed = token.partition(".")
    runtime().signing_keys.read()
    key = runtime().signing_keys.find(kid, life) if len(kid) == ID_LENGTH else None
    if key is None:
        raise NotFound
    try:
        return _signer(key, purpose).unsign(signed).decode()
    except BadSignature:
        raise NotFound from None


def _signer(key: SigningKey, purpose: str) -> Signer:
    salt = b"simpul.preview" + (f".{purpose}".encode() if purpose else b"")
    return Signer(key.secret("preview"), salt=salt, digest_method=hashlib.sha256)
