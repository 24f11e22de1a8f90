"""Writes what was read of files. None of it is a change of content, so the log has no lines about it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from cms.core import clock
from cms.core.db import UnitOfWork, unit_of_work
from cms.file_texts.extracting import RECOGNISED_PAGES, FoundText
from cms.file_texts.models import FileText, FileTextPage, TextFault, TextState


def keep_text(sha256: str, found: FoundText) -> None:
    """Write the text of a file; also anew, when two workers have read it at once."""
    with unit_of_work() as unit:
        text = _locked(unit, sha256)
        if text is None:
            return
        unit.session.execute(delete(FileTextPage).where(FileTextPage.sha256 == sha256))
        for name in (
            "pages",
            "is_whole",
            "title",
            "language",
            "is_tagged",
            "is_encrypted",
            "figures",
            "figures_without_alt",
        ):
            setattr(text, name, getattr(found, name))
        text.without_text = found.without_text
        text.characters = sum(len(said) for _number, _label, said in found.texts)
        is_scan = len(found.without_text) * 2 >= (found.pages or 1) and bool(found.without_text)
        text.state = (TextState.SCAN if is_scan else TextState.READ).value
        text.waits_for_ocr, text.recognised = bool(found.without_text), 0
        text.fault, text.read_at, text.personal_data, text.is_new = None, clock.now(), None, True
        unit.add(
            *(FileTextPage(sha256=sha256, number=number, label=label, text=said) for number, label, said in found.texts)
        )


def keep_fault(sha256: str, fault: TextFault) -> None:
    """Write why a text could not be read."""
    with unit_of_work() as unit:
        text = _locked(unit, sha256)
        if text is not None:
            text.state, text.fault, text.read_at = TextState.FAILED.value, fault.value, clock.now()
            text.is_encrypted = text.is_encrypted or fault is TextFault.ENCRYPTED


def keep_recognised(sha256: str, number: int, said: str) -> None:
    """Write the words of one page that was a picture; after the last page the file waits no more."""
    with unit_of_work() as unit:
        text = _locked(unit, sha256)
        if text is None or not text.waits_for_ocr:
            return
        unit.session.execute(delete(FileTextPage).where(FileTextPage.sha256 == sha256, FileTextPage.number == number))
        if said:
            unit.add(FileTextPage(sha256=sha256, number=number, text=said, is_recognised=True))
            text.characters += len(said)
            text.is_new = True
        text.recognised += 1
        if text.recognised >= min(len(text.without_text), RECOGNISED_PAGES):
            text.waits_for_ocr = False
            text.personal_data = None
            if text.state == TextState.SCAN.value:
                text.state = TextState.OCR.value


def forget_texts(digests: Collection[str]) -> None:
    """Remove what was read of bytes that no file has any more."""
    with unit_of_work() as unit:
        for table in (FileTextPage, FileText):
            unit.session.execute(delete(table).where(table.sha256.in_(digests)))


def _locked(unit: UnitOfWork, sha256: str) -> FileText | None:
    return unit.session.scalar(
        select(FileText).where(FileText.sha256 == sha256).with_for_update().execution_options(populate_existing=True)
    )
