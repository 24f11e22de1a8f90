"""Public change notes: the history of an item for readers, beside its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cms.core.clock import rfc3339
from cms.core.db import session
from cms.publishing.models import PublishedItem

FIRST_NOTE = {"id": "Terbit pertama kali.", "en": "First published."}
END_OF_PERIOD = {
    "id": "Masa tayang informasi ini telah berakhir.",
    "en": "The period for which this was published has ended.",
}
"""The explanation of a scheduled end without its own; English for all languages but Indonesian."""


@dataclass(frozen=True, slots=True)
class PublicNotes:
    """`public_updated_at` is the last major update; `history` all public notes, newest first; `withdrawn` the notice."""

    public_updated_at: datetime
    history: tuple[Mapping[str, Any], ...] = ()
    withdrawn: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, full: Mapping[str, Any]) -> PublicNotes:
        """The notes in a delivered full form."""
        return cls(datetime.fromisoformat(full["public_updated_at"]), tuple(full["change_history"]), full["withdrawn"])

    def after(self, moment: datetime, note: str | None, *, is_major: bool) -> PublicNotes:
        """The notes after one more publication: a minor one changes nothing, a major one moves the time and may add a note."""
        if not is_major:
            return PublicNotes(self.public_updated_at, self.history)
        return PublicNotes(moment, (*_entry(moment, note), *self.history))


def first_notes(moment: datetime, note: str | None, language: str) -> PublicNotes:
    """The notes of a first publication."""
    return PublicNotes(moment, tuple(_entry(moment, note or in_language(FIRST_NOTE, language))))


def published_notes(item_id: str) -> PublicNotes | None:
    """The notes of the item's last publication; None when there was none."""
    shown = select(PublishedItem.public_updated_at, PublishedItem.change_history).where(PublishedItem.id == item_id)
    found = session.execute(shown).one_or_none()
    return PublicNotes(found[0], tuple(found[1])) if found and found[0] else None


def in_language(text: Mapping[str, str], language: str) -> str:
    """The Indonesian text for Indonesian content, else the English one."""
    return text["id" if language == "id" else "en"]


def _entry(moment: datetime, note: str | None) -> list[Mapping[str, Any]]:
    return [{"at": rfc3339(moment), "note": note}] if note else []
