"""Decodes and cuts images with `decoder.py`, in a limited process that ends after each task."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cms.core.confined import MEGABYTE, EndedEarly, run_confined
from cms.core.errors import Invalid, Unavailable, invalid_field
from cms.media.presets import Cut

PROGRAM: Final = Path(__file__).with_name("decoder.py")
WALL_SECONDS: Final = 30.0
"""Twice the duration of the CPU limit on a busy machine; it ends a process that waits for ever."""
LIMITS: Final[dict[str, int]] = {
    "cpu_seconds": 10,
    "memory_bytes": 512 * MEGABYTE,
    "output_bytes": 256 * MEGABYTE,
    "pixels": 40_000_000,
    "side": 16_000,
    "frames": 1_000,
    # The longer side of a stored image, in pixels: more than screens show, and it limits the cost of renditions.
    "kept_side": 4_096,
}
MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# One image at a time and process: four workers at 512 MB each are what a small server can give.
_turn = threading.BoundedSemaphore(1)


class ImageRefused(Exception):
    """The image cannot be decoded within the limits; the text is the decoder's code."""


@dataclass(frozen=True, slots=True)
class KeptImage:
    """What an uploaded image was (`format`, `frames`) and how it is stored; width and height in pixels."""

    format: str
    frames: int
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Output:
    """A file that is to be made of an image."""

    cut: Cut
    format: str
    target: Path


def keep_image(source: Path, target: Path) -> KeptImage:
    """Write the image anew: upright, in sRGB, without metadata; of an animation only the first picture.

    Raises `Invalid` about `/file` for an image that cannot be decoded within the limits, `Unavailable` when the decoder is busy.
    """
    try:
        done = _done({"task": "kept", "source": str(source), "target": str(target)})
    except ImageRefused as refusal:
        raise _refusal(str(refusal)) from None
    media_type = MEDIA_TYPES[done["kept_as"]]
    return KeptImage(done["format"], done["frames"], media_type, done["width"], done["height"])


def cut_image(source: Path, outputs: Sequence[Output]) -> None:
    """Make all these files of a kept image. Raises `ImageRefused`, `Unavailable`."""
    wanted = [
        {
            "box": output.cut.box,
            "width": output.cut.width,
            "height": output.cut.height,
            "format": output.format,
            "target": str(output.target),
        }
        for output in outputs
    ]
    _done({"task": "renditions", "source": str(source), "outputs": wanted})


def _refusal(code: str) -> Invalid:
    if code == "too_many_pixels":
        return invalid_field("/file", code, max=LIMITS["pixels"], side=LIMITS["side"])
    if code == "too_many_frames":
        return invalid_field("/file", code, max=LIMITS["frames"])
    if code == "too_demanding":
        return invalid_field("/file", code)
    return invalid_field("/file", "damaged_file", reason="it cannot be decoded as an image")


def _done(task: Mapping[str, Any], limits: Mapping[str, int] = LIMITS) -> dict[str, Any]:
    """Run the decoder for one task. If it ends early, for any reason, the image counts as too demanding."""
    if not _turn.acquire(timeout=WALL_SECONDS):
        raise Unavailable("busy", headers={"Retry-After": "5"})
    try:
        answer = run_confined(PROGRAM, task, limits, WALL_SECONDS)
    except EndedEarly:
        raise ImageRefused("too_demanding") from None
    finally:
        _turn.release()
    if answer.get("refused") == "cannot_write":
        raise Unavailable("storage_full", headers={"Retry-After": "60"})
    if "refused" in answer:
        raise ImageRefused(answer["refused"])
    done: dict[str, Any] = answer["done"]
    return done
