"""How one key that signs checkpoints replaces another, so that a verifier who knows either one can follow.

Both keys sign one statement: the old one names its successor, the new one its predecessor. A verifier who noted the old key finds
the new one through it; a server that has the new key still trusts what the old one signed, up to the line of the log that records
the change. An attacker with the database alone can forge neither signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select

from cms.changes.models import CheckpointKey
from cms.changes.signing import SigningKey, holds, key_id_of
from cms.core import clock
from cms.core.db import rolled_back, session

FORMAT = "simpul-checkpoint-key-1"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key; `replaced_at` is the line of the log from which on it no longer signs."""

    public_key: str
    replaced_at: int | None = None

    def may_sign(self, sequence: int) -> bool:
        """True when this key could sign a checkpoint of this line."""
        return self.replaced_at is None or sequence < self.replaced_at


@dataclass(frozen=True, slots=True)
class Succession:
    """One change of the key: `sequence` is its line in the log."""

    old_public_key: str
    public_key: str
    sequence: int
    signed_at: datetime
    old_signature: str = ""
    new_signature: str = ""

    def statement(self) -> bytes:
        """What both keys sign."""
        said = {
            "new": self.public_key,
            "old": self.old_public_key,
            "sequence": self.sequence,
            "signed_at": clock.rfc3339(self.signed_at),
        }
        return b"%b\n%b" % (FORMAT.encode(), orjson.dumps(said, option=orjson.OPT_SORT_KEYS))

    def is_signed(self) -> bool:
        """True when both keys have signed it."""
        said = self.statement()
        by_old = holds(said, self.old_signature, self.old_public_key)
        return by_old and holds(said, self.new_signature, self.public_key)


def succession_row(old: SigningKey, new: SigningKey, sequence: int) -> CheckpointKey:
    """The row that says, signed by both, that `new` takes the place of `old` with this line."""
    made = Succession(old.public_key, new.public_key, sequence, clock.now())
    said = made.statement()
    return CheckpointKey(
        key_id=new.key_id,
        public_key=new.public_key,
        old_key_id=old.key_id,
        old_public_key=old.public_key,
        sequence=sequence,
        signed_at=made.signed_at,
        old_signature=old.sign(said),
        new_signature=new.sign(said),
    )


def read_successions() -> list[Succession]:
    """Every change of the key that both keys have signed, oldest first; changes without both signatures are ignored."""
    with rolled_back():
        rows = session.scalars(select(CheckpointKey).order_by(CheckpointKey.sequence, CheckpointKey.key_id)).all()
    found = [
        Succession(
            row.old_public_key, row.public_key, row.sequence, row.signed_at, row.old_signature, row.new_signature
        )
        for row in rows
    ]
    return [each for each in found if each.is_signed()]


def successors(keys: Iterable[str], changes: Sequence[Succession]) -> set[str]:
    """These public keys and all that came after them."""
    found = set(keys)
    while more := {each.public_key for each in changes if each.old_public_key in found} - found:
        found |= more
    return found


def followed(keys: Iterable[str], changes: Sequence[Succession]) -> Mapping[str, TrustedKey]:
    """The keys that follow from trust in these public keys: their successors, and all keys before those, by key id. A key that is
    reached backwards names no successors: it may have been replaced because it was stolen.
    """
    found = successors(keys, changes)
    while more := {each.old_public_key for each in changes if each.public_key in found} - found:
        found |= more
    ends = {each.old_public_key: each.sequence for each in reversed(changes) if each.public_key in found}
    return {key_id_of(key): TrustedKey(key, ends.get(key)) for key in found}


def replaced_by(public_key: str, changes: Sequence[Succession]) -> Succession | None:
    """The change that took this key's place; None while it is in force."""
    return next((each for each in changes if each.old_public_key == public_key), None)
