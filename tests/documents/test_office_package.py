"""Which office document a package is, is told by its relationships and content types; what is broken or macro by any name is refused."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.documents.office_files import WITH_MACROS
from cms.documents.office_package import NO_MAIN_PART
from tests.documents.recognising import recognised, refusal
from tests.documents.samples import (
    OPEN_XML,
    content_types,
    office,
    open_document,
    relationship,
    relationships,
    zipped,
)

DOCUMENT = f"{OPEN_XML}wordprocessingml.document.main+xml"
TYPES = "[Content_Types].xml"
MACRO_TYPE = "application/vnd.ms-office.vbaProject"


@pytest.mark.parametrize("content", ["", "<x>", "<x/><x/>", "x", "<x></y>", "<x>&e;</x>", b"<x>\xff\xfe</x>", "<x/>\0"])
def test_a_broken_main_part_is_refused_with_what_to_do(content: str | bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.docx", office(extra={"main.xml": content})) == NO_MAIN_PART
    assert refusal(tmp_path, "a.xlsx", office("spreadsheetml.sheet", {"main.xml": content})) == NO_MAIN_PART
    assert refusal(tmp_path, "a.odt", open_document(extra={"content.xml": content})) == NO_MAIN_PART


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_main_part_is_accepted_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert refusal(folder, "a.docx", office(extra={"main.xml": content})) != "" or b"<" in content


WITHOUT = {
    "content types": zipped({"word/document.xml": "<x/>", "_rels/.rels": relationships(relationship("officeDocument", "word/document.xml"))}),
    "relationships": zipped({TYPES: content_types(DOCUMENT), "main.xml": "<x/>"}),
    "a relationship to it": zipped({TYPES: content_types(DOCUMENT), "main.xml": "<x/>", "_rels/.rels": relationships(relationship("theme", "main.xml"))}),
    "it": zipped({TYPES: content_types(DOCUMENT), "_rels/.rels": relationships(relationship("officeDocument", "main.xml"))}),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT)
def test_a_document_without_its_parts_is_told_so(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.docx", WITHOUT[name]) == NO_MAIN_PART


def test_an_open_document_without_content_is_told_so(tmp_path: Path) -> None:
    content = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "styles.xml": "<x/>"})
    assert refusal(tmp_path, "a.odt", content) == NO_MAIN_PART


def override(name: str, content_type: str) -> str:
    return f'<Override PartName="{name}" ContentType="{content_type}"/>'


@pytest.mark.parametrize(
    "extra",
    [
        {TYPES: content_types(DOCUMENT, override("/word/theme/data.bin", MACRO_TYPE)), "word/theme/data.bin": "x"},
        {TYPES: content_types(DOCUMENT, f'<Default Extension="DAT" ContentType="{MACRO_TYPE.upper()}"/>'), "a.dat": "x"},
        {TYPES: content_types(DOCUMENT, override("/XL/x.xml", "application/vnd.ms-excel.macrosheet+xml")), "xl/x.xml": "<x/>"},
        {"_rels/main.xml.rels": relationships(relationship("vbaProject", "theme.bin")), "theme.bin": "x"},
        {"word/_rels/a.xml.rels": relationships(relationship("xlMacrosheet", "a.xml"))},
        {TYPES: content_types(DOCUMENT.replace("document.main", "document.macroEnabled.main"))},
        {TYPES: content_types("application/vnd.ms-word.document.macroEnabled.main+xml").encode("utf-16")},
    ],
)  # fmt: skip
def test_macros_are_macros_under_any_name(extra: dict[str, bytes | str], tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.docx", office(extra=extra)) == WITH_MACROS


def test_the_main_part_decides_and_not_what_else_is_said(tmp_path: Path) -> None:
    """A type for another part, a comment or a text makes no table of a document."""
    sheet = f"{OPEN_XML}spreadsheetml.sheet.main+xml"
    types = content_types(DOCUMENT, override("/other.xml", sheet)).replace(
        "<Default", f'<!-- ContentType="{sheet}" --><Default', 1
    )
    found = recognised(tmp_path, "a.docx", office(extra={TYPES: types, "other.xml": "<x/>"}))
    assert found.media_type == f"{OPEN_XML}wordprocessingml.document"


@pytest.mark.parametrize(
    "target", ["/word/document.xml", "word/document.xml", "./word/../word/document.xml", "WORD/Document.xml"]
)
def test_relationships_are_read_as_the_standard_says(target: str, tmp_path: Path) -> None:
    content = zipped(
        {
            TYPES: content_types("application/xml", override("/Word/Document.xml", DOCUMENT)),
            "_rels/.rels": relationships(relationship("officeDocument", target)),
            "word/document.xml": "<x/>",
        }
    )
    assert recognised(tmp_path, "a.docx", content).type.label == "DOCX"


NAMES = st.sampled_from(
    ["word/a.xml", "../a.xml", "/a.xml", "a/../../b.xml", "C:/a.xml", "a\\..\\..\\b.xml", "Main.xml", "word/../a.xml"]
)


@settings(deadline=None)
@given(NAMES, st.booleans())
def test_a_part_has_one_name_inside_the_file(
    tmp_path_factory: pytest.TempPathFactory, name: str, is_twice: bool
) -> None:
    target = io.BytesIO(office())
    with zipfile.ZipFile(target, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(1 + is_twice):
            archive.writestr(name, "<x/>")
    told = refusal(tmp_path_factory.getbasetemp(), "a.docx", target.getvalue())
    assert (told == "") == (name == "word/a.xml" and not is_twice)
