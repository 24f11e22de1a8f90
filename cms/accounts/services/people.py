"""Managing people: create, change, suspend, give a new password, end a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cms.accounts.identity import normalised_email
from cms.accounts.models import Membership, SignInSession, User, UserState
from cms.accounts.password_policy import check_new_password
from cms.accounts.passwords import hash_password
from cms.accounts.policies import HeldRole, check_memberships, is_operator
from cms.accounts.queries import find_agency_names, find_personal_names, get_locked_user, known_form, lock_active_admins
from cms.accounts.sessions import end_sessions, set_password
from cms.accounts.throttle import account_bucket, forget_attempts, password_bucket
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import unit_of_work
from cms.core.errors import Conflict, InputError, Invalid, NotFound
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Role, authorize
from cms.core.versions import Expected, check_version

_DUPLICATES = {"uq_users_email": "email"}


def create_user(
    actor: Actor,
    *,
    email: str,
    name: str,
    password: str,
    memberships: Sequence[HeldRole],
    password_change_needed: bool = True,
) -> User:
    """Add a person who may sign in from now on and must then replace this password, because another person has seen it.

    A person needs `user:write` for it, the operator's command line no permission. Raises `Forbidden`,
    `Invalid` (weak password, unknown agency, role without its agency), `Conflict("duplicate")` for a known address.
    """
    _authorize(actor)
    check_memberships(memberships)
    user = _active_user(email, name, memberships)
    user.password_change_needed = password_change_needed
    check_new_password("/password", password, find_personal_names(user))
    user.password_hash = hash_password(password)
    with unit_of_work(_DUPLICATES) as unit:
        _check_agencies(memberships)
        unit.add(user)
        record(unit, Action.USER_CREATED, user.id, actor, fields=["email", "name", "memberships"])
    return user


def _active_user(email: str, name: str, memberships: Sequence[HeldRole]) -> User:
    """A person as of now, still without a password."""
    present = clock.now()
    return User(
        id=new_id(),
        email=normalised_email(email),
        name=name,
        state=UserState.ACTIVE.value,
        created_at=present,
        updated_at=present,
        password_changed_at=present,
        memberships=_rows(memberships),
    )


def update_user(actor: Actor, user_id: str, expected: Expected, values: Mapping[str, Any]) -> User:
    """Change `email`, `name` or `memberships` (a list of role and agency that replaces the present one).

    New roles count from the person's next request. Raises `NotFound`, `Forbidden`, `StaleVersion`, `Invalid`,
    `Conflict` ("duplicate", "last_admin").
    """
    with unit_of_work(_DUPLICATES) as unit:
        admins = lock_active_admins(unit) if "memberships" in values else set()
        user = get_locked_user(unit, user_id)
        _authorize(actor)
        check_version(expected, user.version)
        plain = {name: value for name, value in values.items() if name != "memberships"}
        if "email" in plain:
            plain["email"] = normalised_email(plain["email"])
        changed = assign_changed(user, plain)
        if changed:
            record(unit, Action.USER_UPDATED, user.id, actor, fields=changed)
        if "memberships" in values and _replace_memberships(user, values["memberships"], admins):
            record(unit, Action.USER_ROLES_CHANGED, user.id, actor, fields=["memberships"])
            changed.append("memberships")
        if changed:
            _touch(user)
    return user


def suspend_user(actor: Actor, user_id: str, expected: Expected) -> User:
    """Stop a person from signing in; all sessions end at once. Raises as `update_user`, and `Conflict("wrong_state")`."""
    with unit_of_work() as unit:
        admins = lock_active_admins(unit)
        user = get_locked_user(unit, user_id)
        _authorize(actor)
        check_version(expected, user.version)
        _check_state(user, UserState.ACTIVE, "suspend")
        _keep_an_admin(admins, user)
        user.state = UserState.SUSPENDED.value
        user.token_version += 1
        _touch(user)
        end_sessions(unit, user.id, "suspended")
        record(unit, Action.USER_SUSPENDED, user.id, actor, fields=["state"])
    return user


def reactivate_user(actor: Actor, user_id: str, expected: Expected) -> User:
    """Let a suspended person sign in again. Raises as `suspend_user`."""
    with unit_of_work() as unit:
        user = get_locked_user(unit, user_id)
        _authorize(actor)
        check_version(expected, user.version)
        _check_state(user, UserState.SUSPENDED, "reactivate")
        user.state = UserState.ACTIVE.value
        _touch(user)
        record(unit, Action.USER_REACTIVATED, user.id, actor, fields=["state"])
    return user


def reset_password(actor: Actor, user_id: str, expected: Expected, password: str) -> User:
    """Give a person who lost the password a new one, which must be changed at once; all sessions of the person end.

    Delays after wrong guesses, the person's own or others', end too. Raises as `update_user`.
    """
    _authorize(actor)
    password_hash = hash_password(password)
    with unit_of_work() as unit:
        user = get_locked_user(unit, user_id)
        check_version(expected, user.version)
        set_password(unit, user, password_hash, change_needed=True)
        forget_attempts(unit, account_bucket(user.email), password_bucket(user.id))
        record(unit, Action.USER_PASSWORD_CHANGED, user.id, actor, fields=["password"])
    return user


def end_user_session(actor: Actor, user_id: str, session_id: str) -> None:
    """End one session of another person. Raises `NotFound`, `Forbidden`."""
    with unit_of_work() as unit:
        user = get_locked_user(unit, user_id)
        _authorize(actor)
        if not end_sessions(unit, user.id, "ended_by_admin", SignInSession.id == known_form(session_id)):
            raise NotFound
        record(unit, Action.USER_SIGNED_OUT, user.id, actor)


def _authorize(actor: Actor) -> None:
    if not is_operator(actor):
        authorize(actor, Permission.USER_WRITE)


def _touch(user: User) -> None:
    user.version += 1
    user.updated_at = clock.now()


def _check_state(user: User, needed: UserState, operation: str) -> None:
    if user.state != needed.value:
        raise Conflict("wrong_state", state=user.state, operation=operation, when=needed.value)


def _replace_memberships(user: User, memberships: Sequence[HeldRole], admins: set[str]) -> bool:
    """Make the person hold exactly these roles; False when nothing changes."""
    check_memberships(memberships)
    present = {(Role(held.role), held.agency): held for held in user.memberships}
    if set(present) == set(memberships):
        return False
    _check_agencies(memberships)
    if (Role.ADMIN, None) not in memberships:
        _keep_an_admin(admins, user)
    user.memberships = [row for held, row in present.items() if held in memberships] + _rows(
        [held for held in memberships if held not in present]
    )
    return True


def _rows(memberships: Sequence[HeldRole]) -> list[Membership]:
    return [Membership(role=role.value, agency=agency) for role, agency in memberships]


def _check_agencies(memberships: Sequence[HeldRole]) -> None:
    known = find_agency_names({agency for _role, agency in memberships if agency is not None})
    errors = [
        InputError("pointer", f"/memberships/{position}/agency", "not_found", {"what": "agency"})
        for position, (_role, agency) in enumerate(memberships)
        if agency is not None and agency not in known
    ]
    if errors:
        raise Invalid(errors=errors)


def _keep_an_admin(admins: set[str], user: User) -> None:
    """Refuse to remove the last administrator: no one could give the role back."""
    if admins == {user.id}:
        raise Conflict("last_admin")
