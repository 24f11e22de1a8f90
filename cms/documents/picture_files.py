"""Checks pictures from their first to their last byte, as far as that costs little. Nothing is decoded."""

from __future__ import annotations

import mmap
import re
import struct
from pathlib import Path
from typing import IO, Final

from cms.core.storage.known_kinds import kind_of
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import JPEG, PNG, WEBP, Recognised
from cms.documents.several_kinds import TWO_KINDS_OF_MEDIA, is_another_kind_than_media

HEAD_BYTES: Final = 4_096
MOST_CHUNKS: Final = 100_000
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
BLANK: Final = b"\0\t\n\r "
# In the data of a picture FF stands before 00 and D0 to D7; what else stands behind it begins a segment.
_MARKER: Final = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_END_OF_IMAGE: Final = b"\xd9"
_NO_LENGTH: Final = b"\x01"
WEBP_CHUNKS: Final = {b"VP8 ", b"VP8L", b"VP8X"}


def check_jpeg(path: Path, _file: IO[bytes], _size: int) -> Recognised:
    """Walk over the segments to the end of the picture (ITU T.81, annex B), behind which cameras may put more, but no archive and no page."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        position = 2
        for _ in range(MOST_CHUNKS):
            marker = _MARKER.search(data, position)
            if marker is None:
                break
            position = marker.end()
            if marker[1] == _END_OF_IMAGE:
                if is_another_kind_than_media(data[position : position + HEAD_BYTES].lstrip(BLANK)):
                    raise UnsupportedFile(TWO_KINDS_OF_MEDIA)
                return Recognised(JPEG)
            if marker[1] != _NO_LENGTH and position + 2 <= len(data):
                position += int(struct.unpack(">H", data[position : position + 2])[0])
        raise DamagedFile("the end of the image is missing")


def check_png(_path: Path, file: IO[bytes], size: int) -> Recognised:
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
                return Recognised(PNG)
            break
    raise DamagedFile("the end of the image is missing or followed by something else")


def check_webp(path: Path, file: IO[bytes], size: int) -> Recognised:
    """A WEBP is as long as it says; other RIFF files are sounds and films."""
    file.seek(0)
    header = file.read(16)
    if header[8:12] != b"WEBP" or header[12:16] not in WEBP_CHUNKS:
        raise UnsupportedFile(kind_of(path))
    if struct.unpack("<I", header[4:8])[0] + 8 != size:
        raise DamagedFile("the image is shorter or longer than it says")
    return Recognised(WEBP)
