"""What a judge says about answers to queries, and how good a ranking is by that: nDCG, with the gains 2^grade - 1.

Queries stand in a text file, one in a line: `query => grade: pattern pattern; grade: pattern`. A pattern names texts as fnmatch does.
Of several grades a text has the highest, and one that no pattern names has 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import log2
from pathlib import Path

GRADES = (1, 2, 3)
DEPTH = 10


class JudgementError(ValueError):
    """A line that cannot be read, or a pattern that names no text."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the grade of every text that is worth something to the one who asks."""

    query: str
    grades: Mapping[str, int]

    def ndcg(self, ranked: Sequence[str], depth: int = DEPTH) -> float:
        """How near the first answers are to the best order of all texts: 1.0 is the best, 0.0 has nothing of worth."""
        return _gain((self.grades.get(key, 0) for key in ranked), depth) / _gain(
            sorted(self.grades.values(), reverse=True), depth
        )


def _gain(grades: Iterable[int], depth: int) -> float:
    """Discounted cumulative gain of the first `depth` grades."""
    return sum((2**grade - 1) / log2(place + 2) for place, grade in zip(range(depth), grades, strict=False))


def judged_queries(path: Path, keys: Iterable[str]) -> list[Judged]:
    """The queries of a file, judged over texts with these keys. Raises JudgementError."""
    known = sorted(keys)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_judged(line, known) for line in lines if line.strip() and not line.startswith("#")]


def _judged(line: str, keys: Sequence[str]) -> Judged:
    query, arrow, said = line.partition(" => ")
    if not arrow:
        raise JudgementError(f"no arrow: {line}")
    grades: dict[str, int] = {}
    for grade, key in _graded(said, keys):
        grades[key] = max(grade, grades.get(key, 0))
    if 3 not in grades.values():
        raise JudgementError(f"nothing answers it: {line}")
    return Judged(query.strip(), grades)


def _graded(said: str, keys: Sequence[str]) -> Iterator[tuple[int, str]]:
    for part in said.split(";"):
        grade, _, patterns = part.partition(":")
        if not patterns or int(grade) not in GRADES:
            raise JudgementError(f"no grade with texts: {part}")
        for pattern in patterns.split():
            named = [key for key in keys if fnmatchcase(key, pattern)]
            if not named:
                raise JudgementError(f"names no text: {pattern}")
            yield from ((int(grade), key) for key in named)
