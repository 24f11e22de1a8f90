"""Signing in and out: sign-in, refresh, sign-out, change of password.

An attempt is counted in a transaction of its own, before the password is checked: a later error does not undo the count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from cms.accounts.devices import Origin
from cms.accounts.identity import normalised_email
from cms.accounts.models import RefreshToken, SignInSession, User, UserState
from cms.accounts.password_policy import check_new_password
from cms.accounts.passwords import hash_password, needs_rehash, verify_password
from cms.accounts.policies import is_in_grace
from cms.accounts.queries import (
    Credentials,
    find_credentials,
    find_personal_names,
    find_session_id,
    get_credentials,
    get_locked_session,
    get_locked_user,
    get_user,
    known_form,
)
from cms.accounts.sessions import end_sessions, issue_tokens, set_password, start_session
from cms.accounts.throttle import (
    Bucket,
    account_bucket,
    address_bucket,
    count_attempt,
    device_bucket,
    give_back,
    password_bucket,
)
from cms.accounts.tokens import IssuedTokens, make_device_token, refresh_digest, trusted_device
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.core.errors import NotFound, Unauthenticated, Unavailable, invalid_field
from cms.core.logging import get_logger
from cms.core.permissions import Actor, Permission, authorize
from cms.core.rate_limits import Standing

log = get_logger(__name__)


def sign_in(*, email: str, password: str, device_token: str | None, origin: Origin) -> IssuedTokens:
    """Start a session for the person of this e-mail address and password.

    Raises `Unauthenticated("invalid_credentials")`, the same for a wrong password, an unknown address and a suspended
    person; `TooManyRequests` while attempts are slowed down; `Unavailable` when too many sign in at once.
    """
    name = normalised_email(email)
    credentials = find_credentials(name)
    device = trusted_device(device_token, credentials)
    buckets = (address_bucket(origin.address), device_bucket(device) if device else account_bucket(name))
    standing = _count_attempt(buckets)
    if not _is_right(credentials, password, buckets) or credentials is None:
        log.info("sign_in_failed", account=account_bucket(name).name[:16], trusted_device=device is not None)
        raise _refusal(standing)
    fresh_hash = hash_password(password) if needs_rehash(credentials.password_hash) else None
    with unit_of_work() as unit:
        user = _still_the_same(unit, credentials, standing)
        give_back(unit, buckets, proven=True)
        user.password_hash = fresh_hash or user.password_hash
        issued = start_session(unit, user, origin)
        record(unit, Action.USER_SIGNED_IN, user.id, _self(user, issued.session_id))
    # The attempt was given back.
    after = replace(standing, left=standing.left + 1) if standing else None
    return replace(_with_device_token(issued, user), standing=after)


def _count_attempt(buckets: tuple[Bucket, ...]) -> Standing | None:
    with unit_of_work() as unit:
        return count_attempt(unit, buckets)


def _is_right(credentials: Credentials | None, password: str, buckets: tuple[Bucket, ...]) -> bool:
    """Verify; an attempt that was not checked for lack of capacity does not count."""
    try:
        return verify_password(credentials.password_hash if credentials else None, password)
    except Unavailable:
        with unit_of_work() as unit:
            give_back(unit, buckets, proven=False)
        raise


def _still_the_same(unit: UnitOfWork, credentials: Credentials, standing: Standing | None) -> User:
    """The locked person, unless suspended, or changed since the password was verified."""
    try:
        user = get_locked_user(unit, credentials.user_id)
    except NotFound:
        raise _refusal(standing) from None
    if user.state != UserState.ACTIVE.value or user.password_hash != credentials.password_hash:
        raise _refusal(standing)
    return user


def _refusal(standing: Standing | None) -> Unauthenticated:
    """The one answer to whoever does not get in: its fields do not tell either which of the reasons it was."""
    return Unauthenticated("invalid_credentials", headers=standing.headers if standing else {})


def refresh(refresh_token: str, origin: Origin) -> IssuedTokens:
    """Exchange a refresh token for the next one and an access token.

    A token is used once; the tabs of one browser may use it at nearly the same time, and each goes on with what it got. A later
    use of a used token ends the whole session: one of its two holders is a thief, and the server cannot tell which. Raises
    `Unauthenticated("invalid_token")`.
    """
    digest = refresh_digest(refresh_token)
    session_id = find_session_id(digest)
    if session_id is None:
        raise Unauthenticated("invalid_token")
    with unit_of_work() as unit:
        # Committed in every case: the end of a session stays when the caller is refused.
        issued = _rotate(unit, session_id, digest, origin)
    if issued is None:
        raise Unauthenticated("invalid_token")
    return issued


def _rotate(unit: UnitOfWork, session_id: str, digest: str, origin: Origin) -> IssuedTokens | None:
    """The next tokens, or None when the caller must be refused."""
    present = clock.now()
    started = get_locked_session(unit, session_id)
    token = unit.session.get_one(RefreshToken, digest, populate_existing=True)
    user = get_user(started.user_id)
    if not _is_live(started, present) or user.state != UserState.ACTIVE.value:
        return None
    if token.used_at is None:
        if token.expires_at <= present:
            return None
        token.used_at = present
    elif not is_in_grace(token, _siblings(unit, digest), present):
        _end_for_reuse(unit, user, started)
        return None
    started.device, started.address = origin.device, origin.address
    return issue_tokens(unit, user, started, token)


def _siblings(unit: UnitOfWork, parent_digest: str) -> int:
    statement = select(func.count()).where(RefreshToken.parent_digest == parent_digest)
    return unit.session.scalar(statement) or 0


def _end_for_reuse(unit: UnitOfWork, user: User, started: SignInSession) -> None:
    end_sessions(unit, user.id, "refresh_reused", SignInSession.id == started.id)
    record(unit, Action.USER_REFRESH_REUSED, user.id, _self(user, started.id))
    log.warning("refresh_token_reused", user_id=user.id, session_id=started.id)


def _is_live(started: SignInSession, present: datetime) -> bool:
    return started.revoked_at is None and started.expires_at > present


def sign_out(actor: Actor, *, everywhere: bool = False) -> None:
    """End the session of this request, or all sessions of the person; their tokens stop working at once."""
    authorize(actor, Permission.ACCOUNT_OWN)
    conditions = () if everywhere else (SignInSession.id == actor.session_id,)
    with unit_of_work() as unit:
        if end_sessions(unit, str(actor.id), "signed_out", *conditions):
            record(unit, Action.USER_SIGNED_OUT, str(actor.id), actor)


def end_own_session(actor: Actor, session_id: str) -> None:
    """End one of the person's own sessions, such as that of a lost telephone. Raises `NotFound`."""
    authorize(actor, Permission.ACCOUNT_OWN)
    with unit_of_work() as unit:
        if not end_sessions(unit, str(actor.id), "signed_out", SignInSession.id == known_form(session_id)):
            raise NotFound
        record(unit, Action.USER_SIGNED_OUT, str(actor.id), actor)


