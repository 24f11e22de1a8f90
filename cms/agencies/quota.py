"""How much an agency may store: the bytes of its files and images, from any uploader, including those in the trash.

Checked before a body is read (from `Content-Length`), before bytes are stored, and last inside the transaction that writes the
row. There, uploads of one agency wait for each other, so two of them cannot exceed the quota together.
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
    """Register a function that counts the bytes a feature stores for an agency; each feature calls this once."""
    _counters.append(counter)
    return counter


def check_room(agency: str, coming: int) -> None:
    """Raise `TooLarge("storage_quota")` when that many more bytes do not fit. Without a quota nothing is counted."""
    quota = runtime().settings.agency_storage_bytes
    if not quota:
        return
    used = sum(count(agency) for count in _counters)
    if used + coming > quota:
        raise TooLarge("storage_quota", agency=agency, used=used, limit=quota, coming=coming)


def take_room(unit: UnitOfWork, agency: str, coming: int) -> None:
    """The same inside the transaction that writes the row. Raises `TooLarge`."""
    if not runtime().settings.agency_storage_bytes:
        return
    if unit.session.get_bind().dialect.name == "postgresql":
        # On SQLite writers take turns anyway. A separate lock, so that readers of the agency do not wait.
        unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"storage of {agency}"))))
    check_room(agency, coming)
