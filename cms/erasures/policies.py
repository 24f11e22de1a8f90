"""Who may order an erasure, and who may confirm it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cms.core.errors import Conflict
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.erasures.models import Erasure

OPEN_FOR: Final = timedelta(days=7)
"""An order that nobody confirms in this time expires: what it was about may be another by then."""


def check_may_confirm(actor: Actor, erasure: Erasure) -> None:
    """Raise `Forbidden`, or `Conflict` when it is decided or expired, or was ordered by the same person."""
    authorize(actor, Permission.CONTENT_ERASE_CONFIRM, Target(erasure.agency))
    check_open(erasure)
    if actor.id == erasure.requested_by_id:
        raise Conflict("erasure_needs_another_person")


def check_may_cancel(actor: Actor, erasure: Erasure) -> None:
    """Who may order it may cancel it. Raises `Forbidden`, `Conflict`."""
    authorize(actor, Permission.CONTENT_ERASE, Target(erasure.agency))
    check_open(erasure)


def check_open(erasure: Erasure) -> None:
    """Raise `Conflict` when the order is decided or has expired."""
    if not erasure.is_open:
        raise Conflict("erasure_decided", state=erasure.standing.value)