def change_password(actor: Actor, *, current_password: str, new_password: str, origin: Origin) -> IssuedTokens:
    """Give the person a new password; every session ends, this one goes on with the returned tokens.

    Raises `Invalid` (wrong present password, weak new one), `TooManyRequests`, `Unavailable`.
    """
    authorize(actor, Permission.ACCOUNT_OWN)
    user = get_user(str(actor.id))
    check_new_password("/new_password", new_password, find_personal_names(user))
    credentials = get_credentials(user.id)
    if new_password == current_password:
        raise invalid_field("/new_password", "weak_password", reason="it is the present one")
    buckets = (password_bucket(credentials.user_id),)
    _count_attempt(buckets)
    if not _is_right(credentials, current_password, buckets):
        raise invalid_field("/current_password", "wrong_password")
    password_hash = hash_password(new_password)
    with unit_of_work() as unit:
        user = _still_the_same(unit, credentials, None)
        give_back(unit, buckets, proven=True)
        set_password(unit, user, password_hash, change_needed=False)
        issued = start_session(unit, user, origin)
        record(unit, Action.USER_PASSWORD_CHANGED, user.id, actor, fields=["password"])
    return _with_device_token(issued, user)


def _with_device_token(issued: IssuedTokens, user: User) -> IssuedTokens:
    needed = user.password_change_needed
    return replace(issued, device_token=make_device_token(user), password_change_needed=needed)


def _self(user: User, session_id: str) -> Actor:
    return Actor(id=user.id, label=user.name, session_id=session_id)
