"""A text in both languages, and what a problem says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cms.core.http.messages.credential_words import CREDENTIALS
from cms.core.http.messages.editing_words import PHRASES
from cms.core.http.messages.expectations import EXPECTATIONS
from cms.core.http.messages.file_reasons import IN_INDONESIAN
from cms.core.http.messages.link_reasons import LINK_REASONS

WORDS: Final = {**IN_INDONESIAN, **LINK_REASONS, **PHRASES, **EXPECTATIONS, **CREDENTIALS}
IN_ENGLISH: Final = frozenset({"reason", "found", "extension", "whose", "when", "expected", "credential", "fault"})
"""Parameters that may be English words: about a refused file or link, about who may do something and when,
about what was expected, and about keys and tokens."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    en: str
    id: str

    def filled(self, language: str, params: dict[str, Any]) -> str:
        """The text in `language` (`en` or `id`) with its parameters filled in; an unknown parameter stays visible."""
        if language != "id":
            return self.en.format_map(_Visible(params))
        said = {name: WORDS.get(str(params[name]), params[name]) for name in IN_ENGLISH & params.keys()}
        return self.id.format_map(_Visible({**params, **said}))


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem type of RFC 9457: short title and the detail of this case."""

    title: Text
    detail: Text


def problem(title_en: str, title_id: str, detail_en: str, detail_id: str) -> Problem:
    """A problem from its four texts."""
    return Problem(Text(title_en, title_id), Text(detail_en, detail_id))
