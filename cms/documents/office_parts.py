"""Checks office documents for parts that reach outside the file: entities, DDE, which starts programs (ECMA-376 part 1, 17.16),
and drawings with scripts.

Every byte is unpacked once and checked in blocks. Only a part that has fields is parsed, because one instruction may be cut
into many pieces; no more than `MOST_PARSED` bytes of such parts are, so the time stays in proportion to a small bound.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from cms.documents.faults import DamagedFile
from cms.documents.office_drawings import check_drawing

BLOCK_BYTES: Final = 262_144
OVERLAP: Final = 64
HEAD_BYTES: Final = 200
MOST_PARSED: Final = 30_000_000
LONGEST_INSTRUCTION: Final = 100_000
"""The most characters of one field: many times more than a formula or an address needs."""
DDE_REASON: Final = "it asks other programs for data (DDE)"

# Document types that declare nothing in the file itself: of W3C, of the old OpenOffice.org, and of the settings for printers that
# Office for Mac keeps in each of its files.
_KNOWN_TYPE: Final = re.compile(
    rb"<!DOCTYPE\s{1,9}[\w:]{1,40}\s{1,9}PUBLIC\s{1,9}\"-//(?:W3C|OpenOffice\.org|Apple(?: Computer)?)//DTD [^\"<>]{1,80}\"\s{1,9}\"[^\"<>]{1,200}\"\s{0,9}>"
)
_DECLARED: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_FIELDS: Final = re.compile(rb"instrText|fldSimple")
_DDE: Final = re.compile(rb"<(?:\w{1,30}:)?ddeLink|dde-application|dde-connection|=\s{0,9}DDE\s{0,9}\(", re.IGNORECASE)
_CODING: Final = re.compile(rb"<\?xml[^>]{0,100}encoding\s{0,9}=\s{0,9}[\"\']([^\"\'>]{1,40})")
_CODINGS: Final = frozenset({b"utf-8", b"utf-16", b"us-ascii", b"iso-8859-1"})
_INSTRUCTION: Final = re.compile(r"[\s\"]{0,50}DDE(?:AUTO)?(?!\w)", re.IGNORECASE)


def check_parts(archive: zipfile.ZipFile) -> None:
    """Raise `DamagedFile` for a part that declares entities or asks another program for data, and for a drawing that acts."""
    left = MOST_PARSED
    for entry in archive.infolist():
        has_fields, is_drawing = _has_fields(archive, entry), entry.orig_filename.lower().endswith(".svg")
        if has_fields or is_drawing:
            left -= entry.file_size
            if left < 0:
                raise DamagedFile("its fields and drawings are too many to be looked at")
        if has_fields:
            _check_fields(archive, entry)
        if is_drawing:
            check_drawing(_blocks(archive, entry))


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while block := part.read(BLOCK_BYTES):
            yield block


def _has_fields(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Search the bytes of one part; in UTF-16 every other byte is zero."""
    before, found = b"", False
    for number, block in enumerate(_blocks(archive, entry)):
        plain = before + block.replace(b"\0", b"")
        coding = _CODING.search(plain[:HEAD_BYTES]) if number == 0 else None
        if coding is not None and coding[1].lower() not in _CODINGS:
            raise DamagedFile("a part has an unusual character set")
        if _DECLARED.search(_KNOWN_TYPE.sub(b"", plain)):
            raise DamagedFile("a part declares entities")
        if _DDE.search(plain):
            raise DamagedFile(DDE_REASON)
        found = found or _FIELDS.search(plain) is not None
        before = plain[-OVERLAP:]
    return found


def _check_fields(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    reader = _FieldReader()
    try:
        for block in _blocks(archive, entry):
            reader.parser.Parse(block, False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError:
        raise DamagedFile("a part is not XML") from None
    reader.close()


class _FieldReader:
    """Joins the pieces of each field instruction of a part, and judges it when it is whole."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._pieces: list[str] = []
        self._length = 0

    def close(self) -> None:
        """Judge the field that was read, and begin the next one."""
        if _INSTRUCTION.match("".join(self._pieces)):
            raise DamagedFile(DDE_REASON)
        self._pieces, self._length = [], 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "instrText":
            self.parser.CharacterDataHandler = self._text
        elif kind == "fldChar":
            self.close()
        elif kind == "fldSimple":
            self.close()
            for key, value in attributes.items():
                if key.rpartition(":")[2] == "instr" and _INSTRUCTION.match(value):
                    raise DamagedFile(DDE_REASON)

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "instrText":
            self.parser.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_INSTRUCTION:
            raise DamagedFile("its fields and drawings are too many to be looked at")
        self._pieces.append(text)
