"""Pure rules about people and their tokens; what a role may do stands in `cms.core.permissions`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cms.accounts.models import RefreshToken
from cms.core.errors import InputError, Invalid
from cms.core.permissions import AGENCY_ROLES, Actor, Role

REFRESH_GRACE = timedelta(seconds=10)
MOST_SESSIONS = 10

HeldRole = tuple[Role, str | None]


def is_operator(actor: Actor) -> bool:
    """True for a task started at the server itself (command line, demonstration city); no request can be one."""
    return actor.id is None and actor.label.startswith("system: ")


def check_memberships(memberships: Sequence[HeldRole]) -> None:
    """Raise `Invalid` unless each role names an agency exactly when it is held in one, and none stands twice."""
    errors = []
    for position, (role, agency) in enumerate(memberships):
        pointer = f"/memberships/{position}"
        if (role, agency) in memberships[:position]:
            errors.append(InputError("pointer", pointer, "repeated"))
        elif role in AGENCY_ROLES and agency is None:
            errors.append(InputError("pointer", f"{pointer}/agency", "agency_needed"))
        elif role not in AGENCY_ROLES and agency is not None:
            errors.append(InputError("pointer", f"{pointer}/agency", "agency_not_allowed"))
    if errors:
        raise Invalid(errors=errors)


def may_retry(token: RefreshToken, successors: Sequence[RefreshToken], present: datetime) -> bool:
    """True when a used refresh token may be used once more: its answer was lost on the way (R-A2).

    That is within ten seconds, once, and only while nobody has used what the lost answer carried.
    """
    if token.used_at is None or token.revoked_at is not None or present - token.used_at > REFRESH_GRACE:
        return False
    return len(successors) == 1 and successors[0].used_at is None and successors[0].revoked_at is None
