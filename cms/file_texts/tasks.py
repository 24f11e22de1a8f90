"""Reads the files that wait, one at a time, behind the images: nobody waits for a text, and publication never does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cms.core.dead_letters.tasks import putting_aside
from cms.core.logging import get_logger
from cms.core.runtime import runtime
from cms.core.storage.blobs import storage_errors
from cms.core.storage.uploads import incoming_path
from cms.file_texts.extracting import NoText, Recogniser, find_recogniser, find_text, recognise_page
from cms.file_texts.models import FileText
from cms.file_texts.queries import QUEUE, next_for_ocr, next_received
from cms.file_texts.services import keep_fault, keep_recognised, keep_text

log = get_logger(__name__)


def read_waiting() -> bool:
    """Read the file that has waited longest, or else one page that is a picture; True when more may be waiting.

    A task of the worker, on a thread of its own. If it runs twice at once, both write the same. Raises `Unavailable`.
    """
    text = next_received()
    if text is not None:
        with putting_aside(QUEUE, text.sha256):
            _read(text)
        return True
    recogniser = find_recogniser()
    text = next_for_ocr() if recogniser is not None else None
    if text is None or recogniser is None:
        return False
    with putting_aside(QUEUE, text.sha256):
        _recognise(text, recogniser)
    return True


def _read(text: FileText) -> None:
    try:
        with _fetched(text.sha256) as source:
            found = find_text(source, text.media_type)
    except NoText as nothing:
        log.info("file_text_failed", sha256=text.sha256, fault=nothing.fault.value)
        keep_fault(text.sha256, nothing.fault)
        return
    keep_text(text.sha256, found)


def _recognise(text: FileText, recogniser: Recogniser) -> None:
    """One page, so that a long scan holds up no file that comes later. A page that cannot be recognised has no words."""
    number = text.without_text[text.recognised]
    try:
        with _fetched(text.sha256) as source:
            said = recognise_page(source, text.media_type, number, recogniser)
    except NoText as nothing:
        log.info("page_not_recognised", sha256=text.sha256, page=number, fault=nothing.fault.value)
        said = ""
    keep_recognised(text.sha256, number, said)


@contextmanager
def _fetched(sha256: str) -> Iterator[Path]:
    """The bytes as a file of this machine. Raises `Unavailable`."""
    chunks = runtime().storage.open(sha256)
    with incoming_path() as path:
        with storage_errors(), path.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
        yield path
