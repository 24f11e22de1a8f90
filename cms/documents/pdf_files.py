"""Recognises PDF, also behind other bytes, as viewers do (ISO 32000-1, annex H, note 13); what it does is in `pdf_actions`."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import IO, Final

from cms.core.storage.known_kinds import OLD_OFFICE
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import PDF, Recognised
from cms.documents.pdf_actions import check_actions
from cms.documents.several_kinds import TWO_KINDS, is_another_kind

SIGNATURE: Final = b"%PDF-"
LONGEST_BEGINNING: Final = 1_024
TAIL_BYTES: Final = 65_536
END: Final = b"%%EOF"
BLANK: Final = b"\0\t\n\x0c\r "
# DOS ends a file with it: nothing behind a PDF, but in front of one no browser takes it for a blank.
DOS_END: Final = b"\x1a"


def is_pdf_beginning(head: bytes) -> bool:
    """True when a PDF begins here or a little later. An old Office file with a PDF in it is no PDF."""
    return not head.startswith(OLD_OFFICE) and SIGNATURE in head[: LONGEST_BEGINNING + len(SIGNATURE)]


def check_pdf(path: Path, file: IO[bytes], size: int) -> Recognised:
    """A PDF has an end and does nothing by itself.

    What has other bytes before or behind it (lines of a printer or of a web server), and what is encrypted, is a file to save: browsers do
    not show it. A file that begins as another kind, or has one behind its end, is refused.
    """
    file.seek(0)
    before = file.read(LONGEST_BEGINNING + len(SIGNATURE)).partition(SIGNATURE)[0]
    file.seek(max(0, size - TAIL_BYTES))
    _, end, behind = file.read().rpartition(END)
    if not end:
        raise DamagedFile("the end of the PDF is missing, or far before the end of the file")
    in_front, nothing = before.removeprefix(codecs.BOM_UTF8).lstrip(BLANK), BLANK + DOS_END
    others = [rest for rest in (in_front.lstrip(nothing), behind.lstrip(nothing)) if rest]
    # The blanks tell what begins there too: a page may begin behind some.
    if any(map(is_another_kind, others)) or (before.strip(nothing) and is_another_kind(before)):
        raise UnsupportedFile(TWO_KINDS)
    is_protected = check_actions(path)
    return Recognised(PDF, is_protected, is_attachment=is_protected or bool(in_front or others))
