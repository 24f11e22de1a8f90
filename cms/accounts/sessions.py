"""Sign-in sessions and their refresh tokens, inside the unit of work of the calling service."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from cms.accounts.devices import Origin
from cms.accounts.models import RefreshToken, SignInSession, User
from cms.accounts.policies import MOST_SESSIONS
from cms.accounts.queries import is_live
from cms.accounts.tokens import IssuedTokens, make_access_token, make_refresh_token, refresh_digest
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.ids import new_id
from cms.core.runtime import runtime


def start_session(unit: UnitOfWork, user: User, origin: Origin) -> IssuedTokens:
    """A new sign-in of a locked user; the oldest ends when there are too many."""
    present = clock.now()
    kept = select(SignInSession.id).where(*is_live(user.id)).order_by(SignInSession.id.desc()).limit(MOST_SESSIONS - 1)
    end_sessions(unit, user.id, "too_many", SignInSession.id.not_in(list(unit.session.scalars(kept))))
    ends_at = present + timedelta(days=runtime().settings.refresh_absolute_days)
    started = SignInSession(id=new_id(), user_id=user.id, created_at=present, expires_at=ends_at)
    started.device, started.address = origin.device, origin.address
    unit.add(started)
    unit.session.flush()
    return issue_tokens(unit, user, started, parent=None)


def issue_tokens(unit: UnitOfWork, user: User, started: SignInSession, parent: RefreshToken | None) -> IssuedTokens:
    """The next refresh token of a session, with an access token."""
    present = clock.now()
    text = make_refresh_token()
    unit.add(
        RefreshToken(
            digest=refresh_digest(text),
            session_id=started.id,
            parent_digest=parent.digest if parent else None,
            issued_at=present,
            expires_at=min(present + timedelta(hours=runtime().settings.refresh_idle_hours), started.expires_at),
        )
    )
    access_token, seconds = make_access_token(user, started.id, started.expires_at)
    return IssuedTokens(access_token, seconds, text, started.id)


def end_sessions(unit: UnitOfWork, user_id: str, reason: str, *conditions: ColumnElement[bool]) -> int:
    """End the live sign-ins of a person that meet the conditions; returns how many."""
    ended = unit.session.execute(
        update(SignInSession)
        .where(*is_live(user_id), *conditions)
        .values(revoked_at=clock.now(), revoked_reason=reason)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def set_password(unit: UnitOfWork, user: User, password_hash: str, *, change_needed: bool) -> None:
    """Store the new hash and end everything that the old password gave access to: sessions, access tokens, trusted devices.

    `change_needed` when another person knows the new password.
    """
    user.password_change_needed = change_needed
    user.password_hash = password_hash
    user.password_changed_at = user.updated_at = clock.now()
    user.token_version += 1
    user.version += 1
    end_sessions(unit, user.id, "password_changed")
