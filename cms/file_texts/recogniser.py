"""The program that reads the words in the picture of one page, in a process of its own (cms/core/confinement.py).

The picture is a page of a PDF, or a picture file. tesseract, a program of the system, reads it within the same limits. It imports nothing of ours.
"""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
from pathlib import Path
from typing import Any, Final

import pypdfium2
from PIL import Image

POINTS_PER_INCH: Final = 72
DOTS_PER_INCH: Final = 200
LARGEST_SIDE: Final = 3_000
"""In pixels: a page of A4 has 2,339, and tesseract gains nothing by more."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
PR_SET_PDEATHSIG: Final = 1


def picture_of(task: dict[str, Any]) -> Image.Image:
    """The page in shades of grey."""
    if task["is_picture"]:
        with Image.open(task["source"], formats=FORMATS) as image:
            image.draft("L", (LARGEST_SIDE, LARGEST_SIDE))
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), reducing_gap=2.0)
            return image.convert("L")
    page = pypdfium2.PdfDocument(task["source"])[task["page"] - 1]
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, LARGEST_SIDE / max(*page.get_size(), 1.0))
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture.convert("L")


def end_with_the_reader() -> None:
    """In the new process of tesseract: it is killed with whoever has started it (Linux). Safe, since that one has a single thread."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def recognised(task: dict[str, Any]) -> str:
    """The words. Raises `CalledProcessError`, and what the libraries raise."""
    target = Path(task["target"])
    with target.open("wb") as file:
        picture_of(task).save(file, "PNG", compress_level=1)
    done = subprocess.run(  # noqa: S603 - the path comes from the operator's system
        [task["tesseract"], str(target), "stdout", "-l", task["languages"], "--psm", "3"],
        capture_output=True, check=True, env={"OMP_THREAD_LIMIT": "1"}, stdin=subprocess.DEVNULL,
        preexec_fn=end_with_the_reader,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """`{"done": true}` when the text is written as JSON, or `{"refused": code}`."""
    Image.MAX_IMAGE_PIXELS = 40_000_000
    try:
        text = recognised(task)
    except MemoryError:
        return {"refused": "too_demanding"}
    except subprocess.CalledProcessError:
        return {"refused": "too_demanding"}
    except Exception:  # noqa: BLE001 - libraries raise anything; the caller treats all of it alike
        return {"refused": "damaged"}
    try:
        Path(task["target"]).write_text(json.dumps({"text": text}), encoding="utf-8")
    except OSError:
        return {"refused": "cannot_write"}
    return {"done": True}
