"""Files that are made to exhaust whoever reads them."""

from __future__ import annotations

import zlib

from tests.documents.samples import OPEN_XML, content_types, relationship, relationships, zipped
from tests.file_texts.samples import SHEET, WORD, docx


def with_table(objects: list[bytes], trailer: bytes = b"/Root 1 0 R", at: int | None = None) -> bytes:
    """A PDF of these objects with a table of cross-references; `at` is where it says that the table is."""
    body = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body) if at is None else at
    return body + table + b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)


def looped_tables() -> bytes:
    """The table of cross-references names itself as the one before it."""
    first = with_table([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"])
    place = first.index(b"xref\n")
    return first.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % place)


def looped_pages() -> bytes:
    """A tree of pages that contains itself."""
    return with_table([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"])


def million_pages() -> bytes:
    """One page, named a million times by nodes that name the same nodes."""
    levels = [b"<</Type/Catalog/Pages 2 0 R>>"]
    for level in range(6):
        kids = b" ".join([b"%d 0 R" % (level + 3)] * 10)
        levels.append(b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, 10 ** (6 - level)))
    levels.append(b"<</Type/Page/MediaBox[0 0 9 9]>>")
    return with_table(levels)


def huge_stream() -> bytes:
    """A page whose content is a gigabyte of blanks in a megabyte."""
    packer = zlib.compressobj(9)
    blank = b" " * 1_000_000
    packed = b"".join(packer.compress(blank) for _ in range(1000)) + packer.flush()
    return with_table(
        [
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        ]
    )  # fmt: skip


def deep_objects() -> bytes:
    """A hundred thousand arrays in each other."""
    return with_table(
        [b"<</Type/Catalog/Pages 2 0 R/X %s%s>>" % (b"[" * 100_000, b"]" * 100_000), b"<</Type/Pages/Kids[]/Count 0>>"]
    )


def without_map() -> bytes:
    """Words in a font that does not say which letters its signs are."""
    content = b"BT /F 12 Tf 9 9 Td <0102030405> Tj ET"
    return with_table(
        [
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/CharProcs<<>>/Encoding<<>>>>",
        ]
    )  # fmt: skip


def wide_table(rows: int = 400_000) -> bytes:
    """A sheet of a hundred thousands of rows that packs well."""
    row = '<row><c t="inlineStr"><is><t>anggaran belanja daerah</t></is></c></row>'
    return zipped(
        {
            "[Content_Types].xml": content_types(f"{OPEN_XML}spreadsheetml.sheet.main+xml"),
            "_rels/.rels": relationships(relationship("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {SHEET}><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relationships(relationship("worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f"<worksheet {SHEET}><sheetData>{row * rows}</sheetData></worksheet>",
        }
    )


def far_cell() -> bytes:
    """A sheet with two cells, the second in the last row and column that there is."""
    return zipped(
        {
            "[Content_Types].xml": content_types(f"{OPEN_XML}spreadsheetml.sheet.main+xml"),
            "_rels/.rels": relationships(relationship("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {SHEET}><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relationships(relationship("worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f'<worksheet {SHEET}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>',
        }
    )


def entities() -> bytes:
    """A DOCX whose words are entities of entities."""
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    return zipped(
        {
            "[Content_Types].xml": content_types(f"{OPEN_XML}wordprocessingml.document.main+xml"),
            "_rels/.rels": relationships(relationship("officeDocument", "word/document.xml")),
            "word/document.xml": f'<!DOCTYPE w [<!ENTITY e0 "kata">{declared}]>'
            f"<w:document {WORD}><w:body><w:p><w:r><w:t>&e8;</w:t></w:r></w:p></w:body></w:document>",
        }
    )


def deep_markup() -> bytes:
    """A DOCX of two hundred thousand elements in each other."""
    return docx("<w:x>" * 200_000 + "</w:x>" * 200_000)


def outside(target: str) -> bytes:
    """A DOCX with a relationship to a file of this machine."""
    return zipped(
        {
            "[Content_Types].xml": content_types(f"{OPEN_XML}wordprocessingml.document.main+xml"),
            "_rels/.rels": relationships(relationship("officeDocument", "word/document.xml")),
            "word/document.xml": f'<!DOCTYPE w [<!ENTITY x SYSTEM "{target}">]>'
            f"<w:document {WORD}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>",
        }
    )
