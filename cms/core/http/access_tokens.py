"""The JWT manager of the management plane: flask-jwt-extended, read strictly (R-A1).

The library's decoder reads the system's clock, ignores unknown headers and decodes every token twice. Ours replaces it
for every way into the library: one algorithm, one key known by its `kid`, all claims required, times by our clock.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import orjson
from flask import Flask, Response, current_app
from flask_jwt_extended import JWTManager

from cms.core import clock
from cms.core.errors import Unauthenticated
from cms.core.http.problems import domain_problem
from cms.core.runtime import runtime
from cms.core.secrets import derived_secret
from cms.core.signing_keys import ID_LENGTH, SigningKey
from config import Settings

ALGORITHM = "HS256"
PURPOSE = "access-token"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - RFC 9068, section 2.1
AUDIENCE = "simpul-management"
CLAIMS = ("iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "tv")
CLOCK_LEEWAY_SECONDS = 30


def jwt_settings(settings: Settings) -> dict[str, Any]:
    """The configuration of flask-jwt-extended."""
    return {
        # The library wants one; tokens are signed with the keys of the ring.
        "JWT_SECRET_KEY": derived_secret(settings.secret_key, "unused"),
        "JWT_ALGORITHM": ALGORITHM,
        "JWT_DECODE_ALGORITHMS": [ALGORITHM],
        "JWT_TOKEN_LOCATION": ["headers"],
        # No cookies, so another site cannot forge requests (CSRF).
        "JWT_COOKIE_CSRF_PROTECT": False,
        "JWT_ENCODE_ISSUER": settings.public_url,
        "JWT_DECODE_ISSUER": settings.public_url,
        "JWT_ENCODE_AUDIENCE": AUDIENCE,
        "JWT_DECODE_AUDIENCE": AUDIENCE,
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings.access_token_minutes),
    }


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """The person a token is made for, and the key that signs it: the library calls this the identity."""

    user_id: str
    key: SigningKey


class AccessTokenManager(JWTManager):
    """flask-jwt-extended whose tokens carry `typ` and `kid`, whose decoder is strict, and whose errors all become our 401."""

    def __init__(self, app: Flask | None = None) -> None:
        super().__init__(app)
        self.user_identity_loader(lambda holder: holder.user_id)
        self.additional_headers_loader(lambda holder: {"typ": TOKEN_TYPE, "kid": holder.key.id})
        self.encode_key_loader(lambda holder: holder.key.secret(PURPOSE))
        for loader in (
            self.expired_token_loader,
            self.invalid_token_loader,
            self.needs_fresh_token_loader,
            self.revoked_token_loader,
            self.token_verification_failed_loader,
            self.unauthorized_loader,
            self.user_lookup_error_loader,
        ):
            loader(_refusal)

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: Any = None, allow_expired: bool = False
    ) -> dict[str, Any]:
        """The claims of a token. Raises `jwt.InvalidTokenError`."""
        config = current_app.config
        key = _key_named(_claimed_key(encoded_token), config["JWT_ACCESS_TOKEN_EXPIRES"])
        decoded = jwt.decode_complete(
            encoded_token,
            key.secret(PURPOSE),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=config["JWT_DECODE_ISSUER"],
            options={"require": list(CLAIMS), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        if decoded["header"] != {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.id}:
            raise jwt.InvalidTokenError("unknown header")
        claims: dict[str, Any] = decoded["payload"]
        _check_claims(claims, allow_expired=allow_expired)
        return claims


def _claimed_key(encoded_token: str) -> Any:
    """The `kid` of the header, to find the key; the whole header is checked with the signature."""
    first = encoded_token.partition(".")[0]
    try:
        header = orjson.loads(base64.urlsafe_b64decode(f"{first}=="))
    except ValueError:
        raise jwt.DecodeError("no header") from None
    return header.get("kid") if isinstance(header, dict) else None


def _key_named(kid: Any, life: timedelta) -> SigningKey:
    """A key of the ring whose tokens may still be valid. Raises `jwt.InvalidTokenError`."""
    is_id = isinstance(kid, str) and len(kid) == ID_LENGTH
    key = runtime().signing_keys.find(kid, life) if is_id else None
    if key is None:
        raise jwt.InvalidTokenError("unknown key")
    return key


def _check_claims(claims: dict[str, Any], *, allow_expired: bool) -> None:
    """Check the types of our own claims, and the times against our clock."""
    if any(not isinstance(claims[name], int) or isinstance(claims[name], bool) for name in ("iat", "nbf", "exp", "tv")):
        raise jwt.InvalidTokenError("a number is needed")
    if not all(isinstance(claims[name], str) for name in ("aud", "sub", "sid", "jti")):
        raise jwt.InvalidTokenError("text is needed")
    present = clock.now().timestamp()
    if max(claims["iat"], claims["nbf"]) > present + CLOCK_LEEWAY_SECONDS:
        raise jwt.ImmatureSignatureError
    if claims["exp"] <= present and not allow_expired:
        # The plain error: the library's handler of ExpiredSignatureError expects attributes that only its decoder sets.
        raise jwt.InvalidTokenError("expired")


def _refusal(*_reasons: Any) -> Response:
    """Every error of the library means that the token is not valid: 401, never the library's 422."""
    return domain_problem(Unauthenticated("invalid_token"))
