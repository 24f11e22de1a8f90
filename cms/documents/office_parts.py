"""Checks the parts of office documents for what reaches outside the file: entities, requests to other programs (ECMA-376 part 1, 17.16),
formulas and pictures that are fetched, programs inside, and drawings with scripts.

Every byte is unpacked once and searched in blocks. Only a part that has one of a few words is parsed, because one instruction may be cut
into many pieces; no more than `MOST_PARSED` bytes of such parts are, so the time stays in proportion to a small bound.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from cms.core.storage.known_kinds import OLD_OFFICE
from cms.documents.faults import DamagedFile
from cms.documents.office_drawings import check_drawing
from cms.documents.office_elements import FILES_INSIDE, Elements
from cms.documents.office_fields import DDE_REASON, TOO_MANY
from cms.documents.office_formulas import LONGEST_FORMULA, check_formulas
from cms.documents.office_package import Relationship

BLOCK_BYTES: Final = 262_144
OVERLAP: Final = LONGEST_FORMULA + 2_000
HEAD_BYTES: Final = 200
MOST_PARSED: Final = 30_000_000

# Document types that declare nothing in the file itself: of W3C, of the old OpenOffice.org, and of the settings for printers that
# Office for Mac keeps in each of its files.
_KNOWN_TYPE: Final = re.compile(
    rb"<!DOCTYPE\s{1,9}[\w:]{1,40}\s{1,9}PUBLIC\s{1,9}\"-//(?:W3C|OpenOffice\.org|Apple(?: Computer)?)//DTD [^\"<>]{1,80}\"\s{1,9}\"[^\"<>]{1,200}\"\s{0,9}>"
)
_DECLARED: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_DDE: Final = re.compile(rb"<(?:\w{1,30}:)?ddeLink|dde-application|dde-connection|=\s{0,9}DDE\s{0,9}\(", re.IGNORECASE)
_CODING: Final = re.compile(rb"<\?xml[^>]{0,100}encoding\s{0,9}=\s{0,9}[\"\']([^\"\'>]{1,40})")
_CODINGS: Final = frozenset({b"utf-8", b"utf-16", b"us-ascii", b"iso-8859-1"})
_UPDATES: Final = re.compile(rb"<(?:\w{1,30}:)?updateFields(?![^>]{0,200}=\s{0,9}[\"'](?:0|false|off)[\"'])[\s/>]")
_WORDS: Final = (
    b"instrText", b"fldSimple", b"refreshOnLoad", b"interval", b"dbPr", b"hlinkMouseOver", b"hlinkHover", b":cmd", b"<cmd", b"classid", b"ProgID", b"progId",
)  # fmt: skip
"""A part of XML with one of these is parsed. Names of elements and attributes cannot be written in another way."""
_ATTRIBUTES: Final = tuple(re.compile(name + rb"\s*+=") for name in (b"src", b"href", b"action"))
_LINKED_WORDS: Final = (
    b"blip",
    b"imagedata",
    b"OLEObject",
    b"oleObj",
    b"altChunk",
    b"subDoc",
    b"attachedTemplate",
    b"externalData",
    b"control",
)
# Class ids of objects that are files to start: the two packages of Windows.
_PACKAGES: Final = tuple(
    bytes.fromhex(each) for each in ("0c00030000000000c000000000000046", "20a70df22fc0ce11927b0800095ae340")
)
_ROOT_ENTRY: Final = "Root Entry".encode("utf-16-le")
_CLASS_AT: Final = 80
# Marks of the order of bytes, and blanks.
_BEFORE_XML: Final = b"\xef\xbb\xbf\xfe\xff \t\r\n"


def check_parts(archive: zipfile.ZipFile, external: Iterable[Relationship]) -> None:
    """Raise `DamagedFile` for a part that acts. `external`: the relationships that lead out of the file, which only links to press may use."""
    outside: dict[str, set[str]] = defaultdict(set)
    for each in external:
        outside[each.source].add(each.id)
    suspects, updates = [], False
    for entry in archive.infolist():
        ids = outside.get(entry.orig_filename.replace("\\", "/").lower(), set())
        look = _Look(bool(ids))
        look.at(archive, entry)
        updates = updates or look.updates
        if look.is_suspect or entry.orig_filename.lower().endswith(".svg"):
            suspects.append((entry, ids, look.is_suspect))
    if sum(entry.file_size for entry, _, _ in suspects) > MOST_PARSED:
        raise DamagedFile(TOO_MANY)
    for entry, ids, is_suspect in suspects:
        if entry.orig_filename.lower().endswith(".svg"):
            check_drawing(_blocks(archive, entry))
        elif is_suspect:
            Elements(ids, updates).check(_blocks(archive, entry))


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while block := part.read(BLOCK_BYTES):
            yield block


class _Look:
    """Searches the bytes of one part. `is_suspect`: it has to be parsed; `updates`: it says that all fields are updated on opening."""

    def __init__(self, has_links: bool) -> None:
        self._words = (*_WORDS, *_LINKED_WORDS) if has_links else _WORDS
        self.is_suspect = self.updates = False

    def at(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        before, is_xml = b"", False
        for number, block in enumerate(_blocks(archive, entry)):
            if number == 0:
                is_xml = _is_xml(block)
                if block.startswith(OLD_OFFICE):
                    check_object(_blocks(archive, entry))
            # In UTF-16 every other byte is zero.
            plain = before + block.replace(b"\0", b"")
            if _DECLARED.search(_KNOWN_TYPE.sub(b"", plain)):
                raise DamagedFile("a part declares entities")
            # The word alone is found ten times as fast, and hardly any part has it.
            if b"dde" in plain.lower() and _DDE.search(plain):
                raise DamagedFile(DDE_REASON)
            if is_xml:
                self._search(plain)
            before = plain[-OVERLAP:]

    def _search(self, plain: bytes) -> None:
        check_formulas(plain)
        self.updates = self.updates or _UPDATES.search(plain) is not None
        self.is_suspect = (
            self.is_suspect
            or any(word in plain for word in self._words)
            or any(attribute.search(plain) for attribute in _ATTRIBUTES)
        )


def _is_xml(block: bytes) -> bool:
    """True for a part that programs read as XML. Raises `DamagedFile` for one in characters that hide what it says."""
    plain = block[:HEAD_BYTES].replace(b"\0", b"")
    coding = _CODING.search(plain)
    if coding is not None and coding[1].lower() not in _CODINGS:
        raise DamagedFile("a part has an unusual character set")
    return plain.lstrip(_BEFORE_XML).startswith(b"<")


def check_object(blocks: Iterable[bytes]) -> None:
    """Raise `DamagedFile` for an embedded object (MS-CFB) that is a file to start, whatever it is called."""
    before = b""
    for block in blocks:
        plain = before + block
        place = plain.find(_ROOT_ENTRY)
        while place >= 0:
            if plain[place + _CLASS_AT : place + _CLASS_AT + 16] in _PACKAGES:
                raise DamagedFile(FILES_INSIDE)
            place = plain.find(_ROOT_ENTRY, place + 1)
        before = plain[-200:]
