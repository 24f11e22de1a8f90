"""Checks zip containers without unpacking them to disk (R-F5): office documents, and packed data.

Office documents are looked through for what acts by itself. A ZIP of data is only saved by readers; nothing in it may be named
openly as a program, a page or another archive.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Final

from cms.documents.faults import DamagedFile
from cms.documents.kinds import ZIP, Recognised
from cms.documents.office_files import check_office, office_type

MOST_ENTRIES: Final = 1_000
LARGEST_TOTAL: Final = 200_000_000
LARGEST_RATIO: Final = 100
LARGEST_DIRECTORY: Final = 1_000_000
END_BYTES: Final = 22
ZIP64_LOCATOR_BYTES: Final = 20
METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED: Final = 0x1
IS_ENCRYPTED: Final = "it is encrypted and cannot be looked into: save it without a password"
NESTED: Final = re.compile(r"\.(zip|jar|rar|7z|gz|tgz|bz2|xz|tar|cab|iso|apk|war)$", re.IGNORECASE)
ACTIVE: Final = re.compile(
    r"\.(exe|com|scr|pif|cpl|msi|msix|dll|sys|ocx|class|dex|so|dylib|bat|cmd|ps1|psm1|vbs|vbe|js|jse|mjs|wsf|wsh|hta|sct|sh|py|php"
    r"|lnk|url|scf|reg|inf|chm|html?|xhtml|mht|mhtml|svgz?|swf|docm|dotm|xlsm|xltm|xlsb|xlam|pptm|potm|ppam|ppsm)$",
    re.IGNORECASE,
)
"""Names of what computers run or browsers show as a page when it is opened."""


def check_zip(_path: Path, file: IO[bytes], size: int) -> Recognised:
    """An office document or a ZIP of data. Raises `DamagedFile` for one that is broken or unsafe, `UnsupportedFile` for another kind."""
    _check_end(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive, size)
            office = office_type(archive)
            if office is not None:
                check_office(archive)
            elif any(ACTIVE.search(entry.orig_filename.rstrip(". ")) for entry in archive.infolist()):
                raise DamagedFile("there is a program, a script or a web page inside")
            _check_contents(archive)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise DamagedFile("its zip structure is broken") from error
    return Recognised(office or ZIP)


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
    if len({_path_of(entry).lower() for entry in entries}) < len(entries):
        raise DamagedFile("two parts have the same name")
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_TOTAL or total > LARGEST_RATIO * size:
        raise DamagedFile("it unpacks to far more than its size")
    for entry in entries:
        _check_entry(entry)


def _path_of(entry: zipfile.ZipInfo) -> str:
    """The path of a part; old programs of Windows write it with backslashes."""
    # `orig_filename`: zipfile cuts names at NUL and other readers do not.
    return entry.orig_filename.replace("\\", "/")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = _path_of(entry)
    if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
        raise DamagedFile("a part has a path outside of the file")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise DamagedFile("a part is a link")
    if entry.flag_bits & ENCRYPTED:
        raise DamagedFile(IS_ENCRYPTED)
    if entry.compress_type not in METHODS:
        raise DamagedFile("a part is packed in an unusual way")
    if NESTED.search(name):
        raise DamagedFile("there is another archive inside")


def _check_contents(archive: zipfile.ZipFile) -> None:
    """Unpack everything and discard it: sizes and checksums must be as declared."""
    if archive.testzip() is not None:
        raise DamagedFile("a part does not match its checksum")
