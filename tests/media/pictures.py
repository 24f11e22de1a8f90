"""Pictures that tests upload, made here: honest ones and hostile ones."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

ORIENTATION, GPS, ARTIST = 0x0112, 0x8825, 0x013B
SECRET_PLACE = "Rumah Saksi"


def picture(width: int = 1600, height: int = 1200, mode: str = "RGB", *, shade: int = 90) -> Image.Image:
    """A picture whose top left corner is red; `shade` makes different ones."""
    image = Image.new("RGB", (width, height), (shade, 140, 200))
    image.paste((220, 20, 20), (0, 0, max(1, width // 4), max(1, height // 4)))
    return image.convert(mode)


def encoded(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    file = BytesIO()
    image.save(file, format=format, **options)
    return file.getvalue()


def jpeg(width: int = 1600, height: int = 1200, *, shade: int = 90) -> bytes:
    """A plain photo."""
    return encoded(picture(width, height, shade=shade), quality=90)


def photo_with_secrets(orientation: int = 6) -> bytes:
    """A photo that tells where it was taken, by whom, and has a profile and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = orientation, SECRET_PLACE
    exif[GPS] = {1: "S", 2: (1.0, 15.0, 30.5), 3: "E", 4: (116.0, 49.0, 50.0)}
    return encoded(picture(), exif=exif, comment=SECRET_PLACE.encode(), icc_profile=b"no profile " + b"x" * 200)


def png_with_secrets() -> bytes:
    """A PNG with texts and a place."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET_PLACE)
    texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET_PLACE}</x:xmpmeta>")
    return encoded(picture(mode="RGBA"), "PNG", pnginfo=texts)


def webp_with_secrets() -> bytes:
    """A WEBP with EXIF and XMP."""
    exif = Image.Exif()
    exif[ARTIST] = SECRET_PLACE
    return encoded(picture(), "WEBP", exif=exif, xmp=SECRET_PLACE.encode())


def moving_gif(frames: int = 3) -> bytes:
    """A GIF that moves."""
    pictures = [picture(300, 200, shade=number) for number in range(frames)]
    return encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=100)


def png_that_says(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10_000_000), 9)) + chunk(b"IEND", b"")


def png_bomb() -> bytes:
    """A small file that would become 10 GB."""
    return png_that_says(60_000, 60_000)
