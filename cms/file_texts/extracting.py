"""Reads the text of a file with `extractor.py`, and the words in pictures of pages with `recogniser.py`, each in a limited process."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from cms.core.confined import MEGABYTE, EndedEarly, run_confined
from cms.core.errors import Unavailable
from cms.core.storage.uploads import incoming_path
from cms.file_texts.models import TextFault

EXTRACTOR: Final = Path(__file__).with_name("extractor.py")
RECOGNISER: Final = Path(__file__).with_name("recogniser.py")
WALL_SECONDS: Final = 15.0
LIMITS: Final[dict[str, int]] = {
    "cpu_seconds": 10,
    "memory_bytes": 512 * MEGABYTE,
    "output_bytes": 32 * MEGABYTE,
    "nice": 10,
    "pages": 2_000,
    "characters": 4_000_000,
}
RECOGNISED_PAGES: Final = 100
"""The most pages of one file whose pictures are read."""
OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
READERS: Final[Mapping[str, str]] = {
    "application/pdf": "pdf",
    f"{OPEN_XML}wordprocessingml.document": "office",
    f"{OPEN_XML}presentationml.presentation": "office",
    f"{OPEN_DOCUMENT}text": "office",
    f"{OPEN_DOCUMENT}presentation": "office",
    f"{OPEN_XML}spreadsheetml.sheet": "tables",
    f"{OPEN_DOCUMENT}spreadsheet": "tables",
    "text/csv": "text",
    "text/plain": "text",
}
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""A photographed page: it has no text, and may be recognised."""
HAVE_TEXT: Final = frozenset(READERS) | PICTURES
TESSERACT: Final = "tesseract"
INDONESIAN: Final = "ind"
LANGUAGES: Final = (INDONESIAN, "eng")


class NoText(Exception):
    """The text cannot be read; `fault` says why."""

    def __init__(self, fault: TextFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Recogniser:
    """tesseract, the program that reads words in pictures, and the languages that it knows."""

    program: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundText:
    """What was found in a file; `texts` are (number, label, text)."""

    texts: list[tuple[int, str | None, str]]
    without_text: list[int]
    is_whole: bool = True
    pages: int | None = None
    title: str | None = None
    language: str | None = None
    is_tagged: bool | None = None
    is_encrypted: bool = False
    figures: int = 0
    figures_without_alt: int = 0


def find_text(source: Path, media_type: str) -> FoundText:
    """The text of a file of one of the kinds `HAVE_TEXT`. Raises `NoText`, `Unavailable` when the disk is full."""
    if media_type in PICTURES:
        return FoundText([], [1], pages=1)
    found = _answer_of(EXTRACTOR, {"source": str(source), "reader": READERS[media_type]})
    texts = [(number, label, text) for number, label, text in found.pop("texts")]
    return FoundText(texts=texts, **found)


def recognise_page(source: Path, media_type: str, number: int, recogniser: Recogniser) -> str:
    """The words in the picture of one page. Raises `NoText`, `Unavailable`."""
    task = {"source": str(source), "is_picture": media_type in PICTURES, "page": number}
    text: str = _answer_of(
        RECOGNISER, {**task, "tesseract": recogniser.program, "languages": "+".join(recogniser.languages)}
    )["text"]
    return text


@cache
def find_recogniser() -> Recogniser | None:
    """tesseract, if it is installed here and knows Indonesian. Looked for once: who installs it restarts the worker."""
    program = shutil.which(TESSERACT)
    if program is None:
        return None
    listed = subprocess.run([program, "--list-langs"], capture_output=True, check=False, text=True, timeout=10)  # noqa: S603 - a program of the operator's system
    languages = tuple(language for language in LANGUAGES if language in listed.stdout.split())
    return Recogniser(program, languages) if INDONESIAN in languages else None


def _answer_of(program: Path, task: Mapping[str, Any]) -> dict[str, Any]:
    with incoming_path() as target:
        try:
            answer = run_confined(program, {**task, "target": str(target)}, LIMITS, WALL_SECONDS)
        except EndedEarly:
            raise NoText(TextFault.TOO_DEMANDING) from None
        refused = answer.get("refused")
        if refused == "cannot_write":
            raise Unavailable("storage_full", headers={"Retry-After": "60"})
        if refused is not None:
            raise NoText(TextFault(refused))
        found: dict[str, Any] = json.loads(target.read_bytes())
        return found
