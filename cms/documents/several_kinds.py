"""Refuses files that are two kinds at once: what one program shows as a PDF or a picture, another would unpack or open as something else.

A ZIP is read from its end and may have anything before it; RAR and 7z are found behind other bytes; a PDF may begin some bytes later.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Final

from cms.core.storage import known_kinds
from cms.core.storage.known_kinds import kind_of_beginning
from cms.documents.archives import END, END_BYTES
from cms.documents.faults import UnsupportedFile
from cms.documents.kinds import PDF, FileType
from cms.documents.text_files import is_active

TWO_KINDS: Final = "a PDF that is another kind of file as well: open it and save or print it as PDF"
TWO_KINDS_OF_MEDIA: Final = "a picture, sound or film that is another kind of file as well: open it and save it anew"
LONGEST_COMMENT: Final = 65_535
BEGINNING_BYTES: Final = 1_029
TAR_AT: Final = 257
ARCHIVES: Final = (b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\x01\0", b"7z\xbc\xaf\x27\x1c", b"MSCF\0\0\0\0")
DIRECTORY: Final = b"PK\x01\x02"


def check_other_kinds(path: Path, kind: FileType) -> None:
    """Raise `UnsupportedFile` for a file of this kind that is an archive as well, or a picture, sound or film that is a PDF as well."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        is_archive = (
            _is_zip(data) or data[TAR_AT : TAR_AT + 5] == b"ustar" or any(data.find(each) >= 0 for each in ARCHIVES)
        )
        if is_archive or (kind is not PDF and b"%PDF-" in data[:BEGINNING_BYTES]):
            raise UnsupportedFile(TWO_KINDS if kind is PDF else TWO_KINDS_OF_MEDIA)


def is_another_kind(rest: bytes) -> bool:
    """True for bytes beside a file with which another kind of file begins."""
    return kind_of_beginning(rest) is not None or is_active(rest)


def is_another_kind_than_media(rest: bytes) -> bool:
    """The same behind a picture, where cameras put films, more pictures and tables of their own."""
    return kind_of_beginning(rest) not in {None, known_kinds.FILM, known_kinds.HEIC, known_kinds.PICTURE} or is_active(
        rest
    )


def _is_zip(data: mmap.mmap) -> bool:
    """True when programs that look for the end of a ZIP find one: its directory stands before it, or where it says."""
    place = data.rfind(END, max(0, len(data) - END_BYTES - LONGEST_COMMENT))
    while place >= 0:
        end = data[place : place + END_BYTES]
        if len(end) == END_BYTES:
            size, offset = struct.unpack("<II", end[12:20])
            starts = {place - size, offset}
            if any(start >= 0 and data[start : start + 4] == DIRECTORY for start in starts):
                return True
        place = data.rfind(END, max(0, len(data) - END_BYTES - LONGEST_COMMENT), place)
    return False
