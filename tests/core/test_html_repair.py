"""Broken and half-written HTML loses no word without a trace: what nobody ends, and what is no markup, is text (R-C1)."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.core.html_repair import repaired
from cms.core.html_text import plain_text
from cms.core.sanitize import UnsafeLinks, sanitized_body, sanitized_html
from tests.core.processor_time import takes_at_most
from tests.core.test_sanitize import assert_harmless

HIDDEN = (
    "applet", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select", "style", "svg", "template", "textarea",
    "title",
)  # fmt: skip
UNTOLD = {"style"}
"""Looks are not told of, and so are comments."""
PIECES = (
    *(shape.format(name) for name in HIDDEN for shape in ("<{}>", "<{}/>", "</{}>", '<{} src="a"/>', "<{} id=b>")),
    "<!--", "-->", "<![CDATA[", "]]>", "<?", "<?xml a='b'?>", "<!", "</ ", "<!doctype html>", "<![if !vml]>", "<![endif]>", "<plaintext>", "<xmp>",
    "</xmp>", '<a href="/x', '<a href="/x>', '<a href="/y">', "</a>", "<p title='", "<p title='b'>", '<b class="c">', '"', "'", "<b", "<nama ", "<nama>",
    "<nama lengkap>", "</nama>", "<budi@contoh.example>", "<https://contoh.example>", "<o:p>", "</o:p>", "<x-blok>", "</x-blok>", "<", ">", " < ", "<>",
    "<3", "<p>", "</p>", "<b dan c>", "<td>", "<table>", "</table>", "<tr>", "<col>", "<frameset>", "<head>", "<body>", "<li>", "<foreignObject>",
    "<option>", "<input>", "<embed>", "<canvas>", "<video>", "<center>", "<pre>", "</pre>", "<br>", "<hr/>",
)  # fmt: skip
WORD = re.compile("kata[0-9]+x")
IN_TAG = re.compile(r"<[^<>]*")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
@example(["<textarea/>", "</nama>", "<textarea>", "</textarea>"])
@example(["<svg>", "<object>", "</svg>", "</object>"])
@example(["<script>", "<!--", "<script>", "</script>"])
@example(["<select>", "<input>", "</select>", "<option>"])
@example(["<svg>", "<p>", "</svg>"])
@example(["<b", "-->"])
@example(['<a href="/x', "-->"])
@example(['<a href="/x>', '<a href="/y">', "</a>"])
def test_every_word_is_in_the_text_or_something_that_hides_it_is_told_of(pieces: list[str]) -> None:
    source = "kata0x " + "".join(f"{piece} kata{place + 1}x " for place, piece in enumerate(pieces))
    try:
        body = sanitized_body(source, "html")
    except UnsafeLinks:
        return
    kept = set(WORD.findall(plain_text(body.html)))
    lost = [number for number in range(len(pieces) + 1) if f"kata{number}x" not in kept]

    hiding = {number: hidden_by(pieces, number) for number in lost}
    assert all(hiding.values()), hiding
    told = sum(body.removed.values())
    assert told or all(names & {*UNTOLD, "--", "attribute"} for names in hiding.values()), (hiding, body.removed)
    assert_harmless(body.html)
    assert sanitized_html(body.html, "html") == body.html
    assert repaired(body.html) == body.html


def hidden_by(pieces: list[str], number: int) -> set[str]:
    """The names of what hides a word: elements that begin before it and end behind it, comments, quotation marks of an attribute."""
    before, behind = "".join(pieces[:number]), "".join(pieces[number:])
    found = {name for name in HIDDEN if re.search(rf"<{name}\b", before) and f"</{name}>" in behind}
    if "<!--" in before and "-->" in behind:
        found.add("--")
    if any(mark in before and mark in behind for mark in "\"'"):
        found.add("attribute")
    return found


@pytest.mark.parametrize("name", sorted({*HIDDEN} - {"style"}))
@pytest.mark.parametrize("tag", ["<{}>", "<{}/>", '<{} src="https://lain.example/"/>', "<{} src=x/>", "<{} id='a'>"])
def test_an_element_that_nobody_ends_is_empty_and_told_of(name: str, tag: str) -> None:
    body = sanitized_body(f"<p>satu</p>{tag.format(name)}<p>dua <b>tiga</b></p>", "html")

    assert plain_text(body.html) == "satu\n\ndua tiga"
    assert sum(body.removed.values()) == 1


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Kepada <nama lengkap>, di <tempat>", "Kepada <nama lengkap>, di <tempat>"),
        ("<<nama>> dan <Nama-Anda>/<NIP>", "<<nama>> dan <Nama-Anda>/<NIP>"),
        ("Balikpapan, <tanggal/bulan/tahun>", "Balikpapan, <tanggal/bulan/tahun>"),
        ("tulis ke <budi@contoh.example> atau <https://contoh.example>", "tulis ke <budi@contoh.example> atau <https://contoh.example>"),
        ("bila a <b dan c> d", "bila a <b dan c> d"),
        ("bila x<y dan y>z", "bila x<y dan y>z"),
        ("bila n<i saja", "bila n<i saja"),
        ("bila a <b 2x lebih> c", "bila a <b 2x lebih> c"),
        ("selesai </nama> lagi", "selesai </nama> lagi"),
        ("satu <!-- dua <b>tiga</b>", "satu <!-- dua tiga"),
        ("satu <!-- dua --> tiga", "satu tiga"),
        ("satu <!penting> dua", "satu <!penting> dua"),
        ("satu <? dua ?> tiga", "satu <? dua ?> tiga"),
        ("satu </ dua> tiga", "satu </ dua> tiga"),
        ("satu <![CDATA[dua <b>tiga</b>]]> empat", "satu dua tiga empat"),
        ("satu <![CDATA[dua", "satu dua"),
        ("satu <plaintext> dua <b>tiga</b>", "satu\ndua tiga"),
        ("<xmp>satu <b> & dua</xmp>", "satu <b> & dua"),
        ("satu <xmp>dua", "satu\ndua"),
        ('satu <p title="dua> tiga</p> empat', "satu\n\ntiga\n\nempat"),
        ('satu <a href="/x dua</a> tiga', 'satu <a href="/x dua tiga'),
        ('satu <a href="/x dua --> tiga', 'satu <a href="/x dua --> tiga'),
        ("<isi>satu</isi><o:p></o:p> <o:p>", "satu"),
        ("<pre>&lt;nama&gt; <nama></pre>", "<nama> <nama>"),
    ],
)  # fmt: skip
def test_words_in_angle_brackets_and_half_markup_are_text(source: str, text: str) -> None:
    body = sanitized_body(source, "html")

    assert plain_text(body.html) == text
    assert body.removed == {}


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('<a href="/x>satu</a> dua <a href="/y">tiga</a>', '<a href="/x">satu</a> dua <a href="/y">tiga</a>'),
        ("<a href='/x>satu</a> dua <a title='b' href='/y'>tiga</a>", '<a href="/x">satu</a> dua <a href="/y">tiga</a>'),
        ('<a href="/x>satu</a>, kata "kutip" <b>b</b>', '<a href="/x">satu</a>, kata "kutip" <b>b</b>'),
        ('<a href="/x"">satu</a>', '<a href="/x">satu</a>'),
        ('<a href="/x" "b">satu</a>', '<a href="/x">satu</a>'),
        ("<font face=Times New Roman>satu</font>", "satu"),
        ("<p hidden>satu</p><ol reversed><li>dua</ol>", '<p>satu</p><ol reversed=""><li>dua</li></ol>'),
        ('<a href="/x" data-caption="<p class=&quot;b&quot;>c</p>">satu</a>', '<a href="/x">satu</a>'),
        ('<img src="/v1/media/a" alt="a < b > c">', '<img src="/v1/media/a" alt="a &lt; b &gt; c">'),
        ("<p><o:p>&nbsp;</o:p>satu<o:p/></p>", "<p>&nbsp;satu</p>"),
        ("<?xml:namespace prefix = o /><p>satu</p>", "<p>satu</p>"),
    ],
)  # fmt: skip
def test_a_tag_ends_where_its_author_ended_it(source: str, html: str) -> None:
    assert sanitized_html(source, "html") == html


def test_code_of_other_programs_goes_and_is_told() -> None:
    source = "satu <?php echo 'a > b <p>'; ?> dua <?= $c ?> tiga <script><!-- <script> </script> empat"
    body = sanitized_body(source, "html")

    assert plain_text(body.html) == "satu dua tiga empat"
    assert body.removed == {"script": 3}


def test_the_title_of_a_page_is_part_of_its_head_and_another_one_is_told_of() -> None:
    page = "<html><head><title>Surat</title><style>p{}</style></head><body><p>satu</p></body></html>"
    assert sanitized_body(page, "html").removed == {}
    assert sanitized_body("<title>Surat</title><p>satu</p>", "html").removed == {"text": 1}


@pytest.mark.parametrize(
    "piece",
    [
        '<a b="', "<a b='\"", "<a b='<a c=\"", '<a b="<a" ', '<a b="<a c=\'" b="\' c=\'" ', "<nama>", "<x1><x2>", "</x>", "<object>", "<svg>",
        "<svg><object>", "</svg>", "<!--", "<!-- a", "<?php", "<![CDATA[", "]]>", "<iframe>", "<script/>", "<a b c d ", "<a =", '<a b="c" ',
    ],
)  # fmt: skip
def test_repairing_takes_time_in_proportion_to_the_length(piece: str) -> None:
    assert takes_at_most(2, lambda: repaired(piece * (300_000 // len(piece))))
    assert takes_at_most(2, lambda: repaired("<object>" * 4_000 + piece * (260_000 // len(piece))))
