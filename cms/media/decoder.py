"""The program that decodes images, in a process of its own (cms/core/confinement.py). It imports nothing of ours."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, WebPImagePlugin

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# How the whole image is stored, by the format of the upload: readers see no difference.
KEPT_AS: Final = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "GIF": "PNG", "WEBP": "WEBP", "AVIF": "WEBP"}
# Several images in one file are an animation, except in a photo that carries its own small preview.
STILL_WITH_PARTS: Final = {"MPO"}
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 82, "optimize": True, "progressive": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 80, "method": 4},
}
KEPT_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 90, "optimize": True, "progressive": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 92, "method": 3},
}
# The turn that undoes each value of the EXIF orientation.
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    """The image is not accepted; the text is one of the codes that `cms.media.imaging` knows."""


def kept(task: dict[str, Any]) -> dict[str, Any]:
    """Decode an uploaded image completely and write it anew: upright, and only its pixels."""
    with Image.open(task["source"], formats=FORMATS) as image:
        _check_size(image, task["limits"])
        arrived_as = str(image.format)
        frames = 1 if arrived_as in STILL_WITH_PARTS else int(getattr(image, "n_frames", 1))
        if frames > task["limits"]["frames"]:
            raise Refused("too_many_frames")
        image.seek(0)
        side = task["limits"]["kept_side"]
        image.draft("RGB", (side, side))
        whole = _pixels(image, side)
    _save(whole, task["target"], KEPT_AS[arrived_as], KEPT_OPTIONS)
    return {
        "format": arrived_as,
        "kept_as": KEPT_AS[arrived_as],
        "width": whole.width,
        "height": whole.height,
        "frames": frames,
    }


def renditions(task: dict[str, Any]) -> dict[str, Any]:
    """Cut and shrink a kept image into all the files that the task names."""
    with Image.open(task["source"], formats=FORMATS) as image:
        _check_size(image, task["limits"])
        whole = _pixels(image, task["limits"]["kept_side"])
    made: dict[tuple[Any, ...], Image.Image] = {}
    for output in task["outputs"]:
        shape = (*output["box"], output["width"], output["height"])
        if shape not in made:
            made[shape] = whole.resize(
                (output["width"], output["height"]), Image.Resampling.LANCZOS, box=output["box"], reducing_gap=3.0
            )
        _save(made[shape], output["target"], output["format"], OPTIONS)
    return {}


def _check_size(image: Image.Image, limits: dict[str, int]) -> None:
    """Refuse a too large image before it is decoded: the header says its size (R-F4)."""
    if image.width * image.height > limits["pixels"] or max(image.size) > limits["side"]:
        raise Refused("too_many_pixels")


def _pixels(image: Image.Image, side: int) -> Image.Image:
    """The decoded pixels: sRGB with 8 bits, upright, no longer than `side`, without metadata.

    Shrinks first, so that the largest image is never in memory more than twice.
    """
    _load(image)
    profile, orientation = image.info.get("icc_profile"), image.getexif().get(ExifTags.Base.Orientation, 1)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode not in {mode, "CMYK"}:
        image = image.convert(mode)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _in_srgb(image, profile)
    if image.mode != mode:
        image = image.convert(mode)
    if orientation in TURNS:
        image = image.transpose(TURNS[orientation])
    image.info = {}
    return image


def _load(image: Image.Image) -> None:
    """Decode the image.

    For a WEBP, Pillow's decoder keeps two canvases for pictures that may follow. Freed before the picture itself is stored,
    they leave room for 40 megapixels within the memory limit; otherwise the picture would be in memory four times.
    """
    if isinstance(image, WebPImagePlugin.WebPImageFile):
        prepare = image.load_prepare

        def prepare_without_canvases() -> None:
            del image._decoder  # noqa: SLF001 - Pillow has no other way to let go of it
            prepare()

        image.load_prepare = prepare_without_canvases  # type: ignore[method-assign]
    image.load()


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a photo from another colour space to sRGB; an invalid profile is ignored."""
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _save(image: Image.Image, target: str, encoding: str, options: dict[str, dict[str, Any]]) -> None:
    if encoding == "JPEG" and image.mode != "RGB":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    file = BytesIO()
    image.save(file, format=encoding, **options[encoding])
    try:
        # Pillow does not write the file itself: when the disk fills up, it reports success.
        Path(target).write_bytes(file.getbuffer())
    except OSError:
        raise Refused("cannot_write") from None


TASKS: Final = {"kept": kept, "renditions": renditions}


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """The result of the task: `{"done": ...}` or `{"refused": code}`."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = task["limits"]["pixels"]
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    try:
        return {"done": TASKS[task["task"]](task)}
    except Refused as refusal:
        return {"refused": str(refusal)}
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return {"refused": "too_many_pixels"}
    except MemoryError:
        return {"refused": "too_demanding"}
    except Exception:  # noqa: BLE001 - decoders raise anything; the caller treats all of it alike
        return {"refused": "damaged"}
