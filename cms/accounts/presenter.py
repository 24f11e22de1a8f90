"""People and sessions as the management plane shows them. Hashes, token versions and tokens are never shown."""

from __future__ import annotations

from typing import Any

from cms.accounts.models import User
from cms.accounts.queries import LiveSession
from cms.core.permissions import Actor, Permission, can
from cms.core.versions import written


def render_user(user: User) -> dict[str, Any]:
    """A person with the roles held."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "state": user.state,
        "memberships": [{"role": held.role, "agency": held.agency} for held in user.memberships],
        "version": written(user.version),
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "password_changed_at": user.password_changed_at,
        "password_change_needed": user.password_change_needed,
    }


def render_me(user: User, actor: Actor) -> dict[str, Any]:
    """The signed-in person, with every permission that the roles give in any agency."""
    permissions = sorted(permission.value for permission in Permission if can(actor, permission))
    return {**render_user(user), "permissions": permissions, "session_id": actor.session_id}


def render_session(session: LiveSession, current_id: str | None) -> dict[str, Any]:
    """A sign-in that is in force; `current` marks the one of this request."""
    return {
        "id": session.id,
        "created_at": session.created_at,
        "refreshed_at": session.refreshed_at,
        "expires_at": session.expires_at,
        "device": session.device,
        "address": session.address,
        "current": session.id == current_id,
    }
