"""Access tokens, refresh tokens and device tokens: how they are made and read; no database."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_jwt_extended import create_access_token, decode_token
from itsdangerous import BadData, URLSafeSerializer
from jwt import InvalidTokenError

from cms.accounts.models import User
from cms.accounts.queries import Credentials
from cms.core import clock
from cms.core.errors import Unauthenticated
from cms.core.http.access_tokens import TokenHolder
from cms.core.ids import is_id, new_id
from cms.core.rate_limits import Standing
from cms.core.runtime import runtime
from cms.core.signing_keys import ID_LENGTH, SigningKey

REFRESH_PREFIX = "skr_"
REFRESH_BYTES = 32
DEVICE_TOKEN_LIFE = timedelta(days=90)
LARGEST_TOKEN_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says: who, in which session, and at which version of the account. Never roles."""

    user_id: str
    session_id: str
    token_version: int
    token: str


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What a sign-in or refresh hands out. `expires_in` is the life of the access token in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    session_id: str
    device_token: str | None = None
    password_change_needed: bool = False
    standing: Standing | None = None
    """How many attempts the address has left."""


def make_access_token(user: User, session_id: str, session_ends_at: datetime) -> tuple[str, int]:
    """A signed access token and its life in seconds; it never outlives its session."""
    present = clock.now()
    ends_at = min(present + timedelta(minutes=runtime().settings.access_token_minutes), session_ends_at)
    issued, expires = int(present.timestamp()), int(ends_at.timestamp())
    claims = {
        "sid": session_id,
        "jti": new_id(),
        "tv": user.token_version,
        "iat": issued,
        "nbf": issued,
        "exp": expires,
    }
    holder = TokenHolder(user.id, runtime().signing_keys.read())
    return create_access_token(identity=holder, additional_claims=claims), expires - issued


def read_access_token(token: str) -> AccessClaims:
    """The claims of a token that we signed and that is in force. Raises `Unauthenticated("invalid_token")`."""
    try:
        claims = decode_token(token)
    except (InvalidTokenError, ValueError):
        raise Unauthenticated("invalid_token") from None
    user_id, session_id, version = claims["sub"], claims["sid"], claims["tv"]
    if not is_id(user_id) or not is_id(session_id) or not 0 < version <= LARGEST_TOKEN_VERSION:
        raise Unauthenticated("invalid_token")
    return AccessClaims(user_id, session_id, version, token)


def make_refresh_token() -> str:
    """An opaque refresh token of 256 random bits."""
    return REFRESH_PREFIX + secrets.token_urlsafe(REFRESH_BYTES)


def refresh_digest(token: str) -> str:
    """What is stored of a refresh token; a fast hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_device_token(user: User) -> str:
    """A signed mark of a device on which this person has signed in; dies with the password it was given under."""
    expires = int((clock.now() + DEVICE_TOKEN_LIFE).timestamp())
    content = [new_id(), user.id, clock.micros(user.password_changed_at), expires]
    key = runtime().signing_keys.read()
    return f"{key.id}.{_device_signer(key).dumps(content)}"


def trusted_device(token: str | None, credentials: Credentials | None) -> str | None:
    """The id of the device when the token was given to this person under the present password and has not expired."""
    if token is None or credentials is None:
        return None
    kid, _, sealed = token.partition(".")
    key = runtime().signing_keys.find(kid, DEVICE_TOKEN_LIFE) if len(kid) == ID_LENGTH else None
    if key is None:
        return None
    try:
        device_id, user_id, password_changed_at, expires = _device_signer(key).loads(sealed)
    except (BadData, ValueError, TypeError):
        return None
    if expires <= clock.now().timestamp() or user_id != credentials.user_id:
        return None
    return str(device_id) if password_changed_at == clock.micros(credentials.password_changed_at) else None


def _device_signer(key: SigningKey) -> URLSafeSerializer:
    return URLSafeSerializer(key.secret("device-token"))
