"""The program that reads the text of one file, in a process of its own (cms/core/confinement.py). It imports nothing of ours.

It writes `{"pages", "is_whole", "texts", "without_text", ...}` as JSON to the file `target`. A text is `[number, label, text]`: the pages of a
PDF, the slides of a presentation, the sheets of a table with their names; another file is one text.
"""

from __future__ import annotations

import json
import re
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import pypdfium2
from defusedxml import sax
from pypdfium2 import raw
from python_calamine import CalamineWorkbook

# The beginning of what is said about a file: nobody names one longer.
LONGEST_TITLE: Final = 300
SPARED_SECONDS: Final = 2.0
"""Before the limit of computing time: what was read until then is kept."""
# pdfium puts U+FFFE or U+0002 where a word is parted at the end of a line.
PARTED: Final = re.compile("[\ufffe\u0002]\r?\n?")
NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
BLANKS: Final = re.compile(r"[^\S\n]+")
ENDS_OF_LINES: Final = re.compile(r" ?\n ?(?:\n\s*)*")
SLIDE: Final = re.compile(r"ppt/slides/slide([0-9]{1,5})\.xml")
# Where the words of an office document stand: in runs (Office Open XML), in paragraphs and headings (OpenDocument).
HOLDERS: Final = {False: {"t"}, True: {"p", "h"}}
LINES: Final = {"p", "h", "tr", "table-row"}
BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "tc": "\t", "table-cell": "\t"}
# Words that are not shown: what a tracked change took out, remarks of the office.
HIDDEN: Final = {"del", "moveFrom", "tracked-changes", "annotation"}


class Refused(Exception):
    """The text cannot be read; the text of the error is one of the codes that `cms.file_texts.extracting` knows."""


class Texts:
    """The texts found so far, within the limits of the task."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.limits = limits
        self.found: list[tuple[int, str | None, str]] = []
        self.without_text: list[int] = []
        self.is_whole = True
        self._room = limits["characters"]

    def add(self, number: int, text: str, label: str | None = None) -> None:
        """Keep the text, or the part of it that there is still room for."""
        cleaned = clean(text)
        self.is_whole = self.is_whole and len(cleaned) <= self._room
        cleaned = cleaned[: self._room]
        self._room -= len(cleaned)
        if cleaned:
            self.found.append((number, label, cleaned))

    def has_room(self) -> bool:
        """False, and the file counts as not read whole, when time or room have run out."""
        if self._room > 0 and time.process_time() < self.limits["cpu_seconds"] - SPARED_SECONDS:
            return True
        self.is_whole = False
        return False


def clean(text: str) -> str:
    """One form of each letter (NFC), no characters that no text has, one blank between words, no empty lines."""
    text = NO_TEXT.sub("", PARTED.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))
    return ENDS_OF_LINES.sub("\n", BLANKS.sub(" ", unicodedata.normalize("NFC", text))).strip()


def read_pdf(path: str, texts: Texts) -> dict[str, Any]:
    """The text layer of each page; pages that show something and have none are `without_text`."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "damaged") from None
    pages = len(document)
    about = {
        "pages": pages,
        "title": clean(document.get_metadata_dict().get("Title", ""))[:LONGEST_TITLE] or None,
        "language": _language(document),
        "is_tagged": bool(raw.FPDFCatalog_IsTagged(document)),
        "is_encrypted": raw.FPDF_GetSecurityHandlerRevision(document) >= 0,
        "figures": 0,
        "figures_without_alt": 0,
    }
    for index in range(min(pages, texts.limits["pages"])):
        if not texts.has_room():
            break
        _read_page(document, index, texts, about)
    texts.is_whole = texts.is_whole and pages <= texts.limits["pages"]
    return about


def _read_page(document: pypdfium2.PdfDocument, index: int, texts: Texts, about: dict[str, Any]) -> None:
    """One page. A damaged one has no text; the others are read."""
    try:
        page = document[index]
        textpage = page.get_textpage()
        text = textpage.get_text_bounded() if textpage.count_chars() else ""
        is_empty = not text.strip()
        if is_empty and raw.FPDFPage_CountObjects(page):
            texts.without_text.append(index + 1)
        texts.add(index + 1, text)
        if about["is_tagged"]:
            for has_alt in _figures(page):
                about["figures"] += 1
                about["figures_without_alt"] += not has_alt
        textpage.close()
        page.close()
    except pypdfium2.PdfiumError:
        texts.is_whole = False


