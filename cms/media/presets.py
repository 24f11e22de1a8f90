"""The named renditions of an image: pure arithmetic, so that their addresses and sizes are known before they are made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

RECIPE: Final = "1"
"""Change it when the code makes different renditions, so that their addresses change too."""
ORIGINAL: Final = "original"
"""The whole image, as it was re-encoded on arrival."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named size in pixels. Without a height the whole image is shown; with one it is cut around the focal point."""

    width: int
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """A file format of renditions."""

    extension: str
    media_type: str
    format: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of the image that is shown (left, top, right, bottom) and its size, in pixels. Nothing is ever enlarged."""

    box: tuple[int, int, int, int]
    width: int
    height: int


PRESETS: Final[dict[str, Preset]] = {
    "card": Preset(400),
    "content": Preset(1200),
    "social": Preset(1200, 630),
    "square": Preset(1080, 1080),
}
WEBP: Final = Encoding("webp", "image/webp", "WEBP")
JPEG: Final = Encoding("jpg", "image/jpeg", "JPEG")
ENCODINGS: Final = {encoding.extension: encoding for encoding in (WEBP, JPEG)}
NAMES: Final = tuple(f"{preset}.{extension}" for preset in PRESETS for extension in ENCODINGS)
"""The file names of all renditions, such as `card.webp`."""


def full_name(given: str) -> str | None:
    """The rendition that an address names: `card` stands for `card.jpg`. None when there is no such rendition."""
    if given in PRESETS:
        return f"{given}.{JPEG.extension}"
    return given if given in NAMES or given == ORIGINAL else None


def cut(preset: Preset, width: int, height: int, focal_x: int, focal_y: int) -> Cut:
    """How to cut an image of this size so that the focal point (percent from the left and the top) is as near to the middle as possible."""
    if preset.height is None:
        shown = min(preset.width, width)
        return Cut((0, 0, width, height), shown, max(1, round(height * shown / width)))
    scale = min(width / preset.width, height / preset.height)
    inner_width = min(width, max(1, round(preset.width * scale)))
    inner_height = min(height, max(1, round(preset.height * scale)))
    left = _begin(width, inner_width, focal_x)
    top = _begin(height, inner_height, focal_y)
    box = (left, top, left + inner_width, top + inner_height)
    return Cut(box, min(preset.width, inner_width), min(preset.height, inner_height))


def _begin(whole: int, part: int, percent: int) -> int:
    return min(max(0, round(whole * percent / 100 - part / 2)), whole - part)


def fingerprint_of(sha256: str, focal_x: int, focal_y: int) -> str:
    """The part of an address that changes with the bytes at it: 16 hexadecimal digits."""
    return hashlib.sha256(f"{RECIPE} {sha256} {focal_x} {focal_y}".encode()).hexdigest()[:16]
