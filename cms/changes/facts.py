"""What a line of the log says beside who did what: how it came about, how it ended, and the digest of what it made.

The facts are one JSON object inside the hash of the line. What is not known is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cms.changes.models import Change
from cms.core.db import UnitOfWork


class Via(StrEnum):
    """Which way a change came in."""

    PERSON = "person"
    IMPORT = "import"
    AGENT = "agent"
    SYSTEM = "system"


class CauseKind(StrEnum):
    """Why a line was written that nobody asked for by itself."""

    RELEASE = "release"
    SCHEDULE = "schedule"
    ROLLBACK = "rollback"
    IMPORT = "import"
    MERGE = "merge"
    REBUILD = "rebuild"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Cause:
    """What brought a line about.

    `id` names it: a release, a rollback, a backup, or the number of the newest line that made a rebuild needed.
    """

    kind: CauseKind
    id: str | None = None

    def as_fact(self) -> dict[str, Any]:
        """The cause as it stands in the facts."""
        return {"kind": self.kind.value, **({} if self.id is None else {"id": self.id})}


class UpdateKind(StrEnum):
    """Whether readers are told of a publication as news."""

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
    """The cause of everything that a unit of work records; None when somebody asked for each of it."""

    cause: Cause | None = None


def because(unit: UnitOfWork, cause: Cause) -> None:
    """Give every line that this unit of work records from now on its cause."""
    unit.part(CommonCause).cause = cause


def facts_of(
    unit: UnitOfWork,
    via: Via,
    cause: Cause | None = None,
    update: UpdateKind | None = None,
    ending: EndingKind | None = None,
) -> dict[str, Any]:
    """The facts of a new line; a cause of its own counts more than that of the unit of work."""
    told = cause or unit.part(CommonCause).cause
    given = {
        "cause": None if told is None else told.as_fact(),
        "ending": None if ending is None else ending.value,
        "update": None if update is None else update.value,
        "via": via.value,
    }
    return {name: value for name, value in given.items() if value is not None}


def note_digest(change: Change, digest: str) -> None:
    """Say in a line what readers have since then: the digest of a publication, or of the way in which the item ended.

    A line that changes a publication first and then puts another in its place names both, the first one in `also`.
    """
    facts = change.facts
    if facts.get("digest") not in (None, digest):
        facts = {**facts, "also": [*facts.get("also", []), facts["digest"]]}
    change.facts = {**facts, "digest": digest}


def note_planned(change: Change, digest: str | None) -> None:
    """Say in a line what readers will have later: the digest of the planned publication, None when nothing is planned any more."""
    change.facts = {**change.facts, "planned": digest}
