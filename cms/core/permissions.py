"""Who may do what: roles, permissions and the map between them, on one screen.

The map is data; its predicates are pure functions of the actor and the target. `can()` is the only function
that decides, services call it before they act, and the api guide's table is generated from `PERMISSION_MAP`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cms.core.errors import Forbidden


class Role(StrEnum):
    """What a person is. The first two are held in an agency, the others in the whole city."""

    AUTHOR = "author"
    AGENCY_EDITOR = "agency_editor"
    CENTRAL_EDITOR = "central_editor"
    AUDITOR = "auditor"
    ADMIN = "admin"


AGENCY_ROLES = frozenset({Role.AUTHOR, Role.AGENCY_EDITOR})


class Permission(StrEnum):
    """One thing that can be allowed, as `<resource>:<verb>`."""

    CONTENT_READ = "content:read"
    CONTENT_CREATE = "content:create"
    CONTENT_EDIT = "content:edit"
    CONTENT_DELETE = "content:delete"
    CONTENT_SUBMIT = "content:submit"
    CONTENT_RETURN = "content:return"
    CONTENT_PUBLISH = "content:publish"
    CONTENT_UNPUBLISH = "content:unpublish"
    CONTENT_VANISH = "content:vanish"
    CONTENT_APPROVE = "content:approve"
    CONTENT_SCHEDULE = "content:schedule"
    CONTENT_TRASH = "content:trash"
    CONTENT_PURGE = "content:purge"
    CONTENT_COMMENT = "content:comment"
    CONTENT_REPOST = "content:repost"
    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    MEDIA_DELETE = "media:delete"
    AGENCY_READ = "agency:read"
    AGENCY_WRITE = "agency:write"
    TAXONOMY_READ = "taxonomy:read"
    TAXONOMY_WRITE = "taxonomy:write"
    USER_READ = "user:read"
    USER_WRITE = "user:write"
    CONSUMER_READ = "consumer:read"
    CONSUMER_WRITE = "consumer:write"
    TRAIL_READ = "trail:read"
    MODERATION_READ = "moderation:read"
    MODERATION_WRITE = "moderation:write"
    MODERATION_ROLLBACK = "moderation:rollback"
    ACCOUNT_OWN = "account:own"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or system task) that acts, as a plain value: who, and which roles in which agencies.

    `frozen` is the reason why this person may change nothing for now. `password_change_needed`: another person has seen the
    password, so the person must change it before anything else.
    """

    id: str | None
    label: str
    roles: frozenset[tuple[Role, str | None]] = frozenset()
    session_id: str | None = None
    frozen: str | None = None
    password_change_needed: bool = False

    def has(self, role: Role) -> bool:
        """True when the actor holds this role anywhere."""
        return any(held == role for held, _ in self.roles)

    def agencies(self, role: Role) -> frozenset[str]:
        """The agencies in which the actor holds this role."""
        return frozenset(agency for held, agency in self.roles if held == role and agency is not None)


def system_actor(reason: str) -> Actor:
    """The actor of a task that no person started; it has no rights, its services take none (R-Z5)."""
    return Actor(id=None, label=f"system: {reason}")


@dataclass(frozen=True, slots=True)
class Target:
    """What is acted upon, as far as permissions depend on it. `agency` comes from the stored row, never from the body."""

    agency: str | None = None
    channel: str | None = None
    author_id: str | None = None
    is_city_channel: bool = False


Predicate = Callable[[Actor, Role, Target], bool]


def anywhere(_actor: Actor, _role: Role, _target: Target) -> bool:
    """In the whole city."""
    return True


def in_own_agency(actor: Actor, role: Role, target: Target) -> bool:
    """In an agency in which the role is held."""
    return target.agency in actor.agencies(role)


def own_work(actor: Actor, role: Role, target: Target) -> bool:
    """Own items, in an agency in which the role is held."""
    return in_own_agency(actor, role, target) and target.author_id == actor.id


def on_own_channel(actor: Actor, role: Role, target: Target) -> bool:
    """On the channel of an agency in which the role is held; never on the city's channel."""
    return in_own_agency(actor, role, target) and not target.is_city_channel


_ALL = tuple((role, anywhere) for role in Role)

