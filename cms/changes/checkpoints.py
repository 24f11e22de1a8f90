"""Signed checkpoints: the state of the log at one moment, to be kept elsewhere and compared with the log later.

The chain alone proves nothing against an attacker who can rewrite the whole table. A checkpoint does: it names a line, its
hash and the number of lines up to it, and only the holder of the key could have signed that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cms.changes.heads import read_heads
from cms.changes.key_succession import TrustedKey, followed, read_successions, replaced_by
from cms.changes.models import Checkpoint
from cms.changes.signing import NoSigningKeyError, SigningKey, holds, needed_signing_key, signing_key
from cms.changes.stored_lines import StoredLog, nothing
from cms.changes.verification import BEGINNING, Finding, Place, verify
from cms.core import clock
from cms.core.db import UnitOfWork, rolled_back, session
from cms.core.runtime import runtime

FORMAT = "simpul-checkpoint-1"


class LogDamagedError(Exception):
    """The log is not whole, so nothing is signed."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence())
        self.finding = finding


class BadCheckpointError(ValueError):
    """A checkpoint cannot be used: it is not one, its signature does not hold, or its key is not known here."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint in the form that is kept elsewhere; `signed_at` as RFC 3339 text, exactly as it was signed."""

    sequence: int
    hash: str
    count: int
    epoch: str
    signed_at: str
    key_id: str
    public_key: str
    signature: str

    def statement(self) -> bytes:
        """What the signature covers."""
        said = {name: getattr(self, name) for name in ("count", "epoch", "hash", "sequence", "signed_at")}
        return b"%b\n%b" % (FORMAT.encode(), orjson.dumps(said, option=orjson.OPT_SORT_KEYS))

    def as_json(self) -> str:
        """The checkpoint for a file."""
        return orjson.dumps({"format": FORMAT, **asdict(self)}, option=orjson.OPT_INDENT_2).decode() + "\n"


def signed(checkpoint: Checkpoint) -> Signed:
    """A stored checkpoint as it is kept elsewhere."""
    return Signed(
        sequence=checkpoint.sequence,
        hash=checkpoint.hash,
        count=checkpoint.count,
        epoch=checkpoint.epoch,
        signed_at=clock.rfc3339(checkpoint.signed_at),
        key_id=checkpoint.key_id,
        public_key=checkpoint.public_key,
        signature=checkpoint.signature,
    )


def read_checkpoints(text: bytes) -> list[Signed]:
    """The checkpoints in a file: one, a list, or an answer of the API with either. Raises `BadCheckpointError`."""
    try:
        content = orjson.loads(text)
        content = content["data"] if isinstance(content, dict) and "data" in content else content
        entries = content if isinstance(content, list) else [content]
        return [_read(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadCheckpointError("This is no checkpoint: a file of `audit checkpoint` is expected.") from None


def _read(entry: Mapping[str, Any]) -> Signed:
    kinds = {name: int if name in {"sequence", "count"} else str for name in Signed.__dataclass_fields__}
    if any(type(entry[name]) is not kind for name, kind in kinds.items()):
        raise ValueError(entry)
    return Signed(**{name: entry[name] for name in kinds})


def trusted_keys(given: Iterable[str] = ()) -> Mapping[str, TrustedKey]:
    """Keys by id: this server's own, those that the caller trusts, and all keys that they lead to. Raises `BadKeyError`."""
    own = signing_key(runtime().settings)
    return followed([*([] if own is None else [own.public_key]), *given], read_successions())


def key_in_force() -> SigningKey:
    """The key of this server, unless another one has taken its place. Raises `NoSigningKeyError`."""
    key = needed_signing_key(runtime().settings)
    change = replaced_by(key.public_key, read_successions())
    if change is not None:
        raise NoSigningKeyError(
            f"The key {key.key_id} was replaced at line {change.sequence}: this server needs the new one, {change.public_key}."
        )
    return key


def check_signature(checkpoint: Signed, keys: Mapping[str, TrustedKey]) -> None:
    """Raise `BadCheckpointError` unless one of these keys has signed it."""
    if checkpoint.key_id not in keys:
        raise BadCheckpointError(
            f"The checkpoint of line {checkpoint.sequence} is signed with key {checkpoint.key_id}, which is not known here."
        )
    replaced_at = keys[checkpoint.key_id].replaced_at
    if replaced_at is not None and checkpoint.sequence >= replaced_at:
        raise BadCheckpointError(
            f"The checkpoint of line {checkpoint.sequence} is signed with key {checkpoint.key_id}, which was replaced at line "
            f"{replaced_at}."
        )
    if not is_signed(checkpoint, keys):
        raise BadCheckpointError(f"The signature of the checkpoint of line {checkpoint.sequence} does not hold.")


def is_signed(checkpoint: Signed, keys: Mapping[str, TrustedKey]) -> bool:
    """True when the key that the checkpoint names, one of these, has signed just this while it was in force."""
    key = keys[checkpoint.key_id]
    is_possible = checkpoint.count == checkpoint.sequence and key.may_sign(checkpoint.sequence)
    return is_possible and holds(checkpoint.statement(), checkpoint.signature, key.public_key)


def stored_checkpoints() -> Sequence[Checkpoint]:
    """All checkpoints of this database, oldest first."""
    with rolled_back():
        return session.scalars(select(Checkpoint).order_by(Checkpoint.sequence, Checkpoint.key_id)).all()


def newest_checkpoint() -> Checkpoint | None:
    """The checkpoint of the highest number."""
    with rolled_back():
        return session.scalar(select(Checkpoint).order_by(Checkpoint.sequence.desc()).limit(1))


def signed_end(progress: Callable[[int], None] = nothing) -> Signed:
    """Follow the chain to its end and sign where it ends.

    Raises `NoSigningKeyError` (also when its key was replaced), and `LogDamagedError` when the log is not whole.
    """
    key = key_in_force()
    begin = _last_signed()
    stored = StoredLog(begin.sequence or None, progress)
    verification = verify(stored, stored.head, {begin.sequence: begin.hash} if begin.sequence else {}, begin)
    if verification.finding is not None:
        raise LogDamagedError(verification.finding)
    return _signed_by(key, verification.reached, clock.now())


def keep_checkpoint(unit: UnitOfWork, made: Signed) -> None:
    """Add the row, unless another process has signed the same line a moment earlier."""
    row = {**asdict(made), "signed_at": datetime.fromisoformat(made.signed_at)}
    try:
        with unit.session.begin_nested():
            unit.session.execute(insert(Checkpoint).values(**row))
    except IntegrityError:
        return


def _last_signed() -> Place:
    """The position of our newest checkpoint with a valid signature; the beginning when there is none."""
    keys = trusted_keys()
    for checkpoint in reversed(stored_checkpoints()):
        kept = signed(checkpoint)
        if kept.key_id in keys and is_signed(kept, keys):
            return Place(kept.sequence, kept.hash)
    return BEGINNING


def _signed_by(key: SigningKey, place: Place, moment: datetime) -> Signed:
    unsigned = Signed(
        place.sequence,
        place.hash,
        place.sequence,
        read_heads(runtime().reader).epoch,
        clock.rfc3339(moment),
        key.key_id,
        key.public_key,
        signature="",
    )
    return Signed(**{**asdict(unsigned), "signature": key.sign(unsigned.statement())})
