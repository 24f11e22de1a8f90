"""Who is behind an access token: one SELECT on the reader of the hot path, before every management request."""

from __future__ import annotations

from functools import cache

from sqlalchemy import bindparam, select

from cms.accounts.models import Membership, SignInSession, User, UserState
from cms.accounts.tokens import read_access_token
from cms.core import clock
from cms.core.errors import Unauthenticated
from cms.core.permissions import Actor, Role
from cms.core.reading import Reader
from cms.core.runtime import runtime

_LIVE_SESSION = (
    select(User.id, User.name, Membership.role, Membership.agency)
    .select_from(SignInSession)
    .join(User, User.id == SignInSession.user_id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(
        SignInSession.id == bindparam("session_id"),
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > bindparam("present"),
        User.id == bindparam("user_id"),
        User.state == bindparam("state"),
        User.token_version == bindparam("token_version"),
    )
)


def authenticate_person(token: str) -> Actor:
    """The actor of an access token, with the roles that the person holds now.

    Session, state and roles are read on every request: sign-out, suspension and a change of roles or password count
    from the next request on, in every process. Raises `Unauthenticated("invalid_token")`.
    """
    claims = read_access_token(token)
    reader = runtime().reader
    rows = reader.rows(
        _statement(reader),
        {
            "session_id": claims.session_id,
            "user_id": claims.user_id,
            "token_version": claims.token_version,
            "state": UserState.ACTIVE.value,
            "present": clock.micros(clock.now()),
        },
    )
    if not rows:
        raise Unauthenticated("invalid_token")
    roles = frozenset((Role(role), agency) for _id, _name, role, agency in rows if role is not None)
    return Actor(id=rows[0][0], label=rows[0][1], roles=roles, session_id=claims.session_id)


@cache
def _statement(reader: Reader) -> str:
    return reader.compile(_LIVE_SESSION)
