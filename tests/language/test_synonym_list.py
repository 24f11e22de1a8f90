"""The abbreviations and words of the same meaning that come with the project."""

from __future__ import annotations

from cms.language.expansions import expansions_of, shipped_synonyms, term_of
from cms.language.models import LONGEST_TERM


def test_each_line_makes_a_difference() -> None:
    """What has the same stem is found without it."""
    assert [synonym.term for synonym in shipped_synonyms() if not expansions_of([synonym]).phrases] == []


def test_there_are_many_each_once() -> None:
    terms = [term_of(synonym.term) for synonym in shipped_synonyms()]

    assert len(terms) >= 150
    assert sorted({term for term in terms if terms.count(term) > 1}) == []
    assert [term for term in terms if not 0 < len(term) <= LONGEST_TERM] == []
