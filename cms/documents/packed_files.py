"""Checks the files inside a ZIP of data, and those inside office documents: each is what its name says, and none is a program or a page.

A kind that documents take is recognised as a file of its own would be, in a temporary file that holds one part at a time. Of other kinds the
beginning is looked at: a list of what may be inside would refuse the next format of map makers.
"""

from __future__ import annotations

import codecs
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.parsers import expat

from cms.core.storage import known_kinds
from cms.core.storage.blobs import new_incoming, storage_errors
from cms.core.storage.known_kinds import kind_of, kind_of_beginning
from cms.core.storage.names import clean_name, extension_of
from cms.documents.archives import NESTED_ARCHIVE, ZIP_BEGINNING, path_of, paths_of
from cms.documents.faults import DamagedFile, FaultyPart, UnsupportedFile
from cms.documents.kinds import ACCEPTED, OFFICE, FileType, Recognised
from cms.documents.old_office_macros import has_old_macros, is_old_macro_sheet
from cms.documents.text_files import TYPES, is_active

HEAD_BYTES: Final = 4_096
PROGRAM_INSIDE: Final = "there is a program, a script or a web page inside"
OTHER_CONTENT: Final = "it is not what its name says: give it the name of its kind"
OLD_MACROS: Final = "an old Office file with macros: save it without them"
ACTIVE: Final = re.compile(
    r"\.(exe|com|scr|pif|cpl|msi|msp|msix|appx|dll|sys|ocx|class|dex|so|dylib|bat|cmd|ps1|psm1|vbs|vbe|js|jse|mjs|wsf|wsh|hta|sct|sh|py|pyw|php|phar"
    r"|lnk|url|scf|reg|inf|chm|library-ms|search-ms|settingcontent-ms|appref-ms|application|rdp|html?|xhtml|shtml|mht|mhtml|svgz?|swf|one|xll"
    r"|docm|dotm|xlsm|xltm|xlsb|xlam|pptm|potm|ppam|ppsm)$",
    re.IGNORECASE,
)
"""Names of what computers run or browsers show as a page when it is opened."""
REFUSED: Final = frozenset(
    {
        known_kinds.PROGRAM,
        known_kinds.SVG,
        known_kinds.ARCHIVE,
        known_kinds.RTF,
        known_kinds.PROTECTED_OFFICE,
        OLD_MACROS,
    }
)
PAGES: Final = ("http://www.w3.org/1999/xhtml ", "http://www.w3.org/2000/svg ")
_MARKUP: Final = re.compile(rb"\s*<[a-z!?/]", re.IGNORECASE)
_SHORTCUT: Final = b"L\0\0\0\x01\x14\x02\0"
_MACHINE_CODE: Final = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"dex\n0", b"\0asm")
_PAGE_ELEMENTS: Final = frozenset({"html", "svg", "script"})

Recognise = Callable[[Path, str], Recognised]


def check_packed(archive: zipfile.ZipFile, folder: Path, recognise: Recognise) -> None:
    """Raise `DamagedFile` or `FaultyPart` for a ZIP of data with something unsafe inside. `folder` holds one part at a time."""
    if any(ACTIVE.search(name.rstrip(". ")) for entry in archive.infolist() for name in paths_of(entry)):
        raise DamagedFile(PROGRAM_INSIDE)
    for entry in archive.infolist():
        if not entry.is_dir():
            with _named(entry):
                _check_file(archive, entry, folder, recognise)


def check_embedded(archive: zipfile.ZipFile, folder: Path, recognise: Recognise) -> None:
    """Raise `FaultyPart` for an office document with a program, old macros, or a faulty office document inside."""
    for entry in archive.infolist():
        head = _head(archive, entry)
        if _is_machine_code(head):
            raise DamagedFile(PROGRAM_INSIDE)
        if head.startswith(known_kinds.OLD_OFFICE):
            with _named(entry), _unpacked(archive, entry, folder) as path:
                if has_old_macros(path):
                    raise UnsupportedFile(OLD_MACROS)
        if head.startswith(ZIP_BEGINNING):
            with _named(entry), _unpacked(archive, entry, folder) as path:
                if recognise(path, "").media_type not in OFFICE:
                    raise DamagedFile(NESTED_ARCHIVE)


