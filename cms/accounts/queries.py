"""Reads of people, sessions and refresh tokens."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from cms.accounts.models import Membership, RefreshToken, SignInSession, User, UserState
from cms.agencies.models import Agency
from cms.core import clock
from cms.core.db import UnitOfWork, session
from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.core.permissions import Actor, Role


@dataclass(frozen=True, slots=True)
class Credentials:
    """The values that sign-in checks; plain, so they outlive the transaction that read them."""

    user_id: str
    password_hash: str
    password_changed_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A sign-in that is in force, when it was last refreshed, and from where."""

    id: str
    created_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    device: str | None
    address: str | None


def find_credentials(email: str) -> Credentials | None:
    """The credentials of a normalised e-mail address."""
    return _credentials(User.email == email)


def get_credentials(user_id: str) -> Credentials:
    """The credentials of a person. Raises `NotFound`."""
    found = _credentials(User.id == user_id)
    if found is None:
        raise NotFound
    return found


def _credentials(condition: ColumnElement[bool]) -> Credentials | None:
    row = session.execute(select(User.id, User.password_hash, User.password_changed_at).where(condition)).one_or_none()
    return None if row is None else Credentials(*row)


def get_user(user_id: str) -> User:
    """A person with memberships. Raises `NotFound`."""
    user = session.scalar(select(User).where(User.id == known_form(user_id)).options(selectinload(User.memberships)))
    if user is None:
        raise NotFound
    return user


def get_locked_user(unit: UnitOfWork, user_id: str) -> User:
    """A person with memberships, locked until the unit of work ends. Raises `NotFound`."""
    user = unit.session.scalar(
        select(User)
        .where(User.id == known_form(user_id))
        .with_for_update()
        .options(selectinload(User.memberships))
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise NotFound
    return user


def known_form(identifier: str) -> str:
    """The id itself when it has the form of one (no database is asked about others). Raises `NotFound`."""
    if not is_id(identifier):
        raise NotFound
    return identifier


def find_active_actor(user_id: str) -> tuple[Actor, int] | None:
    """A person who may sign in and is not frozen, as an actor with the roles held now, and the version of the access tokens in force.

    For links and the like that others use later: they must end with the right of the person who made them (R-A3).
    """
    rows = session.execute(
        select(User.name, User.token_version, Membership.role, Membership.agency)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, User.state == UserState.ACTIVE.value, User.frozen.is_(None))
    ).all()
    if not rows:
        return None
    roles = frozenset((Role(row.role), row.agency) for row in rows if row.role is not None)
    return Actor(user_id, rows[0].name, roles), rows[0].token_version


def list_users(filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Sequence[User]:
    """People, newest first, after the id in `after`.

    `filters` may have `state`, `role`, `agency` (a membership that has both, when both are given) and `q` (part of name
    or e-mail address).
    """
    statement = select(User).options(selectinload(User.memberships)).order_by(User.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(User.id < str(after[0]))
    if "state" in filters:
        statement = statement.where(User.state == filters["state"])
    held = [getattr(Membership, name) == filters[name] for name in ("role", "agency") if name in filters]
    if held:
        statement = statement.where(User.memberships.any(and_(*held)))
    if "q" in filters:
        text = filters["q"]
        statement = statement.where(
            or_(User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))
        )
    return session.scalars(statement).all()


def lock_active_admins(unit: UnitOfWork) -> set[str]:
    """Ids of all administrators who may sign in; locked, so that two of them cannot remove each other at once.

    Call it before locking any other person: all callers take these locks first and in the same order.
    """
    statement = select(User.id).where(
        User.state == UserState.ACTIVE.value, User.memberships.any(Membership.role == Role.ADMIN.value)
    )
    unit.session.execute(statement.order_by(User.id).with_for_update())
    # Read again: only a statement that begins after the wait sees the other transaction's changes.
    return set(unit.session.scalars(statement))


def find_agency_names(slugs: Collection[str]) -> dict[str, tuple[str, str]]:
    """Name and short name of those agencies that exist, by slug."""
    rows = session.execute(select(Agency.slug, Agency.name, Agency.short_name).where(Agency.slug.in_(slugs)))
    return {slug: (name, short_name) for slug, name, short_name in rows}


def find_personal_names(user: User) -> list[str]:
    """Words that an attacker knows about a person and would try as a password: address, name, agencies."""
    agencies = find_agency_names({held.agency for held in user.memberships if held.agency is not None})
    return [user.email, user.name, *agencies, *(name for names in agencies.values() for name in names)]


def list_live_sessions(user_id: str, after: Sequence[Any] | None = None, limit: int = 100) -> Sequence[LiveSession]:
    """The sign-ins of a person that are in force, newest first, after the id in `after`."""
    refreshed_at = func.max(RefreshToken.issued_at, type_=RefreshToken.issued_at.type)
    statement = (
        select(
            SignInSession.id,
            SignInSession.created_at,
            refreshed_at,
            SignInSession.expires_at,
            SignInSession.device,
            SignInSession.address,
        )
        .join(RefreshToken, RefreshToken.session_id == SignInSession.id)
        .where(*is_live(user_id))
        .group_by(SignInSession.id)
        .order_by(SignInSession.id.desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(SignInSession.id < str(after[0]))
    return [LiveSession(*row) for row in session.execute(statement)]


def is_live(user_id: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a person's sign-ins that are in force."""
    return (
        SignInSession.user_id == user_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > clock.now(),
    )


def find_session_id(refresh_digest: str) -> str | None:
    """The sign-in that a refresh token belongs to."""
    return session.scalar(select(RefreshToken.session_id).where(RefreshToken.digest == refresh_digest))


def get_locked_session(unit: UnitOfWork, session_id: str) -> SignInSession:
    """A sign-in, locked: the second of two refreshes of one family sees the result of the first. Raises `NotFound`."""
    found = unit.session.scalar(
        select(SignInSession)
        .where(SignInSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found