def _language(document: pypdfium2.PdfDocument) -> str | None:
    """The language that the file says it is in (`id-ID`), of at most 35 characters (RFC 5646)."""
    length = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < length <= 2 * 36:
        return None
    buffer = (raw.FPDF_WCHAR * (length // 2))()
    raw.FPDFCatalog_GetLanguage(document, buffer, length)
    return clean(bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")) or None


def _figures(page: pypdfium2.PdfPage) -> Iterator[bool]:
    """For each figure in the structure of a page: whether it has an alternative text."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    waiting = [
        raw.FPDF_StructTree_GetChildAtIndex(tree, number) for number in range(raw.FPDF_StructTree_CountChildren(tree))
    ]
    looked_at = 0
    while waiting and looked_at < 5_000:
        element = waiting.pop()
        looked_at += 1
        if not element:
            continue
        if _kind(element) == "Figure":
            yield raw.FPDF_StructElement_GetAltText(element, None, 0) > 2
        children = min(raw.FPDF_StructElement_CountChildren(element), 1_000)
        waiting += [raw.FPDF_StructElement_GetChildAtIndex(element, number) for number in range(children)]
    raw.FPDF_StructTree_Close(tree)


def _kind(element: Any) -> str:
    length = raw.FPDF_StructElement_GetType(element, None, 0)
    if not 2 < length <= 128:
        return ""
    buffer = (raw.FPDF_WCHAR * (length // 2))()
    raw.FPDF_StructElement_GetType(element, buffer, length)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def read_tables(path: str, texts: Texts) -> dict[str, Any]:
    """The sheets of a table, each a text with the sheet's name; cells of a row are parted by a tab."""
    book = CalamineWorkbook.from_path(path)
    for number, name in enumerate(book.sheet_names, start=1):
        if not texts.has_room():
            break
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
        lines = ("\t".join(str(cell) for cell in row if cell != "") for row in rows)
        texts.add(number, "\n".join(line for line in lines if line), clean(str(name))[:100])
    with zipfile.ZipFile(path) as archive:
        return {"pages": len(book.sheet_names), **_about(archive)}


def read_office(path: str, texts: Texts) -> dict[str, Any]:
    """The words of a text document as one text, or the slides of a presentation."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        slides = sorted((int(found[1]), found[0]) for name in names if (found := SLIDE.fullmatch(name)))
        for number, name in slides:
            if texts.has_room():
                texts.add(number, _words(archive, name, texts))
        notes = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
        main = notes if "word/document.xml" in names else ("content.xml",)
        if not slides:
            texts.add(1, "\n".join(_words(archive, name, texts) for name in main if name in names))
        return {"pages": len(slides) or None, **_about(archive)}


class _Enough(Exception):
    """There is no room, or no time, for more."""


class _Words(ContentHandler):
    """Collects the words of one part, a line for each paragraph and each row of a table."""

    def __init__(self, texts: Texts, *, is_open_document: bool) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._texts, self._holders = texts, HOLDERS[is_open_document]
        self._room, self._inside, self._hidden = texts.limits["characters"], 0, 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the library's name
        """A beginning."""
        tag = name.rpartition(":")[2]
        self._inside += tag in self._holders
        self._hidden += tag in HIDDEN

    def endElement(self, name: str) -> None:  # noqa: N802
        """An end."""
        tag = name.rpartition(":")[2]
        self._inside -= tag in self._holders
        self._hidden -= tag in HIDDEN
        if not self._hidden:
            self.pieces.append("\n" if tag in LINES else BREAKS.get(tag, ""))

    def characters(self, content: str) -> None:
        """Some characters of a text."""
        if self._inside and not self._hidden:
            self.pieces.append(content)
            self._room -= len(content)
            if self._room < 0 or not self._texts.has_room():
                self._texts.is_whole = False
                raise _Enough


def _words(archive: zipfile.ZipFile, name: str, texts: Texts) -> str:
    """The words of one part of an office document, until there is no room for more."""
    handler = _Words(texts, is_open_document=name == "content.xml")
    with archive.open(name) as part, suppress(_Enough):
        sax.parse(part, handler)
    return "".join(handler.pieces)


class _About(ContentHandler):
    """Title and language of an office document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._tag = ""

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        """A beginning."""
        self._tag = name.rpartition(":")[2]

    def endElement(self, name: str) -> None:  # noqa: N802
        """An end."""
        self._tag = ""

    def characters(self, content: str) -> None:
        """Some characters of a text."""
        if self._tag in {"title", "language"}:
            self.found[self._tag] = (self.found.get(self._tag, "") + content)[:LONGEST_TITLE]


def _about(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Title and language, as an office document says them."""
    handler = _About()
    for name in {"docProps/core.xml", "meta.xml"} & set(archive.namelist()):
        with archive.open(name) as part:
            sax.parse(part, handler)
    return {
        "title": clean(handler.found.get("title", "")) or None,
        "language": clean(handler.found.get("language", ""))[:35] or None,
    }


def read_text(path: str, texts: Texts) -> dict[str, Any]:
    """A file that is text (UTF-8) already."""
    with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
        texts.add(1, file.read(texts.limits["characters"] + 1))
    return {"pages": None}


READERS: Final = {"pdf": read_pdf, "tables": read_tables, "office": read_office, "text": read_text}


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """`{"done": true}` when the result is written, or `{"refused": code}`."""
    texts = Texts(task["limits"])
    try:
        about = READERS[task["reader"]](task["source"], texts)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "too_demanding"}
    except Exception:  # noqa: BLE001 - parsers raise anything; the caller treats all of it alike
        return {"refused": "damaged"}
    result = {**about, "is_whole": texts.is_whole, "texts": texts.found, "without_text": texts.without_text}
    try:
        Path(task["target"]).write_text(json.dumps(result), encoding="utf-8")
    except OSError:
        return {"refused": "cannot_write"}
    return {"done": True}
