"""Who is behind a delivery key."""

from __future__ import annotations

from cms.core.errors import Unauthenticated


def admit(token: str | None, scope: str | None) -> None:
    """Let the caller of a delivery route in. Raises `Unauthenticated`."""
    raise Unauthenticated("invalid_token" if token else None)
