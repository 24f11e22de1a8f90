"""Synonyms as the API writes them."""

from __future__ import annotations

from typing import Any

from cms.core.people import person_reference
from cms.language.expansions import term_of
from cms.language.queries import Listed


def render_synonym(listed: Listed) -> dict[str, Any]:
    """A term as it is used now."""
    synonym, entry = listed.synonym, listed.entry
    return {
        "term": term_of(synonym.term),
        "means": list(synonym.means),
        "both_ways": synonym.both_ways,
        "origin": "shipped" if entry is None else "city",
        "changed_by": None if entry is None else person_reference(entry.changed_by_id, entry.changed_by_label),
        "updated_at": None if entry is None else entry.updated_at,
    }
