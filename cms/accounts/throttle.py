"""Slows down password guesses without locking a person out (R-A6).

An attempt is counted before the password is checked, so that a hundred guesses at once count as a hundred; a right
password gives the count back. Counters are keyed by a keyed hash of what the server knows (the address of the connection,
the normalised e-mail address, the id of a trusted device): an unknown account behaves like a known one, and an attacker who
guesses from elsewhere is slowed down, but not the person on a trusted device.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text

from cms.accounts.models import SignInBucket
from cms.core import clock
from cms.core.addresses import subscriber
from cms.core.db import UnitOfWork
from cms.core.errors import TooManyRequests
from cms.core.rate_limits import Policy, Standing, fields_of_refusal
from cms.core.runtime import runtime
from cms.core.secrets import derived_secret
from cms.core.types import UTCDateTime

FREE_ATTEMPTS = 5
LONGEST_DELAY = timedelta(minutes=5)
MOST_DOUBLINGS = 9
ACCOUNT_WINDOW = timedelta(hours=1)
MOST_PER_ACCOUNT_WINDOW = 100
ADDRESS_WINDOW = timedelta(minutes=1)
MOST_PER_ADDRESS_WINDOW = 30
POLICY = Policy("sign-in", MOST_PER_ADDRESS_WINDOW)

_INSERT = text(
    "INSERT INTO sign_in_buckets (name, failures, window_started_at) VALUES (:name, 0, :started)"
    " ON CONFLICT (name) DO NOTHING"
).bindparams(bindparam("started", type_=UTCDateTime))


@dataclass(frozen=True, slots=True)
class Bucket:
    """One counter: its keyed name, and whether it counts an address or an account."""

    name: str
    is_address: bool

    @property
    def window(self) -> timedelta:
        """The span after which counting starts again."""
        return ADDRESS_WINDOW if self.is_address else ACCOUNT_WINDOW


def address_bucket(address: str | None) -> Bucket:
    """The counter of the network address of the connection; an IPv6 subscriber is one address."""
    return Bucket(_keyed("address", subscriber(address or "unknown")), is_address=True)


def account_bucket(normalised_email: str) -> Bucket:
    """The counter of an account (existing or not) for clients that show no trusted device."""
    return Bucket(_keyed("account", normalised_email), is_address=False)


def device_bucket(device_id: str) -> Bucket:
    """The counter of a trusted device."""
    return Bucket(_keyed("device", device_id), is_address=False)


def password_bucket(user_id: str) -> Bucket:
    """The counter of wrong present passwords when a signed-in person changes the password."""
    return Bucket(_keyed("password", user_id), is_address=False)


def count_attempt(unit: UnitOfWork, buckets: Sequence[Bucket]) -> Standing | None:
    """Count one attempt in every bucket, and return where the address stands when it is among them. Raises `TooManyRequests` and
    counts nothing when one of them is blocked.
    """
    present, standing = clock.now(), None
    # Sorted: two attempts that share buckets lock them in the same order.
    for bucket in sorted(buckets, key=lambda bucket: bucket.name):
        row = _locked(unit, bucket, present)
        _refuse_while_blocked(row, present)
        row.failures += 1
        row.blocked_until = _blocked_until(bucket, row, present)
        if bucket.is_address:
            seconds = math.ceil((row.window_started_at + ADDRESS_WINDOW - present).total_seconds())
            standing = Standing(POLICY, MOST_PER_ADDRESS_WINDOW - row.failures, seconds)
    return standing


def give_back(unit: UnitOfWork, buckets: Sequence[Bucket], *, proven: bool) -> None:
    """Take one attempt back; `proven` (the password was right) clears the earlier count of the account."""
    for bucket in sorted(buckets, key=lambda bucket: bucket.name):
        row = unit.session.scalar(select(SignInBucket).where(SignInBucket.name == bucket.name).with_for_update())
        if row is None:
            continue
        if row.failures <= 1 or (proven and not bucket.is_address):
            unit.session.delete(row)
        else:
            row.failures -= 1
            row.blocked_until = None


def forget_attempts(unit: UnitOfWork, *buckets: Bucket) -> None:
    """Clear the counts and the delays that they caused."""
    statement = delete(SignInBucket).where(SignInBucket.name.in_([bucket.name for bucket in buckets]))
    unit.session.execute(statement.execution_options(synchronize_session=False))


def _locked(unit: UnitOfWork, bucket: Bucket, present: datetime) -> SignInBucket:
    """The row of a bucket, made when it is missing, locked, with a new window when the old one is over."""
    unit.session.execute(_INSERT, {"name": bucket.name, "started": present})
    row = unit.session.scalars(
        select(SignInBucket)
        .where(SignInBucket.name == bucket.name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if present - row.window_started_at >= bucket.window:
        row.failures, row.window_started_at = 0, present
    return row


def _refuse_while_blocked(row: SignInBucket, present: datetime) -> None:
    if row.blocked_until is not None and row.blocked_until > present:
        seconds = math.ceil((row.blocked_until - present).total_seconds())
        raise TooManyRequests("too_many_attempts", headers=fields_of_refusal(POLICY, seconds), seconds=seconds)


def _blocked_until(bucket: Bucket, row: SignInBucket, present: datetime) -> datetime | None:
    """When the attempt after this one may come."""
    window_ends_at = row.window_started_at + bucket.window
    if bucket.is_address:
        return window_ends_at if row.failures >= MOST_PER_ADDRESS_WINDOW else None
    if row.failures >= MOST_PER_ACCOUNT_WINDOW:
        return window_ends_at
    if row.failures < FREE_ATTEMPTS:
        return None
    doublings = min(row.failures - FREE_ATTEMPTS, MOST_DOUBLINGS)
    return present + min(timedelta(seconds=2**doublings), LONGEST_DELAY)


def _keyed(kind: str, value: str) -> str:
    secret = derived_secret(runtime().settings.secret_key, "sign-in-throttle")
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
