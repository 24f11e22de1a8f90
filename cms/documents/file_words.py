"""The words in an uploaded table, text or map that moderation checks with each edition.

The file is read once, on arrival and before any lock. Its addresses and one passage that advertises gambling are stored: a
small text, which is checked against the link lists of the day whenever an edition shows the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from cms.documents.cells import has_formula
from cms.documents.kinds import BRAILLE, CSV, GEOJSON, TEXT
from cms.documents.text_files import words_of_json
from cms.moderation.links import hosts_in_text
from cms.moderation.scanning import advertises_gambling

READ: Final = frozenset(each.media_type for each in (CSV, TEXT, BRAILLE, GEOJSON))
MOST_READ: Final = 1_000_000
"""The most characters of a file that are read, in a quarter of a second. The rest of a longer one is unread, and the edition is held."""
CHUNK: Final = 4_096
OVERLAP: Final = 512
"""Characters that two pieces share, so that no word is cut in two."""
MOST_HOSTS: Final = 100


@dataclass(frozen=True, slots=True)
class FileWords:
    """The words that moderation checks; None when there are none. `is_whole`: the whole file was read. `has_formulas`: of its cells some are."""

    text: str | None = None
    is_whole: bool = True
    has_formulas: bool = False


NOTHING: Final = FileWords()


def read_words(path: Path, media_type: str) -> FileWords:
    """The words of a complete file of this kind; none for kinds that are not text."""
    if media_type not in READ:
        return NOTHING
    hosts: set[str] = set()
    passage, has_formulas = "", False
    with _opened(path, media_type) as file:
        for chunk in _chunks(file):
            has_formulas = has_formulas or (media_type == CSV.media_type and has_formula(chunk))
            hosts |= hosts_in_text(chunk) if len(hosts) < MOST_HOSTS else set()
            if not passage and advertises_gambling(chunk):
                passage = chunk
        is_whole = not file.read(1) and len(hosts) < MOST_HOSTS
    said = [*(f"http://{host}/" for host in sorted(hosts)[:MOST_HOSTS]), *([passage] if passage else [])]
    return FileWords("\n".join(said) or None, is_whole, has_formulas)


def _opened(path: Path, media_type: str) -> IO[str]:
    """The text of the file; of a map only its names and texts, without escapes and without the numbers of its places."""
    if media_type == GEOJSON.media_type:
        return io.StringIO("\n".join(words_of_json(path)))
    return path.open(encoding="utf-8", newline="")


def _chunks(file: IO[str]) -> Iterator[str]:
    """The text in overlapping pieces, up to the limit of what is read."""
    # A line begins with the file.
    before, read = "\n", 0
    while read < MOST_READ and (piece := file.read(min(CHUNK, MOST_READ - read))):
        read += len(piece)
        yield before + piece
        before = piece[-OVERLAP:]
