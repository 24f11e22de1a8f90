"""Recognises PDF, also behind other bytes, as viewers do (ISO 32000-1, annex H, note 13); what it does is in `pdf_actions`."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import IO, Final

from cms.core.storage.known_kinds import OLD_OFFICE, kind_of_beginning
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import PDF, Recognised
from cms.documents.pdf_actions import check_actions
from cms.documents.text_files import is_active

SIGNATURE: Final = b"%PDF-"
LONGEST_BEGINNING: Final = 1_024
TAIL_BYTES: Final = 65_536
BLANK: Final = b"\0\t\n\x0c\r "
TWO_KINDS: Final = "a PDF that is another kind of file as well: open it and save or print it as PDF"


def is_pdf_beginning(head: bytes) -> bool:
    """True when a PDF begins here or a little later. An old Office file with a PDF in it is no PDF."""
    return not head.startswith(OLD_OFFICE) and SIGNATURE in head[: LONGEST_BEGINNING + len(SIGNATURE)]


def check_pdf(path: Path, file: IO[bytes], size: int) -> Recognised:
    """A PDF has an end and does nothing by itself.

    What has other bytes before it (lines of a printer or of a web server), and what is encrypted, is a file to save: browsers do
    not show it. A file that begins as another kind is refused.
    """
    file.seek(0)
    before = file.read(LONGEST_BEGINNING + len(SIGNATURE)).partition(SIGNATURE)[0]
    is_clean = not before.removeprefix(codecs.BOM_UTF8).strip(BLANK)
    if not is_clean and (kind_of_beginning(before) is not None or is_active(before)):
        raise UnsupportedFile(TWO_KINDS)
    file.seek(max(0, size - TAIL_BYTES))
    if b"%%EOF" not in file.read():
        raise DamagedFile("the end of the PDF is missing")
    is_protected = check_actions(path)
    return Recognised(PDF, is_protected, is_attachment=is_protected or not is_clean)
