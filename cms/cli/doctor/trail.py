"""Is the change log whole, and can it be proved elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cms.changes.checkpoints import key_in_force, newest_checkpoint
from cms.changes.heads import read_heads
from cms.changes.models import Checkpoint
from cms.changes.signing import BadKeyError, NoSigningKeyError, signing_key
from cms.changes.stored_lines import StoredLog
from cms.changes.verification import verify
from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.core.runtime import runtime
from cms.health.agreement import SIGNING_KEY, is_noted
from config import Settings

# The worker signs once a day when there is anything new.
OLDEST_CHECKPOINT = timedelta(days=2)


def check_chain(_settings: Settings) -> Iterator[Finding]:
    """Follow the hash chain from the first line to the last."""
    log = StoredLog()
    damage = verify(log, log.head).finding
    yield ok("The hash chain of the change log is whole.") if damage is None else red(damage.sentence())


def check_checkpoint(settings: Settings) -> Iterator[Finding]:
    """Is there a key to sign the log, and was the log signed lately?"""
    try:
        has_key = signing_key(settings) is not None
    except BadKeyError as error:
        yield red(f"The key that signs checkpoints is none: {error}.")
        return
    newest, lines = newest_checkpoint(), read_heads(runtime().reader).sequence
    if has_key and (sentence := _replaced()):
        yield red(sentence)
    if not has_key and is_noted(SIGNING_KEY):
        yield warning(
            "The key that signs checkpoints is not on this node: bring it back (AUDIT_SIGNING_KEY, or its file)."
        )
    elif not has_key:
        yield warning("No key signs checkpoints of the change log: python -m cms init")
    elif newest is None:
        sentence = "No checkpoint of the change log was signed yet: is a worker running?"
        yield warning(sentence) if lines else ok(sentence)
    else:
        yield _age_finding(newest, lines)


def _replaced() -> str | None:
    """Why the key of this server may no longer sign."""
    try:
        key_in_force()
    except NoSigningKeyError as error:
        return str(error)
    return None


def _age_finding(newest: Checkpoint, lines: int) -> Finding:
    age = clock.now() - newest.signed_at
    sentence = (
        f"The newest checkpoint is {age.total_seconds() / 3600:.0f} h old and covers {newest.sequence} of {lines} lines; "
        "keep copies elsewhere."
    )
    is_late = lines > newest.sequence and age > OLDEST_CHECKPOINT
    return warning(sentence) if is_late else ok(sentence)
