"""Finds the person of an access token: one SELECT on the hot-path reader, before every management request and before every
commit.
"""

from __future__ import annotations

from functools import cache, partial

from flask import g
from sqlalchemy import bindparam, func, literal_column, select

from cms.accounts.models import Membership, SignInSession, User, UserState
from cms.accounts.tokens import AccessClaims, read_access_token
from cms.changes.log import take_turn
from cms.changes.models import Installation
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.errors import Unauthenticated
from cms.core.http.access import Identity
from cms.core.permissions import Actor, Role
from cms.core.reading import Reader
from cms.core.runtime import runtime
from cms.core.signing_keys import SigningKeyRow

_LIVE_SESSION = (
    select(
        User.id,
        User.name,
        User.frozen,
        User.password_change_needed,
        select(Installation.epoch).scalar_subquery(),
        select(func.coalesce(func.max(SigningKeyRow.made_at), literal_column("0"))).scalar_subquery(),
        Membership.role,
        Membership.agency,
    )
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


def authenticate_person(token: str) -> Identity:
    """The person of an access token, with the roles held now.

    Session, state and roles are read on every request: sign-out, suspension and a change of roles or password count
    from the next request on, in every process. The epoch of the database is noted in `g.epoch`.
    Raises `Unauthenticated("invalid_token")`.
    """
    claims = read_access_token(token)
    return Identity(_actor_of(claims), partial(_actor_in_turn, claims))


def _actor_in_turn(claims: AccessClaims, unit: UnitOfWork | None) -> Actor:
    """The same person read again; for a unit of work, once it has its turn to commit.

    A change that takes rights away writes a line too, so one of the two comes first. Changes by this unit itself (sign-out, a new
    own password) are not seen: the read uses another connection.
    """
    if unit is not None:
        take_turn(unit)
    return _actor_of(claims)


def _actor_of(claims: AccessClaims) -> Actor:
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
    roles = frozenset((Role(role), agency) for *_person, role, agency in rows if role is not None)
    user_id, name, frozen, password_change_needed, g.epoch, ring = rows[0][:6]
    if ring != runtime().signing_keys.version():
        # The ring has changed: is the key of this token still in it?
        runtime().signing_keys.forget()
        read_access_token(claims.token)
    return Actor(user_id, name, roles, claims.session_id, frozen, bool(password_change_needed))


@cache
def _statement(reader: Reader) -> str:
    return reader.compile(_LIVE_SESSION)
