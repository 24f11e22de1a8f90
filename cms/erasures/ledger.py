"""The ledger of erasures: a file beside the database that outlives it, so that a restored backup does not bring back what was erased.

It holds orders with their reasons, numbers, ids and digests, and nothing of what was erased. `simpul-erasures-1`: one JSON object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from cms.core import clock
from cms.erasures.models import Erasure, ErasureState
from config import Settings

FORMAT: Final = "simpul-erasures-1"
NAME: Final = "erasures.json"


class BadLedgerError(ValueError):
    """A file is no ledger of erasures."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure that was carried out. `erased_at` is RFC 3339; `erased` as in `Erasure`."""

    id: str
    type: str
    item: str
    agency: str
    parts: Mapping[str, Any] | None
    reason: str
    legal_basis: str
    requested_by: str
    confirmed_by: str
    erased_at: str
    erased: Mapping[str, Any]


def entry_of(erasure: Erasure) -> Entry:
    """The entry of an erasure that was carried out."""
    return Entry(
        id=erasure.id,
        type=erasure.type,
        item=erasure.item_id,
        agency=erasure.agency,
        parts=erasure.parts,
        reason=erasure.reason,
        legal_basis=erasure.legal_basis,
        requested_by=erasure.requested_by_label,
        confirmed_by=erasure.decided_by_label or "",
        erased_at=clock.rfc3339(erasure.decided_at or erasure.requested_at),
        erased=erasure.erased or {},
    )


def carried_out(entry: Entry) -> Erasure:
    """The order of an entry, as a row of a database that does not know of it."""
    moment = datetime.fromisoformat(entry.erased_at)
    return Erasure(
        id=entry.id, type=entry.type, item_id=entry.item, agency=entry.agency, parts=entry.parts, reason=entry.reason,
        legal_basis=entry.legal_basis, state=ErasureState.DONE.value, requested_by_label=entry.requested_by,
        requested_at=moment, expires_at=moment, decided_by_label=entry.confirmed_by, decided_at=moment,
        erased=dict(entry.erased), finished_at=moment,
    )  # fmt: skip


def read_ledger(path: Path) -> list[Entry]:
    """The entries of a ledger, oldest first; none when there is no file. Raises `BadLedgerError`."""
    try:
        content = orjson.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise BadLedgerError(path)
        return sorted((Entry(**each) for each in content["erasures"]), key=lambda entry: entry.id)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        raise BadLedgerError(f"{path} is no ledger of erasures.") from None


def merged(*ledgers: Iterable[Entry]) -> list[Entry]:
    """All entries, each once, oldest first."""
    return sorted({entry.id: entry for ledger in ledgers for entry in ledger}.values(), key=lambda entry: entry.id)


def write_ledger(path: Path, entries: Sequence[Entry]) -> None:
    """Write a ledger in one step: there is never half of it."""
    content = {"format": FORMAT, "erasures": [asdict(entry) for entry in entries]}
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
    # No secret: an auditor may read it, and a copy of it belongs elsewhere.
    partial.chmod(0o644)
    partial.rename(path)


def ledger_path(settings: Settings) -> Path:
    """Where this node keeps its ledger."""
    return Path(settings.instance_path) / NAME


def add_to_ledger(path: Path, entries: Iterable[Entry]) -> None:
    """Write these entries too. Two processes at once may lose one: the worker writes it again."""
    known = read_ledger(path)
    whole = merged(known, entries)
    if len(whole) > len(known):
        write_ledger(path, whole)
