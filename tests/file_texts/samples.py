"""Files with known words: of each kind that has text, as programs write them."""

from __future__ import annotations

import io
from collections.abc import Sequence

from fpdf import FPDF
from PIL import Image, ImageDraw

from tests.documents.samples import OPEN_XML, content_types, open_document, relationship, relationships, zipped

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
TEXTS = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Laporan  tahunan</dc:title><dc:language>id-ID</dc:language></cp:coreProperties>'
)


def pdf(*pages: str, title: str | None = None, language: str | None = None, password: str | None = None) -> bytes:
    """A PDF with these words on its pages; an empty page shows nothing."""
    made = FPDF()
    made.set_font("Helvetica", size=12)
    if title is not None:
        made.set_title(title)
    if language is not None:
        made.set_lang(language)
    for words in pages:
        made.add_page()
        made.multi_cell(0, 8, words)
    if password is not None:
        made.set_encryption(owner_password="pemilik", user_password=password)
    return bytes(made.output())


def scan(*pages: Image.Image) -> bytes:
    """A PDF whose pages are pictures."""
    made = FPDF()
    for page in pages:
        made.add_page()
        made.image(page, x=0, y=0, w=210)
    return bytes(made.output())


def picture_of(words: Sequence[str]) -> Image.Image:
    """A page of A4 with these lines in black on white, as a scanner sees it."""
    page = Image.new("L", (1654, 2339), 255)
    drawn = ImageDraw.Draw(page)
    for number, line in enumerate(words):
        drawn.text((150, 200 + 90 * number), line, fill=0, font_size=52)
    return page


def as_png(page: Image.Image) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    page.save(target, "PNG")
    return target.getvalue()


def docx(body: str, core: str | None = CORE) -> bytes:
    """A DOCX with this body."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(f"{OPEN_XML}wordprocessingml.document.main+xml"),
        "_rels/.rels": relationships(relationship("officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
    }
    return zipped({**parts, **({"docProps/core.xml": core} if core else {})})


def pptx(*slides: str) -> bytes:
    """A PPTX with a text on each slide."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(f"{OPEN_XML}presentationml.presentation.main+xml"),
        "_rels/.rels": relationships(relationship("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {DRAWING}/>",
    }
    for number, words in enumerate(slides, start=1):
        parts[f"ppt/slides/slide{number}.xml"] = f"<p:sld {DRAWING}><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:sld>"
    return zipped(parts)


def odt(body: str) -> bytes:
    """An ODT with this body."""
    content = f"<office:document-content {TEXTS}><office:body>{body}</office:body></office:document-content>"
    return open_document("text", {"content.xml": content})


def xlsx(sheets: dict[str, Sequence[Sequence[str]]]) -> bytes:
    """An XLSX of these sheets, each rows of words."""
    kind = f"{OPEN_XML}spreadsheetml.sheet.main+xml"
    names = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(sheets, start=1)
    )
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(kind),
        "_rels/.rels": relationships(relationship("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {SHEET}><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(
            *(relationship("worksheet", f"worksheets/sheet{n}.xml", number=n) for n in range(1, len(sheets) + 1))
        ),
    }
    for number, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {SHEET}><sheetData>{''.join(map(_row, rows))}</sheetData></worksheet>"
        )
    return zipped(parts)


def _row(cells: Sequence[str]) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"
