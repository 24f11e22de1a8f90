"""Recognises the kind of a file by its content (R-F2): a short list of kinds that agencies publish; all others are refused.

Each kind is checked from its first to its last byte as far as that costs little; nothing is rendered or executed. The
extension must agree, because readers' computers rely on it. SVG, HTML, XML and scripts are text of another kind.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import puremagic

from cms.core.errors import Invalid, UnsupportedType, invalid_field
from cms.core.storage.names import extension_of
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.pdf_actions import check_actions
from cms.documents.zip_files import OPEN_DOCUMENT, OPEN_XML, container_type

HEAD_BYTES: Final = 4_096
TAIL_BYTES: Final = 65_536
BLOCK_BYTES: Final = 1_048_576
MOST_CHUNKS: Final = 100_000
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
WEBP_CHUNKS: Final = {b"VP8 ", b"VP8L", b"VP8X"}
# A file that other programs would read as a page or a program, whatever its extension says.
_ACTIVE_TEXT = re.compile(
    rb"\s*(?:<|#!|\{\\rtf)|.*<(?:\?php|\?xml|!doctype|html|head|body|script|svg|iframe)\b", re.IGNORECASE | re.DOTALL
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted kind of file: its media type, its name for people, its extensions."""

    media_type: str
    label: str
    extensions: tuple[str, ...]


PDF: Final = FileType("application/pdf", "PDF", (".pdf",))
JPEG: Final = FileType("image/jpeg", "JPEG", (".jpg", ".jpeg"))
PNG: Final = FileType("image/png", "PNG", (".png",))
WEBP: Final = FileType("image/webp", "WEBP", (".webp",))
CSV: Final = FileType("text/csv", "CSV", (".csv",))
TEXT: Final = FileType("text/plain", "TXT", (".txt",))
CONTAINERS: Final = {
    each.media_type: each
    for each in (
        FileType(f"{OPEN_XML}wordprocessingml.document", "DOCX", (".docx",)),
        FileType(f"{OPEN_XML}spreadsheetml.sheet", "XLSX", (".xlsx",)),
        FileType(f"{OPEN_XML}presentationml.presentation", "PPTX", (".pptx",)),
        FileType(f"{OPEN_DOCUMENT}text", "ODT", (".odt",)),
        FileType(f"{OPEN_DOCUMENT}spreadsheet", "ODS", (".ods",)),
        FileType(f"{OPEN_DOCUMENT}presentation", "ODP", (".odp",)),
    )
}
ACCEPTED: Final = (PDF, *CONTAINERS.values(), CSV, TEXT, JPEG, PNG, WEBP)
ACCEPTED_EXTENSIONS: Final = frozenset(extension for each in ACCEPTED for extension in each.extensions)
ACCEPTED_LABELS: Final = ", ".join(each.label for each in ACCEPTED)


def recognised_type(path: Path, name: str) -> FileType:
    """The kind of a complete file with this (clean) name.

    Raises `UnsupportedType("unsupported_file_type")` for a kind that is not accepted, `Invalid` with the same code when its
    name hides that, or `Invalid` about `/file`: `empty_file`, `damaged_file` or `extension_mismatch`.
    """
    if path.stat().st_size == 0:
        raise invalid_field("/file", "empty_file")
    try:
        found = _type_by_content(path, extension_of(name))
    except DamagedFile as damage:
        raise invalid_field("/file", "damaged_file", reason=str(damage)) from None
    except UnsupportedFile as kind:
        # A name of an accepted kind means false content; any other name, a kind that is not accepted.
        refusal = Invalid if extension_of(name) in ACCEPTED_EXTENSIONS else UnsupportedType
        raise refusal("unsupported_file_type", found=str(kind), allowed=ACCEPTED_LABELS) from None
    if extension_of(name) not in found.extensions:
        params = {"extension": extension_of(name) or "nothing", "found": found.label}
        raise invalid_field("/file", "extension_mismatch", **params)
    return found


def _type_by_content(path: Path, extension: str) -> FileType:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        for signature, check in _SIGNATURES:
            if head.startswith(signature):
                return check(path, file, size)
        return _text_type(file, head, extension)


def _pdf(path: Path, file: IO[bytes], size: int) -> FileType:
    file.seek(max(0, size - TAIL_BYTES))
    if b"%%EOF" not in file.read():
        raise DamagedFile("the end of the PDF is missing")
    check_actions(path)
    return PDF


def _container(path: Path, _file: IO[bytes], _size: int) -> FileType:
    media_type = container_type(path)
    if media_type not in CONTAINERS:
        raise UnsupportedFile("another kind of OpenDocument file")
    return CONTAINERS[media_type]


def _jpeg(_path: Path, file: IO[bytes], size: int) -> FileType:
    file.seek(max(0, size - TAIL_BYTES))
    if b"\xff\xd9" not in file.read():
        raise DamagedFile("the end of the image is missing")
    return JPEG


def _png(_path: Path, file: IO[bytes], size: int) -> FileType:
    """Walk over the chunks to the last one, which must be the end of the file."""
    position = len(PNG_SIGNATURE)
    for _ in range(MOST_CHUNKS):
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            break
        position += 12 + int(struct.unpack(">I", header[:4])[0])
        if header[4:] == b"IEND":
            if position == size:
                return PNG
            break
    raise DamagedFile("the end of the image is missing or followed by something else")


def _webp(_path: Path, file: IO[bytes], size: int) -> FileType:
    file.seek(0)
    header = file.read(16)
    if header[8:12] != b"WEBP" or header[12:16] not in WEBP_CHUNKS:
        raise UnsupportedFile("a RIFF file that is no WEBP image")
    if struct.unpack("<I", header[4:8])[0] + 8 != size:
        raise DamagedFile("the image is shorter or longer than it says")
    return WEBP


_SIGNATURES: Final[tuple[tuple[bytes, Callable[[Path, IO[bytes], int], FileType]], ...]] = (
    (b"%PDF-", _pdf),
    (b"PK\x03\x04", _container),
    (b"\xff\xd8\xff", _jpeg),
    (PNG_SIGNATURE, _png),
    (b"RIFF", _webp),
)


def _text_type(file: IO[bytes], head: bytes, extension: str) -> FileType:
    """CSV and plain text have no signature: UTF-8 throughout, no control characters, nothing that programs run."""
    if _ACTIVE_TEXT.match(head.removeprefix(codecs.BOM_UTF8)):
        raise UnsupportedFile("markup or a script")
    if b"\0" in head or extension not in CSV.extensions + TEXT.extensions:
        raise UnsupportedFile(_name_of(head))
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(BLOCK_BYTES):
            if _CONTROLS.search(decoder.decode(block)):
                raise DamagedFile("it has control characters that text does not have")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise DamagedFile("it is not UTF-8 text") from None
    return CSV if extension in CSV.extensions else TEXT


def _name_of(head: bytes) -> str:
    """The kind that the beginning of a refused file looks like, in words."""
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, LookupError):
        return "an unknown kind of file"
    return matches[0].name if matches else "an unknown kind of file"
