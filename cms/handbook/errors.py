"""The list of all errors as a page: status, cause and cure of each, in one language.

The words are those of the code. What stands before them, and the status of each code, are taken from docs/errors.md, whose lists are
generated from the code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from cms.core.http.messages import PROBLEMS, RULES
from cms.core.http.messages.cures import cure_of
from cms.core.http.messages.warnings import WARNINGS
from cms.handbook.documents import ERRORS, Wish
from cms.handbook.markdown import Heading, Text, rendered, sentence

_STATUSES: Final = re.compile(r"^### (\w+)\n\n([0-9]+)(?: or ([0-9]+))* ·", re.MULTILINE)
_INTRODUCTION_ENDS: Final = "\n## Problems\n"


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A problem in one language."""

    code: str
    statuses: tuple[int, ...]
    title: str
    cause: Markup
    cure: Markup


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The whole list in one language. Its introduction stands in docs/errors.md and docs/errors.id.md."""

    introduction: Text
    problems: list[ToldProblem]
    rules: dict[str, Markup]
    warnings: dict[str, Markup]

    def contents(self, words: Mapping[str, str]) -> list[Heading]:
        """The table of contents, its headings in these words."""
        codes = [Heading(problem.code, problem.code) for problem in self.problems]
        below = {"problems": codes}
        names = {"how-errors-look": "how_errors_look", "problems": "problems", "rules": "rules", "warnings": "warnings"}
        return [Heading(anchor, words[word], below.get(anchor, [])) for anchor, word in names.items()]


def error_page(wish: Wish, public_url: str) -> ErrorPage:
    """The list in the language that is wished. Raises `KeyError` when docs/errors.md lacks a code."""
    language, source = wish.language, ERRORS.path("en").read_text(encoding="utf-8")
    statuses = {
        match[1]: tuple(int(each) for each in match.groups()[1:] if each) for match in _STATUSES.finditer(source)
    }
    problems = [
        ToldProblem(
            code,
            statuses[code],
            getattr(problem.title, language),
            sentence(getattr(problem.detail, language)),
            sentence(getattr(cure_of(code, statuses[code][0]), language)),
        )
        for code, problem in PROBLEMS.items()
    ]
    rules, warnings = (
        {code: sentence(getattr(text, language)) for code, text in table.items()} for table in (RULES, WARNINGS)
    )
    introduction = ERRORS.path(language).read_text(encoding="utf-8").partition(_INTRODUCTION_ENDS)[0].partition("\n")[2]
    return ErrorPage(rendered(introduction, public_url, wish), problems, rules, warnings)
