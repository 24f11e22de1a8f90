"""Blocks stay apart, words stay in their order and lists and tables say the same in HTML and in text, whatever was pasted."""

from __future__ import annotations

import re
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.core.allowed_markup import ALLOWED_TAGS
from cms.core.html_structure import APART, FOREIGN_BLOCKS
from cms.core.html_text import plain_text
from cms.core.sanitize import sanitized_html
from tests.core.pages import Page

UNKNOWN = ("x-block", "isi", "amp-story.page", "UNKNOWN", "w:p")
CONTAINERS = (
    "address", "article", "aside", "blockquote", "center", "details", "dialog", "div", "fieldset", "figcaption", "figure", "footer",
    "form", "header", "main", "marquee", "nav", "search", "section", "Center", *UNKNOWN,
)  # fmt: skip
PARAGRAPHS = (
    "p",
    "h1",
    "h2",
    "h6",
    "pre",
    "summary",
    "legend",
    "hgroup",
    "option",
    "dt",
    "dd",
    "li",
    "listing",
    "span",
    "center",
)
LOOSE = (
    "td", "th", "tr", "tbody", "caption", "table", "li", "dd", "ul", "ol", "dl", "menu", "dir", "optgroup", "hr", "br", "body", "html",
)  # fmt: skip
STRUCTURE = tuple(name for name in (*CONTAINERS, *PARAGRAPHS, *LOOSE, *sorted(APART)) if name != "span")
WORD = re.compile("kata[0-9]+x")


