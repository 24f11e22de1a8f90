"""The worker's periodic task for the log: sign its end."""

from __future__ import annotations

from datetime import timedelta

from cms.changes.checkpoints import LogDamagedError, newest_checkpoint
from cms.changes.heads import read_heads
from cms.changes.services import make_checkpoint
from cms.changes.signing import NoSigningKeyError, signing_key
from cms.core import clock
from cms.core.logging import get_logger
from cms.core.runtime import runtime

log = get_logger(__name__)

MOST_LINES, LONGEST_TIME = 1_000, timedelta(days=1)
"""The worker signs after this many lines, and after this time when there is any new line."""


def checkpoint_when_due() -> bool:
    """Make a checkpoint when many lines or a day have passed since the last one; False when there was nothing to do."""
    newest, lines = newest_checkpoint(), read_heads(runtime().reader).sequence
    if newest is None:
        is_due = lines > 0
    else:
        behind = lines - newest.sequence
        is_due = behind >= MOST_LINES or (behind > 0 and clock.now() - newest.signed_at >= LONGEST_TIME)
    if not is_due or signing_key(runtime().settings) is None:
        return False
    try:
        make_checkpoint()
    except NoSigningKeyError as error:
        log.error("checkpoint_key_replaced", reason=str(error))  # noqa: TRY400 - the sentence says it all
        return False
    except LogDamagedError as error:
        log.error("change_log_damaged", sequence=error.finding.sequence, damage=error.finding.damage.value)  # noqa: TRY400 - the finding says it all
        return False
    return True
