"""Files that do something by themselves when they are opened are refused; what leads to a place in the document is fine."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from fpdf.enums import EncryptionMethod

from cms.core.errors import DomainError
from cms.documents.file_types import recognised_type
from tests.core.processor_time import keep
from tests.documents.samples import office, open_document

END = b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def pdf(catalog: bytes, *more: bytes) -> bytes:
    """A PDF whose catalog has these entries."""
    return b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + catalog + b">>\nendobj\n" + b"\n".join(more) + END


def packed(objects: dict[int, bytes], extra: bytes = b"/Filter/FlateDecode") -> bytes:
    """These objects in an object stream."""
    pairs, content = b"", b""
    for number, text in objects.items():
        pairs += b"%d %d " % (number, len(content))
        content += text + b" "
    data = zlib.compress(pairs + content) if b"Flate" in extra else pairs + content
    head = b"9 0 obj\n<</Type/ObjStm/N %d/First %d%b/Length %d>>\nstream\n" % (
        len(objects),
        len(pairs),
        extra,
        len(data),
    )
    return head + data + b"\nendstream\nendobj"


def is_refused(content: bytes, tmp_path: Path, name: str = "a.pdf") -> bool:
    path = tmp_path / name
    path.write_bytes(content)
    try:
        recognised_type(path, name)
    except DomainError:
        return True
    return False


ACTIVE = {
    "script on opening": pdf(b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
    "script in a tree of names": pdf(b"/Names<</JavaScript 5 0 R>>"),
    "program": pdf(b"/OpenAction 5 0 R", b"5 0 obj<</S/Launch/F(cmd.exe)>>endobj"),
    "program in an annotation": pdf(b"", b"5 0 obj<</A<</S /Launch /F(x)>>>>endobj"),
    "address on opening": pdf(b"/OpenAction<</S/URI/URI(https://slot88.com)>>"),
    "address by reference": pdf(b"/OpenAction 5 0 R", b"5 0 obj\n<</S/URI/URI(https://slot88.com)>>\nendobj"),
    "two objects with one number": pdf(b"/OpenAction 5 0 R", b"5 0 obj[2 0 R/Fit]endobj", b"5 0 obj<</S/URI/URI(x)>>endobj"),
    "what comes after": pdf(b"/OpenAction<</S/GoTo/D[2 0 R/Fit]/Next<</S/URI/URI(x)>>>>"),
    "what comes after a text with brackets": pdf(b"/OpenAction<</S/GoTo/D(a (b\\)) >> c)/Next<</S/URI/URI(x)>>>>"),
    "what comes after a number in brackets": pdf(b"/OpenAction<</S/GoTo/D<28>/X(<(>) >>)/Next<</S/URI/URI(x)>>>>"),
    "what comes after a comment": pdf(b"/OpenAction<</S/GoTo%>>\n/D(x)/Next<</S/URI/URI(x)>>>>"),
    "what comes after in packed objects": pdf(
        b"/OpenAction 5 0 R", packed({5: b"<</S/GoTo/D(x)/Next 6 0 R>>", 6: b"<</S/URI/URI(x)>>"})
    ),
    "other kind in packed objects": pdf(b"/OpenAction 5 0 R", packed({5: b"<</D(x)/S/URI/URI(x)>>", 6: b"<</S/GoTo>>"})),
    "nothing behind it": pdf(b"/OpenAction 7 0 R"),
    "additional actions": pdf(b"/AA<</WC 5 0 R>>", b"5 0 obj<</S/URI/URI(x)>>endobj"),
    "additional actions of a page": pdf(b"", b"2 0 obj<</Type/Page/AA 6 0 R>>endobj"),
    "comment between": pdf(b"/OpenAction%x\n<</S/URI/URI(x)>>"),
    "escaped name": pdf(b"/Open#41ction<</S/URI/URI(x)>>"),
    "escaped script": pdf(b"/X<</S/J#61vaScript>>"),
    "packed script": pdf(b"", packed({5: b"<</S/JavaScript/JS(x)>>"})),
    "packed catalog": b"%PDF-1.7\n" + packed({1: b"<</Type/Catalog/OpenAction 5 0 R>>", 5: b"<</S/URI/URI(x)>>"}) + END,
    "packed action": pdf(b"/OpenAction 5 0 R", packed({5: b"<</S/SubmitForm/F(x)>>"})),
    "unusual packing": pdf(b"", packed({5: b"<<>>"}, b"/Filter[/ASCIIHexDecode/FlateDecode]")),
    "script before a null": pdf(b"/X<</S/JavaScript\0/JS(x)>>"),
    "packed behind a long dictionary": pdf(b"", packed({5: b"<</S/JavaScript/JS(x)>>"}, b"/Filter/FlateDecode/X(" + b"x" * 2_000 + b")")),
    "packed after a bare return": pdf(b"", packed({5: b"<</S/JavaScript/JS(x)>>"}).replace(b"stream\nx", b"stream\rx")),
    "packed by reference": pdf(b"7 0 obj/ObjStm endobj", packed({5: b"<<>>"}).replace(b"/Type/ObjStm", b"/Type 7 0 R")),
    "broken objects": pdf(b"", packed({5: b"<<>>"}).replace(b"stream\nx\x9c", b"stream\nzz")),
    "encrypted and a script": pdf(b"/Encrypt 8 0 R/Names<</JavaScript 5 0 R>>"),
    "escaped encryption": pdf(b"/Encr#79pt 8 0 R", packed({5: b"<<>>"})),
    "program inside": pdf(b"/Names<</EmbeddedFiles 5 0 R>>", b"5 0 obj<</Names[(a)6 0 R]>>endobj 6 0 obj<</F(x.exe)>>endobj"),
    "stream of a file inside": pdf(b"", b"5 0 obj<</Type/EmbeddedFile/Length 0>>stream\nendstream endobj"),
    "packed file inside": pdf(b"", packed({5: b"<</EmbeddedFiles 6 0 R>>"})),
    "escaped file inside": pdf(b"/Names<</Embedded#46iles 5 0 R>>"),
    "goes to a file inside": pdf(b"", b"5 0 obj<</A<</S/GoToE/T<</R/C>>>>>>endobj"),
    "form that is a program": pdf(b"/AcroForm<</XFA 5 0 R/Fields[]>>"),
    "form in parts": pdf(b"/AcroForm<</XFA[(template)5 0 R]>>"),
    "rich media": pdf(b"", b"5 0 obj<</Type/Annot/Subtype/RichMedia/RichMediaContent 6 0 R>>endobj"),
    "film": pdf(b"", b"5 0 obj<</Type/Annot/Subtype/Movie/Movie 6 0 R>>endobj"),
    "bomb": pdf(b"", packed({5: b"0" * 40_000_000})),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVE)
def test_a_pdf_that_does_something_by_itself_is_refused(name: str, tmp_path: Path) -> None:
    assert is_refused(ACTIVE[name], tmp_path)


def encrypted(**values: Any) -> bytes:
    """A PDF that opens without a password, and lets nobody change it without one."""
    document = FPDF()
    document.set_encryption(owner_password="rahasia", **values)
    document.add_page()
    return bytes(document.output())


def written_by_a_library() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica")
    document.cell(text="Rencana kerja", link="https://balikpapan.go.id")
    document.set_title("Rencana kerja")
    return bytes(document.output())


PROTECTED = {
    "encrypted": pdf(b"", b"8 0 obj<</Filter/Standard/V 2/R 3/P -44>>endobj", b"trailer<</Encrypt 8 0 R>>"),
    "and packed": pdf(b"/Encrypt 8 0 R", packed({5: b"<<>>"}).replace(b"stream\nx\x9c", b"stream\nzz")),
    "and packed in an unusual way": pdf(b"/Encrypt 8 0 R", packed({5: b"<<>>"}, b"/Filter[/Crypt/FlateDecode]")),
    "and a place in packed objects": pdf(b"/Encrypt 8 0 R/OpenAction 7 0 R"),
    "by a comment": pdf(b"", b"trailer<</Encrypt%" + b"x" * 300 + b"\n8 0 R>>"),
    "by a library": encrypted(encryption_method=EncryptionMethod.RC4),
    "by a library, strings only": encrypted(encryption_method=EncryptionMethod.NO_ENCRYPTION),
    "for who has the word": encrypted(user_password="rahasia"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROTECTED)
def test_a_protected_pdf_is_a_file_to_save(name: str, tmp_path: Path) -> None:
    """Nobody can look into it, so no browser shows it."""
    path = tmp_path / "a.pdf"
    path.write_bytes(PROTECTED[name])
    found = recognised_type(path, "a.pdf")
    assert (found.media_type, found.is_protected, found.is_attachment) == ("application/pdf", True, True)


HIDING = {
    "an action that is visible": pdf(b"/Encrypt 8 0 R/OpenAction 5 0 R", b"5 0 obj<</S/URI/URI(x)>>endobj"),
    "a script that is visible": pdf(b"/Encrypt 8 0 R/Names<</JavaScript 5 0 R>>"),
    "a script that only seems encrypted": pdf(b"/Encrypt 8 0 R", packed({5: b"<</S/JavaScript/JS(x)>>"})),
    "a bomb that only seems encrypted": pdf(b"/Encrypt 8 0 R", packed({5: b"0" * 40_000_000})),
}


@pytest.mark.parametrize("name", HIDING)
def test_protection_hides_no_action_that_can_be_seen(name: str, tmp_path: Path) -> None:
    assert is_refused(HIDING[name], tmp_path)


PASSIVE = {
    "page": pdf(b"/OpenAction[2 0 R/Fit]"),
    "page by reference": pdf(b"/OpenAction 5 0 R", b"5 0 obj [2 0 R /XYZ null null 0] endobj"),
    "go to": pdf(b"/OpenAction<</S/GoTo/D[2 0 R/Fit]>>"),
    "go to by reference": pdf(b"/OpenAction 5 0 R", b"5 0 obj<</Type/Action/S/GoTo/D(bab1)>>endobj"),
    "packed place before other objects": pdf(
        b"/OpenAction 5 0 R", packed({5: b"<< /S /GoTo /D [2 0 R /Fit] >>", 6: b"<</Type/Annot/A<</S/URI/URI(x)>>>>"})
    ),
    "one filter in a list": pdf(b"", packed({5: b"<<>>"}, b"/Filter [ /FlateDecode ]")),
    "packed page": pdf(b"/OpenAction 5 0 R", packed({4: b"<<>>", 5: b"[2 0 R/Fit]"})),
    "link": pdf(b"", b"5 0 obj<</Subtype/Link/A<</S/URI/URI(https://balikpapan.go.id)>>>>endobj"),
    "words": pdf(b"", b"5 0 obj(Tentang JavaScript, Launch dan OpenAction)endobj"),
    "noise": pdf(b"", b"5 0 obj<</Length 9>>stream\n/AA \x00\x9c/JS#\nendstream endobj"),
    "words about encryption": pdf(b"", b"8 0 obj<</EncryptMetadata false/T(Encrypt)>>endobj"),
    "form": pdf(b"/AcroForm<</Fields[5 0 R]/NeedAppearances true>>"),
    "words about it": pdf(b"", b"5 0 obj(EmbeddedFiles, XFA dan RichMedia)endobj"),
    "library": written_by_a_library(),
}  # fmt: skip


@pytest.mark.parametrize("name", PASSIVE)
def test_an_ordinary_pdf_is_accepted(name: str, tmp_path: Path) -> None:
    assert not is_refused(PASSIVE[name], tmp_path)


@pytest.mark.parametrize(
    "kind", ["attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk", "image", "video", "x"]
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_an_office_document_that_fetches_something_is_refused(kind: str, coding: str, tmp_path: Path) -> None:
    relationship = f'<Relationship Id="r1" Type="{TYPE}{kind}" Target="https://slot88.com/x.dotm" TargetMode="{{}}"/>'
    for mode in ("External", "&#69;xternal"):
        part = RELS.format(relationship.format(mode)).replace('<?xml version="1.0"?>', "").encode(coding)
        extra: dict[str, bytes | str] = {"word/_rels/settings.xml.rels": part}
        assert is_refused(office(extra=extra), tmp_path, "a.docx")


@pytest.mark.parametrize("part", ['<!DOCTYPE x [<!ENTITY e "External">]><x/>', "no XML", "<x"])
def test_relationships_that_cannot_be_read_are_refused(part: str, tmp_path: Path) -> None:
    assert is_refused(office(extra={"word/_rels/settings.xml.rels": part}), tmp_path, "a.docx")


def test_links_and_templates_inside_stay(tmp_path: Path) -> None:
    link = f'<Relationship Id="r1" Type="{TYPE}hyperlink" Target="https://balikpapan.go.id" TargetMode="External"/>'
    inside = f'<Relationship Id="r2" Type="{TYPE}attachedTemplate" Target="template.xml"/>'
    extra: dict[str, bytes | str] = {"word/_rels/settings.xml.rels": RELS.format(link + inside)}
    assert not is_refused(office(extra=extra), tmp_path, "a.docx")
    assert not is_refused(open_document(), tmp_path, "a.odt")


def odf(inside: str, part: str = "content.xml") -> bytes:
    names = " ".join(f'xmlns:{name}="urn:{name}"' for name in ("draw", "text", "table", "script"))
    return open_document(extra={part: f'<x {names} xmlns:l="http://www.w3.org/1999/xlink">{inside}</x>'})


FETCHING = (
    '<draw:image l:href="http://jahat.example/x.png" l:actuate="onLoad"/>',
    '<draw:image l:href=" &#104;ttp://jahat.example/x.png"/>',
    '<draw:object l:href="//jahat.example/x.odt"/>',
    '<draw:image l:href="file://///jahat.example/x.png"/>',
    '<draw:image l:href="../x.png"/>',
    "<draw:fill-image l:href='\\\\jahat\\x.png'/>",
    '<text:section-source l:href="https://jahat.example/x.odt"/>',
    '<script:event-listener l:href="vnd.sun.star.script:Tools.Main.Run?location=share"/>',
)


@pytest.mark.parametrize("part", ["content.xml", "styles.xml", "Object 1/content.xml"])
@pytest.mark.parametrize("inside", FETCHING)
def test_an_open_document_that_fetches_or_starts_something_is_refused(inside: str, part: str, tmp_path: Path) -> None:
    assert is_refused(odf(inside, part), tmp_path, "a.odt")


def test_links_to_press_other_tables_and_parts_of_its_own_stay_in_an_open_document(tmp_path: Path) -> None:
    inside = (
        '<text:a l:href="https://balikpapan.go.id">situs</text:a><draw:a l:href="mailto:a@b.go.id"/>'
        '<table:table-source l:href="file:///C:/rekap.ods"/><draw:image l:href="Pictures/1.png"/>'
        '<draw:object l:href="./Object 1"/><text:bookmark-ref l:href="#bab-1"/>'
    )
    assert not is_refused(odf(inside), tmp_path, "a.odt")


HOSTILE = {
    "openings": b"/OpenAction 5 0 R ",
    "gaps": b"/AA %%\n%\n",
    "streams": b"stream\n",
    "packed": b"obj/ObjStm/FlateDecode/First 1 stream\nx\x9c\x03\x00\x00\x00\x00\x01",
    "escapes": b"/A#41#41",
    "slashes": b"/",
    "numbers": b"/AA 1 ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_file_and_no_faster(name: str, tmp_path: Path) -> None:
    """Ten times the bytes may take thirty times the time: generous, so that only another order fails."""
    small, large = (pdf(b"", HOSTILE[name] * (size // len(HOSTILE[name]))) for size in (100_000, 1_000_000))
    assert keep(
        lambda most, least: most <= 30 * max(least, 0.002),
        lambda: is_refused(large, tmp_path),
        lambda: is_refused(small, tmp_path),
    )
