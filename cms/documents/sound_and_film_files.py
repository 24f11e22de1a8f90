"""Recognises MP3 by its frames (ISO 11172-3) and MP4 by its boxes (ISO/IEC 14496-12 and -14). Nothing is decoded."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, Final

from cms.core.storage.known_kinds import kind_of
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import MP3, MP4, Recognised

ID3_HEADER_BYTES: Final = 10
MOST_TAGS: Final = 5
FRAMES_LOOKED_AT: Final = 4
"""That many frames in their places, one behind the other: chance does not make them."""
LONGEST_PADDING: Final = 65_536
MOST_BOXES: Final = 100_000
MP4_BRANDS: Final = frozenset(
    {b"mp41", b"mp42", b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"avc1", b"M4V ", b"MSNV", b"dash"}
)
OTHER_BRANDS: Final = frozenset(
    {b"qt  ", b"M4A ", b"M4B ", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
)

# Kilobits per second by the index in a frame's head, for MPEG-1 and for MPEG-2 and 2.5; samples per second by version.
_BITRATES: Final = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def is_mp3_beginning(head: bytes) -> bool:
    """True for a tag, or for the head of a frame."""
    return head.startswith(b"ID3") or _frame_bytes(head) is not None


def is_mp4_beginning(head: bytes) -> bool:
    """True for a file of boxes whose brand says MP4: HEIC, QuickTime and M4A have the same shape."""
    if head[4:8] != b"ftyp":
        return False
    length = min(struct.unpack(">I", head[:4])[0], len(head))
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, length - 3, 4))}
    return head[8:12] not in OTHER_BRANDS and bool(brands & MP4_BRANDS)


def check_mp3(path: Path, file: IO[bytes], size: int) -> Recognised:
    """Tags, then frames that follow one another."""
    position = _behind_tags(file)
    for number in range(FRAMES_LOOKED_AT):
        file.seek(position)
        length = _frame_bytes(file.read(4))
        if length is None or position + length > size:
            if number and position + (length or 0) >= size:
                break
            raise DamagedFile("it has no sound where an MP3 has it") if number else UnsupportedFile(kind_of(path))
        position += length
    return Recognised(MP3)


def _behind_tags(file: IO[bytes]) -> int:
    """Where the sound begins: behind tags (ID3v2) and the zeros that fill the space behind each of them."""
    position = 0
    for _ in range(MOST_TAGS):
        file.seek(position)
        padding = file.read(LONGEST_PADDING)
        header = padding.lstrip(b"\0")
        position += len(padding) - len(header)
        if not header.startswith(b"ID3") or len(header) < ID3_HEADER_BYTES:
            break
        # Seven bits of each byte.
        length = sum((byte & 0x7F) << shift for byte, shift in zip(header[6:10], (21, 14, 7, 0), strict=True))
        position += ID3_HEADER_BYTES + length + (ID3_HEADER_BYTES if header[5] & 0x10 else 0)
    return position


def _frame_bytes(head: bytes) -> int | None:
    """The length of the frame of layer III that begins here; None when none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if layer != 1 or version not in _RATES or bitrate in {0, 15} or rate == 3:
        return None
    is_first = version == 3
    slots = (144_000 if is_first else 72_000) * _BITRATES[is_first][bitrate] // _RATES[version][rate]
    return slots + (head[2] >> 1 & 1)


def check_mp4(_path: Path, file: IO[bytes], size: int) -> Recognised:
    """Walk over the boxes to the end of the file; one of them says what is in it, and one has it."""
    position, seen = 0, set()
    for _ in range(MOST_BOXES):
        if position == size:
            break
        file.seek(position)
        header = file.read(16)
        length = _box_bytes(header, size - position)
        seen.add(header[4:8])
        position += length
        if position > size:
            raise DamagedFile("the end of the film is missing")
    if position != size or not seen >= {b"moov", b"mdat"}:
        raise DamagedFile("its film is not whole")
    return Recognised(MP4)


def _box_bytes(header: bytes, left: int) -> int:
    if len(header) < 8:
        raise DamagedFile("the end of the film is missing or followed by something else")
    length = int(struct.unpack(">I", header[:4])[0])
    if length == 0:
        return left
    if length == 1 and len(header) == 16:
        length = int(struct.unpack(">Q", header[8:])[0])
    if length < 8:
        raise DamagedFile("the end of the film is missing or followed by something else")
    return length
