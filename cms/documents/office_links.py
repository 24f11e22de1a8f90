"""Checks OpenDocument files for what they would fetch from elsewhere when they are opened, and for macros of the reader's own office.

In Office Open XML relationships say this (`office_files`); here an address stands at the element that uses it (OASIS OpenDocument 1.3,
part 3, chapters 16 and 19.918). Links to press and sheets of other tables, for which the office asks first, stay.
"""

from __future__ import annotations

import re
import zipfile
from typing import Any, Final
from xml.parsers import expat

from cms.documents.faults import DamagedFile

PARTS: Final = re.compile(r"(?:^|/)(?:content|styles|meta)\.xml$")
MOST_PARSED: Final = 30_000_000
BLOCK_BYTES, OVERLAP = 262_144, 100
MAY_LEAD_AWAY: Final = frozenset({"a", "table-source", "cell-range-source", "source-cell-range", "template"})
LINK_FETCHES: Final = "it fetches an object, a text or a picture from elsewhere when it is opened: break its links (Edit, Links to External Files)"
_HREF: Final = "http://www.w3.org/1999/xlink href"
_OUTSIDE: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]|\.\.)", re.IGNORECASE)
# Some address that could lead away; references (`&#104;`) are only read by the parser.
_SUSPECT: Final = re.compile(rb"href\s{0,9}=\s{0,9}[\"']\s{0,9}(?:[a-z][a-z0-9+.-]{0,20}:|[/\\&]|\.\.)", re.IGNORECASE)


def check_links(archive: zipfile.ZipFile) -> None:
    """Raise `DamagedFile` for an OpenDocument file that fetches something, or starts a macro, when it is opened."""
    left = MOST_PARSED
    for entry in archive.infolist():
        if PARTS.search(entry.filename) and _is_suspect(archive, entry):
            left -= entry.file_size
            if left < 0:
                raise DamagedFile("its links are too many to be looked at")
            _check_part(archive, entry)


def _is_suspect(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    before = b""
    with archive.open(entry) as part:
        while block := part.read(BLOCK_BYTES):
            # In UTF-16 every other byte is zero.
            plain = before + block.replace(b"\0", b"")
            if _SUSPECT.search(plain):
                return True
            before = plain[-OVERLAP:]
    return False


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    def look(name: str, attributes: dict[str, Any]) -> None:
        href = attributes.get(_HREF)
        if href is None or _OUTSIDE.match(href) is None:
            return
        element = name.rpartition(" ")[2]
        if element == "event-listener":
            raise DamagedFile("it starts a macro by itself")
        if element not in MAY_LEAD_AWAY:
            raise DamagedFile(LINK_FETCHES)

    # Entities that a part declares are refused before this (`office_parts`).
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = look
    with archive.open(entry) as part:
        try:
            parser.ParseFile(part)
        except expat.ExpatError:
            raise DamagedFile("a part is not XML") from None
