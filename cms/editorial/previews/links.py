"""The address of a preview link: signed, so that a made-up one is refused before the database is asked (decision on preview links)."""

from __future__ import annotations

import hashlib

from itsdangerous import BadSignature, Signer

from cms.core.errors import NotFound
from cms.core.runtime import runtime
from cms.core.signing_keys import ID_LENGTH, SigningKey
from cms.editorial.previews.models import LONGEST_LIFE, Preview


def token_of(preview: Preview) -> str:
    """The last part of the link: the name of the key, the id and its signature."""
    key = runtime().signing_keys.read()
    return f"{key.id}.{_signer(key).sign(preview.id).decode()}"


def preview_of(token: str) -> str:
    """The id of the preview that this part of a link names. Raises `NotFound` when no key of this server has signed it."""
    kid, _, signed = token.partition(".")
    runtime().signing_keys.read()
    key = runtime().signing_keys.find(kid, LONGEST_LIFE) if len(kid) == ID_LENGTH else None
    if key is None:
        raise NotFound
    try:
        return _signer(key).unsign(signed).decode()
    except BadSignature:
        raise NotFound from None


def _signer(key: SigningKey) -> Signer:
    return Signer(key.secret("preview"), salt=b"simpul.preview", digest_method=hashlib.sha256)
