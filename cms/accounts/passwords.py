"""Password hashing with argon2id (RFC 9106), bounded so that a flood of sign-ins cannot use up the memory.

One verification takes the configured memory (64 MiB by default). Never call these inside a unit of work: a write lock held
for a tenth of a second would stop every other writer.
"""

from __future__ import annotations

import base64
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cms.core.bulkhead import Kind, refusal
from cms.core.runtime import runtime

MOST_AT_ONCE = min(os.cpu_count() or 1, 4)
QUEUE_SECONDS = 2.0
SALT_BYTES = 16
HASH_BYTES = 32
# No vowels and nothing that looks like something else: a generated password is read from a screen and typed.
GENERATED_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
GENERATED_GROUPS, GENERATED_GROUP_LENGTH = 4, 5

_slots = threading.BoundedSemaphore(MOST_AT_ONCE)


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters, as text. Raises `Unavailable` when too many wait."""
    with _slot():
        return _hasher().hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """True when the password belongs to the hash; bytes are compared exactly as sent.

    Without a hash (an unknown name) the same work is done, so that the time reveals nothing.
    Raises `Unavailable` when too many wait.
    """
    hasher = _hasher()
    with _slot():
        try:
            return hasher.verify(password_hash or _hash_of_nobody(hasher), password)
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    """True when the hash was made with other parameters than the present settings."""
    return _hasher().check_needs_rehash(password_hash)


def generate_password() -> str:
    """A random password of about 95 bits in four groups, for a person who did not choose it."""
    return "-".join(
        "".join(secrets.choice(GENERATED_ALPHABET) for _ in range(GENERATED_GROUP_LENGTH))
        for _ in range(GENERATED_GROUPS)
    )


@contextmanager
def _slot() -> Iterator[None]:
    if not runtime().bulkhead.acquire(_slots, QUEUE_SECONDS, Kind.WORK):
        raise refusal(Kind.WORK)
    try:
        yield
    finally:
        _slots.release()


def _hasher() -> PasswordHasher:
    settings = runtime().settings
    return _hasher_of(settings.password_memory_kib, settings.password_time_cost, settings.password_lanes)


@cache
def _hasher_of(memory_kib: int, time_cost: int, lanes: int) -> PasswordHasher:
    return PasswordHasher(
        time_cost=time_cost, memory_cost=memory_kib, parallelism=lanes, hash_len=HASH_BYTES, salt_len=SALT_BYTES
    )


@cache
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """A well-formed hash with the present parameters that matches no known password."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES)
    )
    return f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}${salt}${digest}"
