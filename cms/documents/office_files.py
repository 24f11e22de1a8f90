"""Office documents (DOCX, XLSX, PPTX, ODT, ODS, ODP): which one an archive is, and whether it acts by itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from cms.core.storage.known_kinds import PROTECTED_OFFICE
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import OFFICE, OPEN_DOCUMENT, OPEN_XML, FileType
from cms.documents.office_links import check_links
from cms.documents.office_parts import check_parts

LARGEST_PART: Final = 1_000_000
WITH_MACROS: Final = "an office document with macros or scripts: save it without them"
OTHER_OFFICE: Final = (
    "an office document of another kind, such as a template or a drawing: save it as a document, a table, slides or PDF"
)
MIMETYPE: Final = "mimetype"
MANIFEST: Final = "META-INF/manifest.xml"
CONTENT_TYPES: Final = "[Content_Types].xml"
EBOOK: Final = b"application/epub+zip"
MACROS: Final = re.compile(
    r"vbaProject|vbaData|\.(docm|xlsm|xlsb|pptm|dotm|xltm|ppam|bas|exe|dll|js|vbs|html?|svgz)$", re.IGNORECASE
)
ODF_MACROS: Final = ("Basic/", "Scripts/")
ELSEWHERE: Final = frozenset({"hyperlink", "externallinkpath", "xlpathmissing"})
"""Relationships that may lead outside the file: links to click, and other workbooks, for which Excel asks first."""
MAIN_PART: Final = re.compile(
    rf"""ContentType=["']({re.escape(OPEN_XML)}(?:wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation))\.main\+xml["']"""
)
_ENCRYPTION: Final = re.compile(rb"encryption-data|encrypted-package")
_ROOT: Final = re.compile(rb"""<(?:\w{1,30}:)?file-entry\s[^>]{0,500}full-path=["']/["'][^>]{0,500}>""")
_MEDIA_TYPE: Final = re.compile(rb"""media-type=["']([^"']{1,100})["']""")


def office_type(archive: zipfile.ZipFile) -> FileType | None:
    """Which office document this is; None for another archive. Raises `UnsupportedFile` for office documents of other kinds."""
    return _open_document(archive) or _open_xml(archive)


def check_office(archive: zipfile.ZipFile) -> None:
    """Raise `UnsupportedFile` or `DamagedFile` for a document that does something by itself when it is opened."""
    _refuse_macros(archive)
    _refuse_fetched_parts(archive)
    check_parts(archive)
    check_links(archive)


def _open_document(archive: zipfile.ZipFile) -> FileType | None:
    """By its `mimetype`, wherever that stands in the archive, or by its manifest, which every OpenDocument file has."""
    names = archive.namelist()
    manifest = _part(archive, MANIFEST) if MANIFEST in names else b""
    if MIMETYPE in names:
        said = _part(archive, MIMETYPE).strip()
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
    if CONTENT_TYPES not in archive.namelist():
        return None
    types = _part(archive, CONTENT_TYPES).decode("utf-8", "replace")
    if "macroEnabled" in types:
        raise UnsupportedFile(WITH_MACROS)
    main = MAIN_PART.search(types)
    if main is None:
        raise UnsupportedFile(OTHER_OFFICE)
    return OFFICE[main[1]]


def _refuse_macros(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if MACROS.search(name) or (name.startswith(ODF_MACROS) and not name.endswith("/")):
            raise UnsupportedFile(WITH_MACROS)


def _refuse_fetched_parts(archive: zipfile.ZipFile) -> None:
    """Refuse parts that are fetched on opening: a template brings macros, a picture reveals who opens the file, and where.

    Links that a reader presses and the sheets of other workbooks stay (ECMA-376 part 2, relationships).
    """
    for name in archive.namelist():
        if name.lower().endswith(".rels"):
            for relationship in _relationships(_part(archive, name)):
                kind = relationship.get("Type", "").rpartition("/")[2].lower()
                if relationship.get("TargetMode", "").strip().lower() == "external" and kind not in ELSEWHERE:
                    raise DamagedFile("it fetches a template, an object or a picture from elsewhere when it is opened")


def _relationships(content: bytes) -> Iterator[ET.Element]:
    if b"!DOCTYPE" in content.replace(b"\0", b"").upper():
        raise DamagedFile("a part declares entities")
    try:
        # Without a DTD there is nothing to expand, and the part is bounded.
        return ET.fromstring(content).iter()  # noqa: S314
    except ET.ParseError:
        raise DamagedFile("a part is not XML") from None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise DamagedFile("its table of contents is too large")
    return content
