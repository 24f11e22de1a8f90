"""What a question means: groups that must match, what else each is called, half of the last word, phrases, decree numbers."""

from __future__ import annotations

import pytest

from cms.language.expansions import Expansions, Synonym, expansions_of, shipped
from cms.language.understanding import Group, Query, understand
from cms.language.words import indexed

NOTHING = Expansions({}, 0)
SOME = expansions_of(
    [
        Synonym("dishub", ("Dinas Perhubungan",), both_ways=True),
        Synonym("banjir", ("genangan", "air naik"), both_ways=False),
        Synonym("pbb", ("pajak bumi dan bangunan",), both_ways=True),
        Synonym("e-KTP", ("KTP elektronik",), both_ways=True),
    ]
)


def is_found(q: str, text: str, expansions: Expansions = NOTHING) -> bool:
    """Whether the question finds the text, as both databases do it."""
    return finds(understand(q, expansions), text)


def finds(query: Query, text: str) -> bool:
    """Each group: one of its phrases, or a word with one of its beginnings."""
    words = f" {indexed(text)} "
    return bool(query.groups) and all(
        any(f" {' '.join(phrase)} " in words for phrase in group.alternatives)
        or any(f" {prefix}" in words for prefix in group.prefixes)
        for group in query.groups
    )


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("penutupan jalan", "Jalan Sudirman ditutup"),
        ("188.45/12/2026", "Keputusan Nomor 188.45/12/2026 tentang"),
        ("12/2026", "Keputusan Nomor 188.45/12/2026 tentang"),
        ("188.45", "Keputusan Nomor 188.45/12/2026 tentang"),
        ("2026", "Keputusan Nomor 188.45/12/2026 tentang"),
        ("12/2026", "Peraturan Nomor 12 Tahun 2026"),
        ("nomor 12 tahun 2026", "Peraturan Nomor 12 Tahun 2026"),
        ("no 12 thn 2026", "Peraturan Nomor 12 Tahun 2026"),
        ("nomor 12 tahun 2026", "Perwali 12/2026"),
        ("perwali 12/2026", "Perwali Nomor 12 Tahun 2026"),
        ("perwali12/2026", "Perwali Nomor 12 Tahun 2026"),
        ("HK.01.07/MENKES/413/2020", "Keputusan HK.01.07/MENKES/413/2020"),
        ("rt 05", "Warga RT.5"),
        ("covid19", "Pandemi COVID-19"),
        ("bagaimana cara yang cepat", "Cara cepat"),
        ("perizin", "Perizinan berusaha"),
        ("sepinga", "Sepingan Baru"),
        ("kesehata", "Pelayanan kesehatan"),
        ("penutu", "Penutupan jalan"),
        ('"uji kendaraan"', "Jadwal uji kendaraan"),
        ('"uji kendaraan', "Kendaraan wajib uji"),
        ("jumat", "Hari Jum'at"),
    ],
)
def test_a_question_finds(q: str, text: str) -> None:
    assert is_found(q, text)


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("penutupan jalan", "Jalan Sudirman"),
        ("12/2026", "Tahun 2026, 12 orang"),
        ("nomor 12 tahun 2026", "Peraturan Nomor 120 Tahun 2026"),
        ('"uji kendaraan"', "Kendaraan wajib uji"),
        ("jalan NOT ditutup", "Jalan ditutup"),
        ("", "Jalan"),
        ("\U0001f600 ***", "Jalan"),
    ],
)
def test_a_question_does_not_find(q: str, text: str) -> None:
    assert not is_found(q, text)


@pytest.mark.parametrize(
    ("q", "text", "found"),
    [
        ("dishub", "Dinas Perhubungan Kota", True),
        ("dishub", "Dinas Pekerjaan, hubungi", False),
        ("dinas perhubungan", "Rapat Dishub", True),
        ("dinas perhubungan", "Perhubungan: dinas", True),
        ("banjir", "Genangan di jalan", True),
        ("genangan", "Banjir di jalan", False),
        ("pajak bumi bangunan", "Jatuh tempo PBB", True),
        ("pbb", "pajak bumi dan bangunan", True),
        ("e-ktp", "KTP elektronik", True),
        ('"banjir"', "Genangan di jalan", False),
    ],
)
def test_words_of_the_same_meaning_are_found(q: str, text: str, found: bool) -> None:
    assert is_found(q, text, SOME) is found


def test_only_half_of_the_last_word_is_enough() -> None:
    query = understand("penutupan kendar", NOTHING)

    assert query.groups == (Group((("tutup",),)), Group((("kendar",), ("ndaran",)), ("kendar",)))


def test_what_is_understood_is_told_in_stems() -> None:
    query = understand("Uji KENDARAAN di Dishub \u0645\u062f", SOME)

    assert query.understood == ("uji", "kendara", "dishub", "\u0645\u062f")


def test_the_first_words_of_a_very_long_question_count() -> None:
    assert len(understand("banjir jalan " * 100_000, shipped()).typed) == 32
    assert understand("a" * 1_000_000, shipped()).understood == ("a" * 40,)
