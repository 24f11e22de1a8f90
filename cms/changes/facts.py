"""Further facts in a line of the log: how the change was requested, how readers lost an item, and the digest of the result.

The facts are one JSON object inside the hash of the line. Unknown facts are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cms.changes.models import Change
from cms.core.db import UnitOfWork


class Via(StrEnum):
    """Through which interface a change came."""

    PERSON = "person"
    IMPORT = "import"
    AGENT = "agent"
    SYSTEM = "system"


class CauseKind(StrEnum):
    """Why a line was written that no request asked for directly."""

    RELEASE = "release"
    SCHEDULE = "schedule"
    ROLLBACK = "rollback"
    IMPORT = "import"
    MERGE = "merge"
    REBUILD = "rebuild"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause of a line. `id` names it: a release, a rollback, a backup, or the number of the newest line that made a rebuild
    needed.
    """

    kind: CauseKind
    id: str | None = None

    def as_fact(self) -> dict[str, Any]:
        """The cause as written in the facts."""
        return {"kind": self.kind.value, **({} if self.id is None else {"id": self.id})}


class UpdateKind(StrEnum):
    """Whether readers see a publication as news."""

    MAJOR = "major"
    MINOR = "minor"


class EndingKind(StrEnum):
    """How readers lost an item."""

    GONE = "gone"
    REDIRECT = "redirect"
    WITHDRAWN = "withdrawn"
    VANISH = "vanish"
    EXPIRED = "expired"


@dataclass(slots=True)
class CommonCause:
    """The cause of everything that a unit of work records; None when each line was requested directly."""

    cause: Cause | None = None


def because(unit: UnitOfWork, cause: Cause) -> None:
    """Set the cause of every line that this unit of work records from now on."""
    unit.part(CommonCause).cause = cause


def facts_of(
    unit: UnitOfWork,
    via: Via,
    cause: Cause | None = None,
    update: UpdateKind | None = None,
    ending: EndingKind | None = None,
) -> dict[str, Any]:
    """The facts of a new line; its own cause wins over that of the unit of work."""
    told = cause or unit.part(CommonCause).cause
    given = {
        "cause": None if told is None else told.as_fact(),
        "ending": None if ending is None else ending.value,
        "update": None if update is None else update.value,
        "via": via.value,
    }
    return {name: value for name, value in given.items() if value is not None}


def note_digest(change: Change, digest: str) -> None:
    """Note in a line what readers get from then on: the digest of a publication, or of the way in which the item ended.

    A line that changes a publication first and then puts another in its place names both, the first one in `also`.
    """
    facts = change.facts
    if facts.get("digest") not in (None, digest):
        facts = {**facts, "also": [*facts.get("also", []), facts["digest"]]}
    change.facts = {**facts, "digest": digest}


def note_scheduled(change: Change, digest: str | None) -> None:
    """Note in a line what readers will get later: the digest of the scheduled publication, None when there is none."""
    change.facts = {**change.facts, "scheduled": digest}


def note_erased(change: Change, erasure_id: str, publications: Sequence[str], files: Sequence[str]) -> None:
    """Note in a line what was erased: the order, and the digests of the publications and of the bytes."""
    told = {"id": erasure_id, "publications": list(publications), "files": list(files)}
    change.facts = {**change.facts, "erased": told}
