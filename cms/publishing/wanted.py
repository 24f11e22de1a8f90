"""Which items a copy is of, and how it shows them: told from the owner and the terms of a publication, also of one that was
superseded and is in no index any more.

It says the same as the lists (`cms.publishing.page_sql`); `tests/stateful/test_synced_copies.py` compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from cms.publishing.selection import Relation

OWN: Final = ""
"""How an item is shown that is not only reposted on the channels that are asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Owners (None: all) and terms by scheme of one content type, as in a `Selection`."""

    owners: frozenset[str] | None = None
    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    relation: Relation | None = None

    @property
    def is_everything(self) -> bool:
        """True when no item of the type is left out."""
        return self.owners is None and not self.terms

    def shown_as(self, owner: str, terms_json: str) -> str | None:
        """`OWN`, or `<agency> <note>` when the channels asked for only repost it; None when it is not wanted."""
        if self.owners is not None and owner not in self.owners:
            return None
        if not self.terms:
            return OWN
        terms = orjson.loads(terms_json)
        for scheme, wanted in self.terms.items():
            if not any(found == scheme and term in wanted for found, term, _note in terms):
                return None
        return self._on_channels(terms) if "channel" in self.terms else OWN

    def _on_channels(self, terms: list[tuple[str, str, str | None]]) -> str | None:
        channels = self.terms["channel"]
        notes = sorted((term, note or "") for scheme, term, note in terms if scheme == "channel" and term in channels)
        is_own = any(not note for _term, note in notes)
        if self.relation is not None and is_own != (self.relation == Relation.OWN):
            return None
        return OWN if is_own else " ".join(notes[0])
