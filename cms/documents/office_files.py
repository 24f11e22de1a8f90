"""Office documents (DOCX, XLSX, PPTX, ODT, ODS, ODP): which one an archive is, and whether it acts by itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from typing import Final
from xml.parsers import expat

from cms.core.storage.known_kinds import PROTECTED_OFFICE
from cms.documents.archives import ZIP_BEGINNING
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import OFFICE, OPEN_DOCUMENT, OPEN_XML, FileType
from cms.documents.office_links import check_links
from cms.documents.office_package import (
    CONTENT_TYPES,
    NO_MAIN_PART,
    Relationship,
    content_types,
    is_address,
    parts_by_name,
    read_part,
    relationships,
)
from cms.documents.office_parts import check_parts

WITH_MACROS: Final = "an office document with macros or scripts: save it without them"
OTHER_OFFICE: Final = (
    "an office document of another kind, such as a template or a drawing: save it as a document, a table, slides or PDF"
)
FETCHES: Final = (
    "it fetches a template, an object or a picture from elsewhere when it is opened: break its links (File, Info, Edit Links to Files)"
    " and take the ordinary template"
)
PAGE_INSIDE: Final = (
    "a part of the text is a web page or RTF, which is put in when it is opened: open it in Word and save it again"
)
MIMETYPE: Final = "mimetype"
MANIFEST: Final = "META-INF/manifest.xml"
ODF_CONTENT: Final = "content.xml"
MAIN_ENDING: Final = ".main+xml"
MAIN_NAMES: Final = frozenset({"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"})
"""How all programs name the main part: an archive with one of them is meant to be an office document."""
EBOOK: Final = b"application/epub+zip"
MACROS: Final = re.compile(
    r"vbaProject|vbaData|\.(docm|xlsm|xlsb|pptm|dotm|xltm|ppam|bas|exe|dll|js|vbs|html?|svgz)$", re.IGNORECASE
)
ACTIVE_TYPES: Final = re.compile(r"vbaProject|vbaData|macrosheet", re.IGNORECASE)
"""Content types of parts that are programs, whatever the parts are called (MS-OFFMACRO2, 2.2); Excel 4 macros are sheets of their own."""
ACTIVE_KINDS: Final = frozenset({"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"})
ODF_MACROS: Final = ("Basic/", "Scripts/")
ELSEWHERE: Final = frozenset({"hyperlink", "externallinkpath", "xlpathmissing"})
"""Relationships that may lead outside the file: links to click, and other workbooks, for which Excel asks first."""
_ENCRYPTION: Final = re.compile(rb"encryption-data|encrypted-package")
_ROOT: Final = re.compile(rb"""<(?:\w{1,30}:)?file-entry\s[^>]{0,500}full-path=["']/["'][^>]{0,500}>""")
_MEDIA_TYPE: Final = re.compile(rb"""media-type=["']([^"']{1,100})["']""")


def office_type(archive: zipfile.ZipFile) -> FileType | None:
    """Which office document this is; None for another archive.

    Raises `UnsupportedFile` for office documents of other kinds, `DamagedFile` for one without what makes it one.
    """
    return _open_document(archive) or _open_xml(archive)


def check_office(archive: zipfile.ZipFile) -> None:
    """Raise `UnsupportedFile` or `DamagedFile` for a document that does something by itself when it is opened."""
    found = relationships(archive)
    _refuse_macros(archive, found)
    _refuse_fetched_parts(found)
    _refuse_pages(archive, found)
    check_parts(archive, [each for each in found if each.is_external])
    check_links(archive)
    _check_main_part(archive, found)


def _open_document(archive: zipfile.ZipFile) -> FileType | None:
    """By its `mimetype`, wherever that stands in the archive, or by its manifest, which every OpenDocument file has."""
    names = archive.namelist()
    manifest = read_part(archive, archive.getinfo(MANIFEST)) if MANIFEST in names else b""
    if MIMETYPE in names:
        said = read_part(archive, archive.getinfo(MIMETYPE)).strip()
    else:
        root = _ROOT.search(manifest)
        found = _MEDIA_TYPE.search(root[0]) if root else None
        said = found[1] if found else b""
    if said == EBOOK:
        raise UnsupportedFile("an e-book (EPUB): save it as PDF")
    media_type = said.decode("ascii", "replace")
    if not media_type.startswith(OPEN_DOCUMENT):
        return None
    if _ENCRYPTION.search(manifest):
        raise UnsupportedFile(PROTECTED_OFFICE)
    if media_type not in OFFICE:
        raise UnsupportedFile(OTHER_OFFICE)
    return OFFICE[media_type]


def _open_xml(archive: zipfile.ZipFile) -> FileType | None:
    """By the content type of the part to which the package leads as its document."""
    parts = parts_by_name(archive)
    if CONTENT_TYPES.lower() not in parts:
        if MAIN_NAMES & parts.keys():
            raise DamagedFile(NO_MAIN_PART)
        return None
    if b"macroEnabled" in read_part(archive, parts[CONTENT_TYPES.lower()]).replace(b"\0", b""):
        raise UnsupportedFile(WITH_MACROS)
    types, main = content_types(archive), _main_part(relationships(archive))
    if main not in parts:
        raise DamagedFile(NO_MAIN_PART)
    said = types.get(main, "")
    media_type = said.removesuffix(MAIN_ENDING)
    if not said.endswith(MAIN_ENDING) or not media_type.startswith(OPEN_XML) or media_type not in OFFICE:
        raise UnsupportedFile(OTHER_OFFICE)
    return OFFICE[media_type]


def _main_part(found: Iterable[Relationship]) -> str:
    """Where the package says that its document is; an empty name when it says nothing."""
    return next((each.target for each in found if not each.source and each.kind == "officedocument"), "")


def _check_main_part(archive: zipfile.ZipFile, found: Iterable[Relationship]) -> None:
    """The main part is there and is XML from its first to its last byte."""
    parts = parts_by_name(archive)
    entry = parts.get(_main_part(found) or ODF_CONTENT)
    if entry is None:
        raise DamagedFile(NO_MAIN_PART)
    with archive.open(entry) as part:
        try:
            # Entities that a part declares are refused before this (`office_parts`).
            expat.ParserCreate().ParseFile(part)
        except expat.ExpatError:
            raise DamagedFile(NO_MAIN_PART) from None


def _refuse_pages(archive: zipfile.ZipFile, found: Iterable[Relationship]) -> None:
    """Text of another format that Word imports on opening (altChunk) is a document itself: a page would fetch what it names."""
    parts = parts_by_name(archive)
    for each in found:
        entry = parts.get(each.target)
        if each.kind == "afchunk" and entry is not None:
            with archive.open(entry) as part:
                if part.read(len(ZIP_BEGINNING)) != ZIP_BEGINNING:
                    raise DamagedFile(PAGE_INSIDE)


def _refuse_macros(archive: zipfile.ZipFile, found: Iterable[Relationship]) -> None:
    for name in archive.namelist():
        if MACROS.search(name) or (name.startswith(ODF_MACROS) and not name.endswith("/")):
            raise UnsupportedFile(WITH_MACROS)
    types = content_types(archive).values() if CONTENT_TYPES.lower() in parts_by_name(archive) else ()
    if any(map(ACTIVE_TYPES.search, types)) or any(each.kind in ACTIVE_KINDS for each in found):
        raise UnsupportedFile(WITH_MACROS)


def _refuse_fetched_parts(found: Iterable[Relationship]) -> None:
    """Refuse parts that are fetched on opening: a template brings macros, a picture reveals who opens the file, and where.

    Links that a reader presses and the sheets of other workbooks stay (ECMA-376 part 2, relationships). An address in a
    relationship that says it leads to a part inside is one all the same.
    """
    for each in found:
        if (each.is_external or is_address(each.target)) and each.kind not in ELSEWHERE:
            raise DamagedFile(FETCHES)
