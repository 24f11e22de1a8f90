"""The structure of zip containers (R-F5): their end, their parts, and how much they may unpack to. Nothing is unpacked to disk here."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from cms.documents.faults import DamagedFile

MOST_ENTRIES: Final = 1_000
LARGEST_TOTAL: Final = 200_000_000
LARGEST_RATIO: Final = 100
LARGEST_DIRECTORY: Final = 1_000_000
DEEPEST: Final = 3
"""An office document with a table inside, in a ZIP."""
ZIP_BEGINNING: Final = b"PK\x03\x04"
END: Final = b"PK\x05\x06"
END_BYTES: Final = 22
ZIP64_LOCATOR_BYTES: Final = 20
LOCAL_HEADER_BYTES: Final = 30
MOST_BETWEEN: Final = 24
"""Bytes behind a part that say its size and checksum."""
METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED: Final = 0x1
IS_ENCRYPTED: Final = "it is encrypted and cannot be looked into: save it without a password"
BROKEN: Final = "its zip structure is broken"
TOO_LARGE: Final = "it unpacks to far more than its size"
NESTED_ARCHIVE: Final = "there is another archive inside"
HIDDEN_NAME: Final = "the name of a part has hidden characters: name it anew"
NESTED: Final = re.compile(r"\.(zip|jar|rar|7z|gz|tgz|bz2|xz|zst|tar|cab|iso|vhdx?|apk|war|kmz)$", re.IGNORECASE)
# Controls, marks of direction, and characters without width: the name would be read as another one.
_HIDDEN: Final = re.compile(
    "[\x01-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_UNICODE_NAME: Final = 0x7075


class Allowance:
    """How much one upload may unpack to, with all that is packed inside it. `depth`: how many archives deep it is."""

    def __init__(self) -> None:
        self._left, self.depth = LARGEST_TOTAL, 0

    def take(self, size: int) -> None:
        """Note that so many bytes are unpacked. Raises `DamagedFile`."""
        self._left -= size
        if self._left < 0:
            raise DamagedFile(TOO_LARGE)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """While an archive is looked into. Raises `DamagedFile` for one that is too deep."""
        if self.depth == DEEPEST:
            raise DamagedFile(NESTED_ARCHIVE)
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@contextmanager
def opened(file: IO[bytes], size: int, allowance: Allowance) -> Iterator[zipfile.ZipFile]:
    """The archive, whose structure was checked. Raises `DamagedFile` also for what is found to be broken while it is read."""
    try:
        with allowance.inside():
            _check_end(file, size)
            with zipfile.ZipFile(file) as archive:
                _check_entries(archive, size)
                allowance.take(sum(entry.file_size for entry in archive.infolist()))
                _check_places(archive, file)
                yield archive
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise DamagedFile(BROKEN) from error


def path_of(entry: zipfile.ZipInfo) -> str:
    """The path of a part; old programs of Windows write it with backslashes."""
    # `orig_filename`: zipfile cuts names at NUL and other readers do not.
    return entry.orig_filename.replace("\\", "/")


def paths_of(entry: zipfile.ZipInfo) -> set[str]:
    """All paths that programs may take for this part: some read another name in Unicode beside the old one (APPNOTE 4.6.9)."""
    found, extra = {path_of(entry)}, entry.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == _UNICODE_NAME:
            found.add(extra[9 : 4 + length].decode("utf-8", "replace").replace("\\", "/"))
        extra = extra[4 + length :]
    return found


def check_contents(archive: zipfile.ZipFile) -> None:
    """Unpack everything and discard it: sizes and checksums must be as declared."""
    if archive.testzip() is not None:
        raise DamagedFile("a part does not match its checksum")


def _check_end(file: IO[bytes], size: int) -> None:
    """Check the end record before zipfile reads the directory that it announces."""
    file.seek(max(0, size - END_BYTES - ZIP64_LOCATOR_BYTES))
    tail = file.read()
    end = tail[-END_BYTES:]
    if len(end) < END_BYTES or end[:4] != END:
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
    if len({path_of(entry).lower() for entry in entries}) < len(entries):
        raise DamagedFile("two parts have the same name")
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_TOTAL or total > LARGEST_RATIO * size:
        raise DamagedFile(TOO_LARGE)
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    for name in paths_of(entry):
        _check_name(name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise DamagedFile("a part is a link")
    if entry.flag_bits & ENCRYPTED:
        raise DamagedFile(IS_ENCRYPTED)
    if entry.compress_type not in METHODS:
        raise DamagedFile("a part is packed in an unusual way")


def _check_name(name: str) -> None:
    if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
        raise DamagedFile("a part has a path outside of the file")
    if _HIDDEN.search(name):
        raise DamagedFile(HIDDEN_NAME)
    if NESTED.search(name.rstrip(". ")):
        raise DamagedFile(NESTED_ARCHIVE)


def _check_places(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Parts follow one another from the first byte on: what lies between them, programs that read in order would find."""
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if not 0 <= entry.header_offset - end <= (MOST_BETWEEN if end else 0):
            raise DamagedFile(BROKEN)
        file.seek(entry.header_offset)
        header = file.read(LOCAL_HEADER_BYTES)
        name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
        end = entry.header_offset + LOCAL_HEADER_BYTES + name_bytes + extra_bytes + entry.compress_size
    if not 0 <= archive.start_dir - end <= MOST_BETWEEN:
        raise DamagedFile(BROKEN)
