"""Checks pictures from their first to their last byte, as far as that costs little. Nothing is decoded."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, Final

from cms.core.storage.known_kinds import kind_of
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import JPEG, PNG, WEBP, Recognised

TAIL_BYTES: Final = 65_536
MOST_CHUNKS: Final = 100_000
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
WEBP_CHUNKS: Final = {b"VP8 ", b"VP8L", b"VP8X"}


def check_jpeg(_path: Path, file: IO[bytes], size: int) -> Recognised:
    """A JPEG has an end."""
    file.seek(max(0, size - TAIL_BYTES))
    if b"\xff\xd9" not in file.read():
        raise DamagedFile("the end of the image is missing")
    return Recognised(JPEG)


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
