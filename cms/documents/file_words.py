"""What stands in the cells of an uploaded table, or in a text: the part of it that moderation has to look at with each edition.

Read once, when it arrives and before any lock. Kept are the addresses that it names and one passage that advertises gambling: a small
text that is weighed again with the link lists of the day whenever an edition shows the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from cms.moderation.links import hosts_in_text
from cms.moderation.scanning import advertises_gambling

READ: Final = frozenset({"text/csv", "text/plain"})
MOST_READ: Final = 1_000_000
"""Characters of a file that are read: a quarter of a second. Of a longer one the rest has not been seen, and the edition is held."""
CHUNK: Final = 4_096
OVERLAP: Final = 512
"""Characters that two neighbours share, so that nothing is cut in two."""
MOST_HOSTS: Final = 100


@dataclass(frozen=True, slots=True)
class FileWords:
    """What moderation has to look at; None when there is nothing. `is_whole`: nothing of the file was left unread."""

    text: str | None = None
    is_whole: bool = True


NOTHING: Final = FileWords()


def read_words(path: Path, media_type: str) -> FileWords:
    """What a complete file of this kind says; nothing for kinds that are no text."""
    if media_type not in READ:
        return NOTHING
    hosts: set[str] = set()
    passage = ""
    with path.open(encoding="utf-8", newline="") as file:
        for chunk in _chunks(file):
            hosts |= hosts_in_text(chunk) if len(hosts) < MOST_HOSTS else set()
            if not passage and advertises_gambling(chunk):
                passage = chunk
        is_whole = not file.read(1) and len(hosts) < MOST_HOSTS
    said = [*(f"http://{host}/" for host in sorted(hosts)[:MOST_HOSTS]), *([passage] if passage else [])]
    return FileWords("\n".join(said) or None, is_whole)


def _chunks(file: IO[str]) -> Iterator[str]:
    """The text in overlapping pieces, as far as it is read."""
    before, read = "", 0
    while read < MOST_READ and (piece := file.read(min(CHUNK, MOST_READ - read))):
        read += len(piece)
        yield before + piece
        before = piece[-OVERLAP:]