def _check_file(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, recognise: Recognise) -> None:
    head, extension = _head(archive, entry), extension_of(path_of(entry).rstrip(". "))
    expected = next((each for each in ACCEPTED if extension in each.extensions), None)
    if not entry.file_size:
        return
    if expected is not None and expected not in TYPES:
        _check_accepted(archive, entry, folder, recognise, expected)
    elif head.startswith(known_kinds.OLD_OFFICE):
        _check_old_office(archive, entry, folder, is_text=expected is not None)
    elif b"\0" not in head and _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        _check_markup(archive, entry)
        if expected is not None:
            raise DamagedFile(OTHER_CONTENT)
    else:
        _check_beginning(head, is_text=expected is not None)


def _check_accepted(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, recognise: Recognise, expected: FileType
) -> None:
    with _unpacked(archive, entry, folder) as path:
        if recognise(path, extension_of(path_of(entry).rstrip(". "))).type is not expected:
            raise DamagedFile(OTHER_CONTENT)


def _check_beginning(head: bytes, *, is_text: bool) -> None:
    """`is_text`: its name says that it is a text or a table, in whatever characters."""
    if _is_machine_code(head):
        raise DamagedFile(PROGRAM_INSIDE)
    if head.startswith((ZIP_BEGINNING, b"PK\x05\x06")):
        raise DamagedFile(NESTED_ARCHIVE)
    if b"\0" not in head and is_active(head):
        raise DamagedFile(PROGRAM_INSIDE)
    kind = OLD_MACROS if is_old_macro_sheet(head) else kind_of_beginning(head)
    if kind in REFUSED:
        raise UnsupportedFile(kind)
    is_binary = b"\0" in head and kind != known_kinds.OTHER_CHARACTERS
    if is_text and (is_binary or head.startswith(b"%PDF-")):
        raise DamagedFile(OTHER_CONTENT)


def _check_old_office(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, *, is_text: bool) -> None:
    if is_text:
        raise DamagedFile(OTHER_CONTENT)
    with _unpacked(archive, entry, folder) as path:
        kind = OLD_MACROS if has_old_macros(path) else kind_of(path)
        if kind in REFUSED:
            raise UnsupportedFile(kind)


def _check_markup(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Data in XML (maps in GML and KML, metadata) is no page: it is XML to its end, and has no element of a page or a drawing."""

    def look(name: str, _attributes: dict[str, str]) -> None:
        if name.startswith(PAGES) or name.rpartition(" ")[2].lower() in _PAGE_ELEMENTS:
            raise DamagedFile(PROGRAM_INSIDE)

    def declare(*_: object) -> None:
        raise DamagedFile("a part declares entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EntityDeclHandler = look, declare
    with archive.open(entry) as part:
        try:
            parser.ParseFile(part)
        except expat.ExpatError:
            raise DamagedFile(PROGRAM_INSIDE) from None


def _is_machine_code(head: bytes) -> bool:
    is_program = b"\0" in head[:64] and head.startswith(b"MZ")
    return (
        is_program
        or head.startswith((b"\x7fELF", _SHORTCUT, *_MACHINE_CODE))
        or kind_of_beginning(head) == known_kinds.PROGRAM
    )


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        return part.read(HEAD_BYTES)


@contextmanager
def _named(entry: zipfile.ZipInfo) -> Iterator[None]:
    try:
        yield
    except (DamagedFile, UnsupportedFile) as fault:
        raise FaultyPart(clean_name(path_of(entry)), fault) from None


@contextmanager
def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> Iterator[Path]:
    """The part as a file, for as long as it is looked at; it is no larger than the archive says (`archives`)."""
    path = new_incoming(folder)
    try:
        with archive.open(entry) as part, storage_errors(), path.open("xb") as file:
            shutil.copyfileobj(part, file)
        yield path
    finally:
        path.unlink(missing_ok=True)
