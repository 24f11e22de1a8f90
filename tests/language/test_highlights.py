"""Highlights: the part of a text that answers, its words marked, and nothing else of HTML."""

from __future__ import annotations

import html
import re

import pytest

from cms.language.expansions import shipped
from cms.language.highlights import LONGEST_READ, marked
from cms.language.understanding import understand

FILLER = "Kalimat lain tanpa arti. " * 40


@pytest.mark.parametrize(
    ("q", "text", "written"),
    [
        ("uji", "Jadwal uji kendaraan", "Jadwal <mark>uji</mark> kendaraan"),
        ("penutupan", "Jalan ditutup, menutup", "Jalan <mark>ditutup</mark>, <mark>menutup</mark>"),
        ("dishub", "Dinas Perhubungan dan Dinas Sosial", "<mark>Dinas Perhubungan</mark> dan Dinas Sosial"),
        ("perizin", "Perizinan", "<mark>Perizinan</mark>"),
        ("12/2026", "Nomor 12 Tahun 2026", "Nomor <mark>12 Tahun 2026</mark>"),
        ("uji", "<b>uji</b> & \"x\"\n'y'", "&lt;b&gt;<mark>uji</mark>&lt;/b&gt; &amp; &quot;x&quot; &#x27;y&#x27;"),
        ("", "Jalan", "Jalan"),
        ("mark", "<mark>", "&lt;<mark>mark</mark>&gt;"),
        ("jalan", "jalan \ud800", "<mark>jalan</mark> "),
    ],
)
def test_words_are_marked(q: str, text: str, written: str) -> None:
    assert marked(text, understand(q, shipped()), 200) == written


def test_the_part_that_answers_most_is_shown() -> None:
    text = f"{FILLER}Jalan rusak. {FILLER}Jalan Sudirman ditutup besok. {FILLER}"

    shown = marked(text, understand("jalan ditutup", shipped()), 120)

    assert "<mark>Jalan</mark> Sudirman <mark>ditutup</mark> besok." in shown
    assert (shown[0], shown[-1]) == ("\u2026", "\u2026")
    assert len(html.unescape(re.sub("</?mark>", "", shown))) <= 122


def test_a_text_without_the_words_is_shown_from_its_beginning() -> None:
    assert marked(FILLER, understand("banjir", shipped()), 30) == "Kalimat lain tanpa arti.\u2026"


def test_a_very_long_text_is_looked_through_at_its_beginning() -> None:
    assert "<mark>" not in marked("a " * LONGEST_READ + "banjir", understand("banjir", shipped()), 100)
