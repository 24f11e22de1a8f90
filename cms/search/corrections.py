"""Did you mean: the question with its slips corrected, by words that titles and summaries have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from cms.core.reading import Reader
from cms.language.spelling import corrected
from cms.search.expressions import Word
from cms.search.finding import Search
from cms.search.models import SearchWord

_NEAR = (
    f"SELECT v.word, v.texts FROM {SearchWord.__tablename__} v"  # noqa: S608 - ours
    " WHERE v.word >= :first AND v.word < :behind AND length(v.word) BETWEEN :shortest AND :longest"
)


@dataclass(frozen=True, slots=True)
class IndexVocabulary:
    """The words of the index (`cms.language.spelling.Vocabulary`)."""

    reader: Reader

    def known(self, keys: Collection[str]) -> Collection[str]:
        """Those of the keys of stems that any text has."""
        condition = "search_words MATCH :word" if self.reader.is_sqlite else "words @@ CAST(:word AS tsquery)"
        sql = self.reader.prepared(f"SELECT 1 FROM search_words WHERE {condition} LIMIT 1")  # noqa: S608 - ours
        return [each for each in keys if self.reader.rows(sql, {"word": self._written(each)})]

    def near(self, beginnings: Collection[str], shortest: int, longest: int) -> Iterable[tuple[str, int]]:
        """Words that begin with one of these letters, of so many letters, with about the number of texts that have each."""
        sql = self.reader.prepared(_NEAR)
        for first in sorted(beginnings):
            bounds = {"first": first, "behind": chr(ord(first) + 1), "shortest": shortest, "longest": longest}
            for word, texts in self.reader.rows(sql, bounds):
                yield word, int(texts)

    def _written(self, key: str) -> str:
        return Word(key).fts5() if self.reader.is_sqlite else Word(key).tsquery()


def correction(search: Search, finds: Callable[[str], bool]) -> str | None:
    """The question without its slips, when `finds` says that it has hits for this reader; None when there is nothing to correct."""
    better = corrected(search.question.query, IndexVocabulary(search.reader))
    return better if better is not None and finds(better) else None
