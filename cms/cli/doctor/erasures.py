"""Are erasures finished, and does the ledger of this node know of all?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.core.db import rolled_back
from cms.erasures.ledger import BadLedgerError, ledger_path, read_ledger
from cms.erasures.queries import find_unfinished, list_carried_out
from config import Settings

LONGEST = timedelta(hours=1)


def check_erasures(settings: Settings) -> Iterator[Finding]:
    """Bytes must go soon after their rows, and a restore needs the ledger."""
    with rolled_back():
        late = [erasure.id for erasure in find_unfinished(clock.now() - LONGEST)]
        carried_out = {erasure.id for erasure in list_carried_out()}
    try:
        known = {entry.id for entry in read_ledger(ledger_path(settings))}
    except BadLedgerError as error:
        yield red(f"{error} Move it away: the worker writes it again.")
        return
    for erasure_id in late:
        yield red(f"The bytes of the erasure {erasure_id} are not gone after an hour: does a worker run?")
    if missing := carried_out - known:
        yield warning(
            f"The ledger of this node lacks {len(missing)} erasures: a worker writes them, on the node where it runs."
        )
    elif not late:
        yield ok(
            f"{len(carried_out)} erasures are carried out and in the ledger." if carried_out else "Nothing was erased."
        )
