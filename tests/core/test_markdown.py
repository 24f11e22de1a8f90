"""Markdown keeps every word, number and cell: what CommonMark leaves out without a trace is text."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.core.html_text import plain_text
from cms.core.markdown import html_from_markdown
from cms.core.sanitize import sanitized_html
from tests.core.test_sanitize import assert_harmless

BEGINS = (
    "", "# ", "### ", "- ", "* ", "+ ", "1. ", "3) ", "7. ", "> ", "> - ", "    ", "\t", "   ", "[x]: /", "[y]: /", "[^1]: ", "[Sumber]: https://a.example/",
    "| ", "- [ ] ", "1986. ", ": ", "  2. ",
)  # fmt: skip
BETWEEN = (
    " ", "_", "*", "**", "__", "~", "~~", "`", "\\", "\\<", "<", "> ", " <nama ", "</b>", "&", "&lt;", "|", " | ", "\\|", "[", "]", "](/b)", "][x]", "[x]",
    "[^1]", "!", "  \n", "\n", "\n===\n", "\n---\n", "\n| - | - |\n", "\n\n", "<!--", "-->", "://", "@", " * ", "{", "$", "^",
)  # fmt: skip
WORD = re.compile("kata[0-9]+x")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Words with signs of Markdown before, behind and between them."""
    parts, number = [], 0
    for _line in range(draw(st.integers(1, 5))):
        parts.append(draw(st.sampled_from(BEGINS)))
        for _word in range(draw(st.integers(1, 4))):
            parts += [f"kata{number}x", draw(st.sampled_from(BETWEEN))]
            number += 1
        parts.append(draw(st.sampled_from(["\n", "\n\n"])))
    return "".join(parts)


@settings(max_examples=400, deadline=None)
@given(texts())
@example("kata0x | kata1x\n- | -\nkata2x | kata3x | kata4x | kata5x\n")
@example("[x]: /kata0x\n[X]: /kata1x\n[y]: /kata2x\n\n[x]\n")
def test_every_word_is_on_the_page_or_in_the_address_of_a_link(source: str) -> None:
    html = unescape(html_from_markdown(source))

    assert set(WORD.findall(source)) <= set(WORD.findall(html))


@settings(max_examples=100, deadline=None)
@given(texts())
def test_what_is_made_of_it_is_harmless_and_stays_as_it_is(source: str) -> None:
    html = sanitized_html(source.replace("](/b)", "").replace("]:", "] :"), "markdown")

    assert_harmless(html)
    assert sanitized_html(html, "html") == html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("| a | b |\n|-|-|\n| 1 | 2 | 3 |\n| 4 | | | 5 |\n", "a | b | |\n1 | 2 | 3 |\n4 | | | 5"),
        ("> a | b\n> -|-\n> 1 | 2 | 3\n", "a | b |\n1 | 2 | 3"),
        ("|a|b|\n|-|-|\n|1|2||\n|x \\| y|z|", "a | b\n1 | 2\nx | y | z"),
        ("Baca:\n\n[Sumber]: https://a.example/b\n[Lain]: /c 'Judul'", "Baca:\n\n[Sumber]: https://a.example/b\n\n[Lain]: /c 'Judul'"),
        ("[x]: /b\n[X]: /c\n\nlihat [x]", "[X]: /c\n\nlihat x"),
        ("[a]: /b\n[x]: /c\n\nlihat [x]", "[a]: /b\n\nlihat x"),
        ("Catatan[^1]\n\n[^1]: Sumber", "Catatan[^1]\n\n[^1]: Sumber"),
        ("    [x]: /b\n\n[x]: /c\n", "[x]: /b\n\n[x]: /c"),
        ("\\<nama> \\\\<nama> `\\<nama>`", "<nama> \\<nama> \\<nama>"),
        ("2*3*4 dan 5 * 6 * 7", "2*3*4 dan 5 * 6 * 7"),
        ("Surat <catatan:isi> ke <nama>", "Surat <catatan:isi> ke <nama>"),
        ("1. satu\n3. tiga\n7. tujuh", "1. satu\n3. tiga\n7. tujuh"),
        ("2) dua\n   1. anak\n   4. anak lagi\n3) tiga", "2. dua\n  1. anak\n  4. anak lagi\n3. tiga"),
        ("1. satu\n1. dua\n1. tiga", "1. satu\n2. dua\n3. tiga"),
        ("- satu\n- dua\n\n5. lima\n5. enam", "- satu\n- dua\n\n5. lima\n6. enam"),
        ("nama_berkas_lama.pdf **tebal**", "nama_berkas_lama.pdf tebal"),
        ("Hormat kami,\n\nSiti\n------\nKepala Dinas", "Hormat kami,\n\nSiti\n\nKepala Dinas"),
        ("Nama: ______ NIP: ______", "Nama: ______ NIP: ______"),
        ("08.00~09.00 dan ~5 km, ~6 km", "08.00~09.00 dan ~5 km, ~6 km"),
        ("    Paragraf yang menjorok.", "Paragraf yang menjorok."),
        ("<div>\n\n**tebal**\n\n</div>", "<div>\n\ntebal\n\n</div>"),
    ],
)  # fmt: skip
def test_what_people_write_is_what_readers_get(source: str, text: str) -> None:
    assert plain_text(sanitized_html(source, "markdown")) == text


def test_addresses_in_angles_are_links_and_a_backslash_before_one_says_that_it_is_none() -> None:
    html = sanitized_html("<https://a.example/b> <info@a.example> \\<https://a.example/b> [c](</d e>)", "markdown")

    assert re.findall('href="([^"]*)"', html) == ["https://a.example/b", "mailto:info@a.example", "/d%20e"]
    assert plain_text(html) == "https://a.example/b info@a.example <https://a.example/b> c"