PERMISSION_MAP: dict[Permission, tuple[tuple[Role, Predicate], ...]] = {
    Permission.CONTENT_READ: (
        (Role.AUTHOR, in_own_agency),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
        (Role.AUDITOR, anywhere),
    ),
    Permission.CONTENT_CREATE: (
        (Role.AUTHOR, in_own_agency),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.CONTENT_EDIT: (
        (Role.AUTHOR, in_own_agency),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.CONTENT_DELETE: (
        (Role.AUTHOR, own_work),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.CONTENT_SUBMIT: (
        (Role.AUTHOR, in_own_agency),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.CONTENT_RETURN: ((Role.AGENCY_EDITOR, in_own_agency), (Role.CENTRAL_EDITOR, anywhere)),
    Permission.CONTENT_PUBLISH: ((Role.AGENCY_EDITOR, on_own_channel), (Role.CENTRAL_EDITOR, anywhere)),
    Permission.CONTENT_UNPUBLISH: ((Role.AGENCY_EDITOR, on_own_channel), (Role.CENTRAL_EDITOR, anywhere)),
    # Readers get no explanation, so this needs more than the permission to withdraw.
    Permission.CONTENT_VANISH: ((Role.CENTRAL_EDITOR, anywhere),),
    Permission.CONTENT_APPROVE: ((Role.AGENCY_EDITOR, on_own_channel), (Role.CENTRAL_EDITOR, anywhere)),
    Permission.CONTENT_SCHEDULE: ((Role.AGENCY_EDITOR, on_own_channel), (Role.CENTRAL_EDITOR, anywhere)),
    Permission.CONTENT_TRASH: (
        (Role.AUTHOR, own_work),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.CONTENT_PURGE: ((Role.CENTRAL_EDITOR, anywhere),),
    Permission.CONTENT_COMMENT: (
        (Role.AUTHOR, in_own_agency),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.CONTENT_REPOST: ((Role.AGENCY_EDITOR, on_own_channel), (Role.CENTRAL_EDITOR, anywhere)),
    # The library is shared: an agency that reposts another's post shows its picture too.
    Permission.MEDIA_READ: (
        (Role.AUTHOR, anywhere),
        (Role.AGENCY_EDITOR, anywhere),
        (Role.CENTRAL_EDITOR, anywhere),
        (Role.AUDITOR, anywhere),
    ),
    Permission.MEDIA_WRITE: (
        (Role.AUTHOR, in_own_agency),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.MEDIA_DELETE: (
        (Role.AUTHOR, own_work),
        (Role.AGENCY_EDITOR, in_own_agency),
        (Role.CENTRAL_EDITOR, anywhere),
    ),
    Permission.AGENCY_READ: _ALL,
    Permission.AGENCY_WRITE: ((Role.ADMIN, anywhere),),
    Permission.TAXONOMY_READ: _ALL,
    Permission.TAXONOMY_WRITE: ((Role.CENTRAL_EDITOR, anywhere), (Role.ADMIN, anywhere)),
    Permission.USER_READ: ((Role.ADMIN, anywhere), (Role.AUDITOR, anywhere)),
    Permission.USER_WRITE: ((Role.ADMIN, anywhere),),
    Permission.CONSUMER_READ: ((Role.ADMIN, anywhere), (Role.AUDITOR, anywhere)),
    Permission.CONSUMER_WRITE: ((Role.ADMIN, anywhere),),
    Permission.TRAIL_READ: ((Role.AUDITOR, anywhere), (Role.ADMIN, anywhere)),
    Permission.MODERATION_READ: (
        (Role.CENTRAL_EDITOR, anywhere),
        (Role.AUDITOR, anywhere),
        (Role.ADMIN, anywhere),
    ),
    Permission.MODERATION_WRITE: ((Role.CENTRAL_EDITOR, anywhere), (Role.ADMIN, anywhere)),
    Permission.MODERATION_ROLLBACK: ((Role.CENTRAL_EDITOR, anywhere),),
    Permission.ACCOUNT_OWN: _ALL,
}

OF_EVERY_PERSON = frozenset({Permission.ACCOUNT_OWN})
"""What every signed-in person may do, with or without a role: see and end the own sign-ins, change the own password."""


def can(actor: Actor, permission: Permission, target: Target | None = None) -> bool:
    """True when the map gives the actor this permission on the target.

    Without a target the question is the coarse one of a route: could the actor have it on anything at all?
    """
    if permission in OF_EVERY_PERSON:
        return actor.id is not None
    for role, holds in PERMISSION_MAP[permission]:
        if actor.has(role) and (target is None or holds(actor, role, target)):
            return True
    return False


def authorize(actor: Actor, permission: Permission, target: Target | None = None) -> None:
    """Raise `Forbidden` unless `can()`."""
    if not can(actor, permission, target):
        raise Forbidden(permission=permission.value)
