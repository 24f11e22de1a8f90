"""Office documents that ask other programs for data, or that declare entities, are refused with the reason in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from cms.core.errors import Invalid
from cms.documents.file_types import recognised_type
from tests.core.processor_time import keep
from tests.documents.samples import office, open_document

PART = "word/document.xml"


def body(inside: str) -> str:
    return f'<w:document xmlns:w="urn:w"><w:body>{inside}</w:body></w:document>'


def field(*pieces: str) -> str:
    """A field whose instruction is cut into these pieces, each in a run of its own."""
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def reason(content: bytes, tmp_path: Path, name: str = "a.docx") -> str:
    """Why the file is refused; nothing when it is accepted."""
    path = tmp_path / name
    path.write_bytes(content)
    try:
        recognised_type(path, name)
    except Invalid as refusal:
        return str(refusal.errors[0].params["reason"])
    return ""


DDE = {
    "field": field(r'DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe"'),
    "without AUTO": field(' dde excel "x" '),
    "in pieces": field(" DD", "EAU", "TO cmd"),
    "after another": field("PAGE") + field("DDEAUTO cmd"),
    "entities": field("&#68;DE&#65;UTO cmd"),
    "comment": field("DD<!-- -->EAUTO cmd"),
    "section": field("<![CDATA[DDEAUTO cmd]]>"),
    "simple": '<w:fldSimple w:instr=" &#68;DEAUTO cmd"/>',
    "far behind": "<w:p>x</w:p>" * 40_000 + field("DDEAUTO cmd"),
}


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", DDE)
def test_a_field_that_asks_another_program_is_refused(name: str, coding: str, tmp_path: Path) -> None:
    noise = "".join(f"<!--{number * 7919 % 104729:x}-->" for number in range(20_000)) if name == "far behind" else ""
    content = office(extra={PART: body(noise + DDE[name]).encode(coding)})
    assert reason(content, tmp_path) == "it asks other programs for data (DDE)"


def test_other_ways_to_ask_are_refused(tmp_path: Path) -> None:
    link = '<externalLink xmlns="urn:x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    workbook = office("spreadsheetml.sheet", extra={"xl/externalLinks/externalLink1.xml": link})
    assert "DDE" in reason(workbook, tmp_path, "a.xlsx")
    for inside in (
        '<text:dde-connection office:dde-application="cmd"/>',
        '<c table:formula="of:=DDE(&quot;cmd&quot;)"/>',
    ):
        assert "DDE" in reason(
            open_document("spreadsheet", extra={"styles.xml": f"<x>{inside}</x>"}), tmp_path, "a.ods"
        )


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [PART, "word/styles.xml", "customXml/item1.xml", "docProps/core.xml"])
def test_a_part_that_declares_entities_is_refused(part: str, coding: str, tmp_path: Path) -> None:
    declared = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{body("&e;")}'.encode(coding)
    assert reason(office(extra={part: declared}), tmp_path) == "a part declares entities"


def test_a_character_set_that_hides_them_is_refused(tmp_path: Path) -> None:
    hidden = b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>'
    assert reason(office(extra={PART: hidden}), tmp_path) == "a part has an unusual character set"


@pytest.mark.parametrize(
    "inside",
    [
        field(" PAGE "),
        field(' HYPERLINK "https://balikpapan.go.id/DDE" '),
        field("DATE") + "<w:t>DDEAUTO, dan DDE</w:t>",
        field("DDEX"),
        "<w:t>Tentang DDE dan DOCTYPE</w:t>",
    ],
)
def test_ordinary_fields_stay(inside: str, tmp_path: Path) -> None:
    assert reason(office(extra={PART: '<?xml version="1.0" encoding="UTF-8"?>' + body(inside)}), tmp_path) == ""


def test_workbooks_that_read_other_workbooks_stay(tmp_path: Path) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
    other = (
        f'<Relationships><Relationship Id="r1" Type="{kind}" Target="rka.xlsx" TargetMode="External"/></Relationships>'
    )
    content = office("spreadsheetml.sheet", extra={"xl/externalLinks/_rels/externalLink1.xml.rels": other})
    assert reason(content, tmp_path, "a.xlsx") == ""


HOSTILE = {
    "elements": "<a/>",
    "fields": field("PAGE"),
    "pieces": '<w:r><w:instrText xml:space="preserve">1</w:instrText></w:r>',
    "equals": "= = ",
    "coding": "<?xml encoding",
    "formulas": '<f>|"[',
    "formulas in attributes": ' formula="|',
    "beginnings of formulas": "<f x|",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_part_and_no_faster(name: str, tmp_path: Path) -> None:
    """Ten times the bytes may take thirty times the time: generous, so that only another order fails."""

    def made(size: int) -> bytes:
        noise = _noise(size // 20)
        return office(extra={PART: body(HOSTILE[name] * (size // len(HOSTILE[name])) + field("x")), "n.bin": noise})

    small, large = made(100_000), made(1_000_000)
    assert keep(
        lambda most, least: most <= 30 * max(least, 0.002),
        lambda: reason(large, tmp_path),
        lambda: reason(small, tmp_path),
    )


def _noise(size: int) -> bytes:
    """Bytes that do not pack well, the same each time: the check of the ratio must not end the look early."""
    state, found = 1, bytearray()
    while len(found) < size:
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        found += state.to_bytes(8, "big")
    return bytes(found)
