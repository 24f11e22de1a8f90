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
    """What a person is. The first three are held in an agency, the others in the whole city.

    The three of public information (PPID, UU 14/2008): `ppid_pelaksana` answers for the information of one agency, `ppid_utama` for
    that of the city, `atasan_ppid` is above both, reads everything and decides what is brought to him.
    """

    AUTHOR = "author"
    AGENCY_EDITOR = "agency_editor"
    PPID_PELAKSANA = "ppid_pelaksana"
    CENTRAL_EDITOR = "central_editor"
    PPID_UTAMA = "ppid_utama"
    ATASAN_PPID = "atasan_ppid"
    AUDITOR = "auditor"
    ADMIN = "admin"


AGENCY_ROLES = frozenset({Role.AUTHOR, Role.AGENCY_EDITOR, Role.PPID_PELAKSANA})
CENTRAL_ROLES = frozenset({Role.CENTRAL_EDITOR, Role.PPID_UTAMA})
"""Who edits for the city: where an agency is reviewed centrally, or moderation asks for it, their approval counts."""


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
    CONTENT_ERASE = "content:erase"
    CONTENT_ERASE_CONFIRM = "content:erase_confirm"
    CONTENT_COMMENT = "content:comment"
    CONTENT_REPOST = "content:repost"
    CONTENT_IMPORT = "content:import"
    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    MEDIA_DELETE = "media:delete"
    AGENCY_READ = "agency:read"
    AGENCY_WRITE = "agency:write"
    OFFICE_WRITE = "office:write"
    TAXONOMY_READ = "taxonomy:read"
    TAXONOMY_WRITE = "taxonomy:write"
    USER_READ = "user:read"
    USER_WRITE = "user:write"
    CONSUMER_READ = "consumer:read"
    CONSUMER_WRITE = "consumer:write"
    CONSUMER_USAGE = "consumer:usage"
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

    @property
    def is_central(self) -> bool:
        """True when the actor edits for the city."""
        return any(role in CENTRAL_ROLES for role, _ in self.roles)

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


Holders = tuple[tuple[Role, Predicate], ...]
_ALL: Holders = tuple((role, anywhere) for role in Role)
_CENTRAL: Holders = ((Role.CENTRAL_EDITOR, anywhere), (Role.PPID_UTAMA, anywhere))
_EDITORS: Holders = ((Role.AGENCY_EDITOR, in_own_agency), (Role.PPID_PELAKSANA, in_own_agency), *_CENTRAL)
_WRITERS: Holders = ((Role.AUTHOR, in_own_agency), *_EDITORS)
_OWNERS: Holders = ((Role.AUTHOR, own_work), *_EDITORS)
_PUBLISHERS: Holders = ((Role.AGENCY_EDITOR, on_own_channel), (Role.PPID_PELAKSANA, on_own_channel), *_CENTRAL)
_READERS: Holders = ((Role.ATASAN_PPID, anywhere), (Role.AUDITOR, anywhere))

PERMISSION_MAP: dict[Permission, Holders] = {
    Permission.CONTENT_READ: (*_WRITERS, *_READERS),
    Permission.CONTENT_CREATE: _WRITERS,
    Permission.CONTENT_EDIT: _WRITERS,
    Permission.CONTENT_DELETE: _OWNERS,
    Permission.CONTENT_SUBMIT: _WRITERS,
    Permission.CONTENT_RETURN: _EDITORS,
    Permission.CONTENT_PUBLISH: _PUBLISHERS,
    Permission.CONTENT_UNPUBLISH: _PUBLISHERS,
    # Readers get no explanation, so this needs more than the permission to withdraw.
    Permission.CONTENT_VANISH: ((Role.CENTRAL_EDITOR, anywhere),),
    Permission.CONTENT_APPROVE: _PUBLISHERS,
    Permission.CONTENT_SCHEDULE: _PUBLISHERS,
    Permission.CONTENT_TRASH: _OWNERS,
    Permission.CONTENT_PURGE: ((Role.CENTRAL_EDITOR, anywhere),),
    # What was published is gone for ever after it: who orders it and who confirms it are two persons.
    Permission.CONTENT_ERASE: ((Role.PPID_PELAKSANA, in_own_agency), *_CENTRAL),
    Permission.CONTENT_ERASE_CONFIRM: (*_CENTRAL, (Role.ATASAN_PPID, anywhere)),
    Permission.CONTENT_COMMENT: _WRITERS,
    Permission.CONTENT_REPOST: _PUBLISHERS,
    # Says when and where an item was published before, which nobody can check here.
    Permission.CONTENT_IMPORT: ((Role.CENTRAL_EDITOR, anywhere),),
    # The library is shared: an agency that reposts another's post shows its picture too.
    Permission.MEDIA_READ: tuple((role, anywhere) for role, _ in (*_WRITERS, *_READERS)),
    Permission.MEDIA_WRITE: _WRITERS,
    Permission.MEDIA_DELETE: _OWNERS,
    Permission.AGENCY_READ: _ALL,
    Permission.AGENCY_WRITE: ((Role.ADMIN, anywhere),),
    # Hours and telephone numbers change often, and the agency itself knows them first.
    Permission.OFFICE_WRITE: (*_EDITORS, (Role.ADMIN, anywhere)),
    Permission.TAXONOMY_READ: _ALL,
    Permission.TAXONOMY_WRITE: ((Role.CENTRAL_EDITOR, anywhere), (Role.ADMIN, anywhere)),
    Permission.USER_READ: ((Role.ADMIN, anywhere), (Role.AUDITOR, anywhere)),
    Permission.USER_WRITE: ((Role.ADMIN, anywhere),),
    Permission.CONSUMER_READ: ((Role.ADMIN, anywhere), (Role.AUDITOR, anywhere)),
    Permission.CONSUMER_WRITE: ((Role.ADMIN, anywhere),),
    # Central editors must know whose readers see something old, and whom to call.
    Permission.CONSUMER_USAGE: ((Role.CENTRAL_EDITOR, anywhere), (Role.ADMIN, anywhere), (Role.AUDITOR, anywhere)),
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


def acting_role(actor: Actor, permission: Permission, target: Target) -> Role | None:
    """The role by which the actor has this permission on the target, one of the whole city before one of an agency; None: none."""
    for role, holds in sorted(PERMISSION_MAP[permission], key=lambda holder: holder[0] in AGENCY_ROLES):
        if actor.has(role) and holds(actor, role, target):
            return role
    return None
