"""How much an agency may keep: the bytes of its files and images, whoever uploaded them, those in the trash included.

Asked before a body is read (as far as `Content-Length` tells), before bytes are stored, and last inside the transaction that writes the
row, where uploads of one agency wait for each other: two of them cannot pass together.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from cms.core.db import UnitOfWork
from cms.core.errors import TooLarge
from cms.core.runtime import runtime

Counter = Callable[[str], int]
_counters: list[Counter] = []


def counts_bytes(counter: Counter) -> Counter:
    """Make known what a feature keeps for an agency, in bytes; called once by the feature."""
    _counters.append(counter)
    return counter


def check_room(agency: str, coming: int) -> None:
    """Raise `TooLarge("storage_quota")` when so many bytes more do not fit. Without a quota nothing is counted."""
    quota = runtime().settings.agency_storage_bytes
    if not quota:
        return
    used = sum(count(agency) for count in _counters)
    if used + coming > quota:
        raise TooLarge("storage_quota", agency=agency, used=used, limit=quota, coming=coming)


def take_room(unit: UnitOfWork, agency: str, coming: int) -> None:
    """The same for a row that is written now. Raises `TooLarge`."""
    if not runtime().settings.agency_storage_bytes:
        return
    if unit.session.get_bind().dialect.name == "postgresql":
        # On SQLite writers take turns anyway. A lock of its own, so that nobody who reads the agency waits.
        unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"storage of {agency}"))))
    check_room(agency, coming)
