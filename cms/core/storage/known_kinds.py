"""Names kinds of file that are not accepted, by their content, with what to do about them.

The names are for people: the list has what offices really send, and is closed, because a guess from two bytes misleads more than
"of an unknown kind". Nothing is accepted by it. The Indonesian words are in `cms.core.http.messages.file_reasons`.
"""

from __future__ import annotations

import codecs
import mmap
import re
from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 4_096
ENTRY_BYTES: Final = 128
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNKNOWN: Final = "of an unknown kind"
WEB_PAGE: Final = "a web page or XML: open it and save it as .docx, .xlsx, .csv or PDF"
PROGRAM: Final = "a program or a script"
RTF: Final = "an RTF file: save it as .docx"
SVG: Final = "an SVG drawing: save it as PNG"
PROTECTED_OFFICE: Final = "an Office file with a password: remove the password and save it again"
OTHER_CHARACTERS: Final = (
    'text that is not UTF-8, such as the ordinary CSV of Excel: save it as "CSV UTF-8", or as text with UTF-8'
)
PICTURE: Final = "a picture of another format: save it as JPEG or PNG"
HEIC: Final = "a HEIC picture: save it as JPEG"
ARCHIVE: Final = "an archive of another format: pack it as ZIP"
SOUND: Final = "a sound of another format: save it as MP3"
FILM: Final = "a film of another format: save it as MP4"
WINDOWS_MEDIA: Final = "a sound or film of Windows (WMA, WMV): save it as MP3 or MP4"
DRAWING: Final = "a technical drawing: save it as PDF"
POSTSCRIPT: Final = "a PostScript file: save it as PDF"
DATABASE: Final = "a database: pack it as ZIP"

# What is in a compound file (MS-CFB) is told by the names in its directory, which are UTF-16.
_INSIDE_OLD_OFFICE: Final = (
    ("EncryptedPackage", PROTECTED_OFFICE),
    ("WordDocument", "an old Word file (.doc): save it as .docx"),
    ("Workbook", "an old Excel file (.xls): save it as .xlsx"),
    ("Book", "an old Excel file (.xls): save it as .xlsx"),
    ("PowerPoint Document", "an old PowerPoint file (.ppt): save it as .pptx"),
    ("VisioDocument", DRAWING),
    ("__nameid_version1.0", "a mail of Outlook (.msg): save it as PDF"),
)
_OLD_OFFICE_FILE: Final = "an old Office file: save it as .docx, .xlsx, .pptx or PDF"
_BEGINNINGS: Final = (
    (b"{\\rtf", RTF), (b"%!PS", POSTSCRIPT), (b"\xc5\xd0\xd3\xc6", POSTSCRIPT), (b"AT&TFORM", "a DjVu scan: save it as PDF"),
    (b"II*\0", PICTURE), (b"MM\0*", PICTURE), (b"GIF87a", PICTURE), (b"GIF89a", PICTURE),
    (b"\xd7\xcd\xc6\x9a", PICTURE), (b"\x01\0\0\0l\0\0\0", PICTURE),
    (b"Rar!\x1a\x07", ARCHIVE), (b"7z\xbc\xaf\x27\x1c", ARCHIVE), (b"\x1f\x8b", ARCHIVE), (b"BZh", ARCHIVE), (b"\xfd7zXZ\0", ARCHIVE),
    (b"MSCF", ARCHIVE), (b"PK\x05\x06", "an empty ZIP"), (b"OggS", SOUND), (b"fLaC", SOUND), (b"#!AMR", SOUND), (b"ADIF", SOUND),
    (b"\x1a\x45\xdf\xa3", FILM), (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", WINDOWS_MEDIA), (b"FLV\x01", FILM), (b"\0\0\x01\xba", FILM),
    (b"\x7fELF", PROGRAM), (b"\xca\xfe\xba\xbe", PROGRAM), (b"\xcf\xfa\xed\xfe", PROGRAM), (b"#!", PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", "a shortcut: send the file that it leads to"),
    (b"SQLite format 3\0", DATABASE), (b"\0\x01\0\0Standard ", DATABASE),
)  # fmt: skip
# Texts may begin with these letters, but have no zero soon after them.
_LETTERS: Final = ((b"BM", PICTURE), (b"8BPS", PICTURE), (b"FORM", SOUND), (b"MZ", PROGRAM), (b"AC10", DRAWING))
_NEAR: Final = 64
_WITH_LETTERS: Final = (*_BEGINNINGS, *_LETTERS)
_IN_RIFF: Final = {b"WAVE": SOUND, b"AVI ": FILM}
# Brands of ISO files (ISO/IEC 14496-12); MP4 itself is recognised elsewhere.
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_AVIF_BRANDS: Final = (b"avif", b"avis")
_SOUND_BRANDS: Final = (b"M4A ", b"M4B ")
_UTF16: Final = re.compile(rb"(?:[\x09-\x7e]\0){4}|(?:\0[\x09-\x7e]){4}")
_TAG: Final = re.compile(rb"\s*<[a-z!?/]", re.IGNORECASE)
_SCRIPT: Final = re.compile(rb"\s*<(?:\?php|script)|.*<(?:\?php|script)\b", re.IGNORECASE | re.DOTALL)
_SVG: Final = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*|<!doctype svg[^>]{0,300}>\s*)*<svg\b",
    re.IGNORECASE | re.DOTALL,
)


def kind_of(path: Path) -> str:
    """What a refused file is, in English words that follow "The file is"."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(OLD_OFFICE):
        return _old_office_kind(path)
    return kind_of_beginning(head) or UNKNOWN


def kind_of_beginning(head: bytes) -> str | None:
    """What begins with these bytes; None when nothing is known that does."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _UTF16.match(head):
        return OTHER_CHARACTERS
    for beginning, name in _WITH_LETTERS if b"\0" in head[:_NEAR] else _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head[257:262] == b"ustar":
        return ARCHIVE
    if head.startswith(b"RIFF"):
        return _IN_RIFF.get(head[8:12])
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"}:
        return _iso_kind(head[8:12])
    return kind_of_markup(head.removeprefix(codecs.BOM_UTF8))


def kind_of_markup(head: bytes) -> str | None:
    """What this text is when other programs would read it as a page or run it; None for other texts."""
    if _SVG.match(head):
        return SVG
    if _SCRIPT.match(head):
        return PROGRAM
    return WEB_PAGE if _TAG.match(head) else None


def _iso_kind(brand: bytes) -> str:
    if brand in _HEIC_BRANDS:
        return HEIC
    if brand in _AVIF_BRANDS:
        return PICTURE
    return SOUND if brand in _SOUND_BRANDS else FILM


def _old_office_kind(path: Path) -> str:
    return next((kind for name, kind in _INSIDE_OLD_OFFICE if has_entry(path, name)), _OLD_OFFICE_FILE)


def has_entry(path: Path, name: str) -> bool:
    """True for a compound file (MS-CFB) whose directory has this name. Entries begin each 128 bytes, so that the end of a longer name is none."""
    written = (name + "\0").encode("utf-16-le")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(written)
        while place >= 0 and place % ENTRY_BYTES:
            place = data.find(written, place + 1)
    return place >= 0