def words_of(text: str) -> list[str]:
    """The words; those that have grown together are one."""
    return re.findall("(?:kata[0-9]+x)+", text)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Blocks in blocks as people nest them, each with words of its own."""
    numbers = count()

    def word() -> str:
        return f"kata{next(numbers)}x"

    def block(depth: int) -> str:
        kind = draw(st.sampled_from(("container", "paragraph", "list", "table")) if depth else st.just("paragraph"))
        if kind == "paragraph":
            name = draw(
                st.sampled_from(("p", "h1", "h3", "center", "address", "pre", "summary", "legend", "listing", "div"))
            )
            return f"<{name}>{word()} <b>{word()}</b>{draw(st.sampled_from(['', ',', ' ']))}</{name}>"
        inner = [block(depth - 1) for _ in range(draw(st.integers(1, 3)))]
        if kind == "container":
            name = draw(st.sampled_from(CONTAINERS))
            return f"<{name}>{''.join(inner)}</{name}>"
        if kind == "list":
            name = draw(st.sampled_from(("ul", "ol", "menu", "dir")))
            return f"<{name}>{''.join(f'<li>{word()}{each}</li>' for each in inner)}</{name}>"
        cells = "".join(f"<td>{each}</td>" for each in inner)
        return f"<table><tr>{cells}</tr></table>"

    return "".join(block(3) for _ in range(draw(st.integers(1, 3))))


@settings(max_examples=60, deadline=None)
@given(documents())
@example("<center><b>kata0x</b></center><center>kata1x kata2x</center>")
@example("kata0x<x-block>kata1x</x-block><x-block>kata2x</x-block>kata3x")
def test_every_word_stays_apart_and_in_its_order_in_html_and_in_text(source: str) -> None:
    words = WORD.findall(source)
    html = sanitized_html(source, "html")

    assert words_of("\n".join(Page(html).lines)) == words
    assert words_of(plain_text(html)) == words
    assert sanitized_html(html, "html") == html


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STRUCTURE), st.sampled_from(["<{}>", "</{}>", "<{0}></{0}>"])), max_size=14))
@example([("table", "<{}>"), ("tr", "<{}>"), ("td", "</{}>"), ("tr", "</{}>")])
@example([("td", "<{}>"), ("td", "</{}>"), ("td", "<{}>")])
def test_no_words_of_different_blocks_grow_together_however_broken_the_tags_are(tags: list[tuple[str, str]]) -> None:
    source = "kata0x" + "".join(f"{way.format(name)}kata{place + 1}x" for place, (name, way) in enumerate(tags))
    # The end of what was never opened is no edge of a block.
    words = {f"kata{number}x" for number in range(len(tags) + 1)}
    html = sanitized_html(source, "html")

    for shown in ("\n".join(Page(html).lines), plain_text(html)):
        assert words <= set(WORD.findall(shown))
        grown = re.findall(r"(?:kata[0-9]+x){2,}", shown)
        assert [pair for pair in grown if not only_ends_between(pair, tags)] == []


def only_ends_between(grown: str, tags: list[tuple[str, str]]) -> bool:
    """True when nothing but ends of elements that are not open stands between words that have grown together."""
    first, *_others, last = (int(number) for number in re.findall("kata([0-9]+)x", grown))
    return all(way == "</{}>" for _name, way in tags[first:last])


@pytest.mark.parametrize("name", sorted({*FOREIGN_BLOCKS, "x-block", "blok", "w:p"}))
def test_a_block_that_readers_do_not_get_becomes_one_that_they_get(name: str) -> None:
    html = sanitized_html(f"<{name} class=x>PENGUMUMAN</{name}><{name}>Nomor 12</{name}>", "html")

    tag = FOREIGN_BLOCKS.get(name, "div")
    assert html == f"<{tag}>PENGUMUMAN</{tag}><{tag}>Nomor 12</{tag}>"
    assert tag in ALLOWED_TAGS


def test_an_unknown_element_in_a_sentence_does_not_break_it() -> None:
    source = "<p>Kata <x-tip>ini</x-tip>, <st1:place>Balikpapan</st1:place>.<o:p></o:p></p>"
    assert sanitized_html(source, "html") == "<p>Kata ini, Balikpapan.</p>"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# Satu", "<h2>Satu</h2>\n"),
        ("# Satu\n\n## Dua\n\n###### Enam", "<h2>Satu</h2>\n<h3>Dua</h3>\n<h6>Enam</h6>\n"),
        ("## Dua\n\n### Tiga", "<h2>Dua</h2>\n<h3>Tiga</h3>\n"),
    ],
)
def test_headings_stand_below_that_of_the_page(source: str, html: str) -> None:
    assert sanitized_html(source, "markdown") == html
    assert sanitized_html("<h1 class=x>Tempel</h1>", "html") == "<h2>Tempel</h2>"


def test_a_text_that_is_read_from_the_right_is_so_by_its_own_words_and_no_other_is() -> None:
    source = '<h1 dir="rtl">\u0633\u0644\u0627\u0645</h1><p dir=RTL>\u0633</p><p dir="ltr">Salam</p><p dir=x>x</p><b dir=rtl>b</b>'
    html = '<h2 dir="auto">\u0633\u0644\u0627\u0645</h2><p dir="auto">\u0633</p><p>Salam</p><p>x</p><b>b</b>'
    assert sanitized_html(source, "html") == html


def test_settings_of_word_are_no_text() -> None:
    data = "<xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml>"
    names = "".join(f'<w:LsdException Locked="false" Name="heading {number}"/>' for number in range(370))
    more = f"<XML>\n<w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom><w:LatentStyles>{names}</w:LatentStyles></w:WordDocument></xml >"
    source = f"<!--[if gte mso 9]>{data}<![endif]-->{data}{more}<p class=MsoNormal>Isi<o:p></o:p></p>"
    assert sanitized_html(source, "html") == "<p>Isi</p>"
    # What is no data of Word is text, and what never ends hides nothing.
    assert plain_text(sanitized_html("<xml>satu</xml><p>dua</p><xml><p>tiga", "html")) == "satu\n\ndua\n\ntiga"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('<b style="font-weight:normal;" id="docs-internal-guid-1"><p>a</p><b>b</b></b>', "<p>a</p><b>b</b>"),
        ("<b style='mso-bidi-font-weight:normal'>a</b>", "<b>a</b>"),
        ("<STRONG STYLE='font-weight: 400 !important'>a</STRONG>", "a"),
        ("<em style='font-style:normal'>a <b>b</b></em>", "a <b>b</b>"),
        ("<span style='font-weight:700;font-style:italic'>a</span>", "<strong><em>a</em></strong>"),
        ("5 m<span style='font-size:0.6em;vertical-align:super'>2</span>", "5 m<sup>2</sup>"),
        ("<span style='color:red'>a</span><span>b</span>", "ab"),
        ("<p style='font-weight:bold'>a</p>", "<p>a</p>"),
    ],
)
def test_styles_of_letters_are_read_as_they_are_meant(source: str, html: str) -> None:
    assert sanitized_html(source, "html") == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("satu\nlagi\n\ndua", "<p>satu<br>\nlagi</p>\n<p>dua</p>\n"),
        ("satu\n\n<b>dua</b>\n<h2>tiga</h2>", "<p>satu</p>\n<p><b>dua</b></p>\n<h2>tiga</h2>"),
        ("satu\nlagi", "satu\nlagi"),
        ("<p>satu\n\nlagi</p>\n\ndua\nlagi", "<p>satu\n\nlagi</p>dua\nlagi"),
        ("<b>satu<p>dua</p></b>tiga\n\nempat", "<b>satu<p>dua</p></b>tiga\n<p>empat</p>\n"),
        (
            '<img src="/v1/media/a" alt="a\nb">\n\nsatu\nlagi',
            '<p><img src="/v1/media/a" alt="a\nb"></p>\n<p>satu<br>\nlagi</p>\n',
        ),
    ],
)
def test_text_with_empty_lines_and_in_no_block_has_paragraphs(source: str, html: str) -> None:
    assert sanitized_html(source, "html") == html
    assert sanitized_html(html, "html") == html


def test_links_to_two_places_stand_apart_and_a_word_in_two_links_to_one_place_stays_one() -> None:
    source = '<a href="/a">Wali</a><a href="/a"><b>kota</b></a><a href="/b">Profil</a><a href="/c">Kontak</a>'
    assert plain_text(sanitized_html(source, "html")).split() == ["Walikota", "Profil", "Kontak"]


def test_what_readers_do_not_get_still_parts_the_words_beside_it() -> None:
    source = 'Halo<img src="https://lain.example/senyum.png">Dunia<video src=x></video>baru<a href="/a">x<img alt="Peta">y</a>'
    assert plain_text(sanitized_html(source, "html")) == "Halo Dunia barux Peta y"
