"""Who is behind an access token."""

from __future__ import annotations

from cms.core.errors import Unauthenticated
from cms.core.permissions import Actor


def authenticate_person(token: str) -> Actor:
    """The actor of an access token. Raises `Unauthenticated("invalid_token")`."""
    raise Unauthenticated("invalid_token")
