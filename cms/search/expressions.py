"""A condition on the words of an entry, and how each database writes it. Words are quoted, so none of them is syntax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Expression:
    """A condition on the words of an entry."""

    __slots__ = ()

    def fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        raise NotImplementedError

    def tsquery(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Word(Expression):
    """The entry has this word; with `is_beginning`, one that begins with it."""

    word: str
    is_beginning: bool = False

    def fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        return f"{_quoted(self.word)} *" if self.is_beginning else _quoted(self.word)

    def tsquery(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        return _lexeme(self.word) + (":*" if self.is_beginning else "")


@dataclass(frozen=True, slots=True)
class Following(Expression):
    """These words follow each other in a text of the entry."""

    words: tuple[str, ...]

    def fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        return f"placed : {_quoted(' '.join(self.words))}"

    def tsquery(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        return f"({' <-> '.join(map(_lexeme, self.words))})"


@dataclass(frozen=True, slots=True)
class AllOf(Expression):
    """All of these hold; there is at least one."""

    parts: tuple[Expression, ...]

    def fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        return _joined(" AND ", [part.fts5() for part in self.parts])

    def tsquery(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        return _joined(" & ", [part.tsquery() for part in self.parts])


@dataclass(frozen=True, slots=True)
class AnyOf(Expression):
    """One of these holds; there is at least one."""

    parts: tuple[Expression, ...]

    def fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        return _joined(" OR ", [part.fts5() for part in self.parts])

    def tsquery(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        return _joined(" | ", [part.tsquery() for part in self.parts])


@dataclass(frozen=True, slots=True)
class Without(Expression):
    """The first holds, and the other does not."""

    wanted: Expression
    unwanted: Expression

    def fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        return f"({self.wanted.fts5()} NOT {self.unwanted.fts5()})"

    def tsquery(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        return f"({self.wanted.tsquery()} & !{self.unwanted.tsquery()})"


def _joined(operator: str, parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _lexeme(word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
