"""The keys that sign tokens, links and cursors."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import func, select

from cms.accounts.policies import is_operator
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.errors import Forbidden
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.signing_keys import SigningKeyRow, key_id

SALT_BYTES = 32


def rotate_signing_keys(actor: Actor, *, ends_older: bool = False) -> str:
    """Add a key to the ring, which signs from now on in every process; returns its id.

    Earlier keys go on verifying until everything they signed has expired, so users notice nothing. With `ends_older` they stop at
    once: access tokens are refreshed by the clients, preview links, cursors and trusted devices end; no person is signed out.
    Raises `Forbidden` for all but the operator.
    """
    if not is_operator(actor):
        raise Forbidden(permission="operator")
    salt = secrets.token_hex(SALT_BYTES)
    made = key_id(salt)
    with unit_of_work() as unit:
        newest = unit.session.scalar(select(func.max(SigningKeyRow.made_at))) or clock.EPOCH
        # The newest key signs, also after the clock was set back.
        made_at = max(clock.now(), newest + timedelta(microseconds=1))
        unit.add(SigningKeyRow(id=made, salt=salt, made_at=made_at, ends_older=ends_older))
        record(unit, Action.SIGNING_KEY_ROTATED, made, actor, fields=["ends_older"] if ends_older else [])
        unit.after_commit(runtime().signing_keys.forget)
    return made
