"""Pure rules about people and their tokens; what a role may do is in `cms.core.permissions`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cms.accounts.models import RefreshToken
from cms.core.errors import InputError, Invalid
from cms.core.permissions import AGENCY_ROLES, Actor, Role

REFRESH_GRACE: Final = timedelta(seconds=10)
MOST_SIBLINGS: Final = 16
"""Bound on the tokens made from one refresh token: more than the tabs of a browser that wake up together."""
MOST_SESSIONS = 10

HeldRole = tuple[Role, str | None]


def is_operator(actor: Actor) -> bool:
    """True for a task started on the server itself (command line, demonstration city), never for a request."""
    return actor.id is None and actor.label.startswith("system: ")


def check_memberships(memberships: Sequence[HeldRole]) -> None:
    """Raise `Invalid` unless each role names an agency exactly when it is held in one, and none is repeated."""
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


def is_in_grace(token: RefreshToken, siblings: int, present: datetime) -> bool:
    """True when a refresh token that was used already may be used once more (R-A2).

    Within ten seconds of its first use it is another tab of the same browser, or a client whose answer was lost on the way. Its
    new tokens are valid beside those of the others (`siblings` so far); a later use counts as reuse.
    """
    return token.used_at is not None and present - token.used_at <= REFRESH_GRACE and siblings < MOST_SIBLINGS
