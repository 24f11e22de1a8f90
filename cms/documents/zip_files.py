"""Checks zip containers (DOCX, XLSX, PPTX, ODT, ODS, ODP) without unpacking them to disk (R-F5)."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET

from cms.documents.faults import IS_ENCRYPTED, DamagedFile, UnsupportedFile
from cms.documents.office_parts import check_parts

MOST_ENTRIES: Final = 1_000
LARGEST_TOTAL: Final = 200_000_000
LARGEST_RATIO: Final = 100
LARGEST_DIRECTORY: Final = 1_000_000
LARGEST_PART: Final = 1_000_000
END_BYTES: Final = 22
ZIP64_LOCATOR_BYTES: Final = 20
METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED: Final = 0x1
OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
MACROS: Final = re.compile(
    r"vbaProject|vbaData|\.(docm|xlsm|xlsb|pptm|dotm|xltm|ppam|bas|exe|dll|js|vbs|html?|svgz?)$", re.IGNORECASE
)
ODF_MACROS: Final = ("Basic/", "Scripts/")
NESTED: Final = re.compile(r"\.(zip|jar|rar|7z|gz|tgz|bz2|xz|tar|cab|iso|apk|war)$", re.IGNORECASE)
ELSEWHERE: Final = frozenset({"hyperlink", "externallinkpath", "xlpathmissing"})
"""Relationships that may lead outside the file: links to click, and other workbooks, for which Excel asks first."""
MAIN_PART: Final = re.compile(
    rf'ContentType="{re.escape(OPEN_XML)}(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)\.main\+xml"'
)


def container_type(path: Path) -> str:
    """The media type of an office document. Raises `DamagedFile` for one that is broken or unsafe, `UnsupportedFile` for other archives."""
    with path.open("rb") as file:
        _check_end(file, path.stat().st_size)
        try:
            with zipfile.ZipFile(file) as archive:
                _check_entries(archive, path.stat().st_size)
                media_type = _open_document(archive) or _open_xml(archive)
                _refuse_macros(archive)
                _refuse_fetched_parts(archive)
                _check_contents(archive)
                check_parts(archive)
        except (
            zipfile.BadZipFile,
            zlib.error,
            struct.error,
            EOFError,
            ValueError,
            NotImplementedError,
            OSError,
        ) as error:
            raise DamagedFile("its zip structure is broken") from error
    return media_type


def _check_end(file: IO[bytes], size: int) -> None:
    """Check the end record before zipfile reads the directory that it announces."""
    file.seek(max(0, size - END_BYTES - ZIP64_LOCATOR_BYTES))
    tail = file.read()
    end = tail[-END_BYTES:]
    if len(end) < END_BYTES or end[:4] != b"PK\x05\x06":
        raise DamagedFile("the end of the zip file is missing or followed by something else")
    if tail[:4] == b"PK\x06\x07" and len(tail) > END_BYTES:
        raise DamagedFile(f"it has more than {MOST_ENTRIES} parts")
    entries, directory_bytes = struct.unpack("<HI", end[10:16])
    if entries > MOST_ENTRIES or directory_bytes > LARGEST_DIRECTORY:
        raise DamagedFile(f"it has more than {MOST_ENTRIES} parts")
    file.seek(0)


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if not entries or len(entries) > MOST_ENTRIES:
        raise DamagedFile(f"it has no parts or more than {MOST_ENTRIES}")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise DamagedFile("two parts have the same name")
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_TOTAL or total > LARGEST_RATIO * size:
        raise DamagedFile("it unpacks to far more than its size")
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # `orig_filename`: zipfile cuts names at NUL and other readers do not.
    name = entry.orig_filename
    if name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/"):
        raise DamagedFile("a part has a path outside of the file")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise DamagedFile("a part is a link")
    if entry.flag_bits & ENCRYPTED:
        raise DamagedFile(IS_ENCRYPTED)
    if entry.compress_type not in METHODS:
        raise DamagedFile("a part is packed in an unusual way")
    if NESTED.search(name):
        raise DamagedFile("there is another archive inside")


def _open_document(archive: zipfile.ZipFile) -> str | None:
    first = archive.infolist()[0]
    if first.filename != "mimetype":
        return None
    found = _part(archive, "mimetype").decode("ascii", "replace").strip()
    return found if found.startswith(OPEN_DOCUMENT) else None


def _open_xml(archive: zipfile.ZipFile) -> str:
    if "[Content_Types].xml" not in archive.namelist():
        raise UnsupportedFile("a zip archive")
    types = _part(archive, "[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types:
        raise UnsupportedFile("an office document with macros")
    main = MAIN_PART.search(types)
    if main is None:
        raise UnsupportedFile("another kind of office document")
    return OPEN_XML + main[1]


def _refuse_macros(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if MACROS.search(name) or (name.startswith(ODF_MACROS) and not name.endswith("/")):
            raise UnsupportedFile("an office document with macros or scripts")


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


def _check_contents(archive: zipfile.ZipFile) -> None:
    """Unpack everything and discard it: sizes and checksums must be as declared."""
    if archive.testzip() is not None:
        raise DamagedFile("a part does not match its checksum")
