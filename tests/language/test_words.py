"""Words of texts and their stems: folded, found by number as written and in parts, the same for both databases."""

from __future__ import annotations

import re

import pytest
import Stemmer

from cms.core.seed_files import read_rows
from cms.language.expansions import shipped_synonyms
from cms.language.words import EXCEPTIONS, LONGEST_WORD, STEMS_FILE, folded, indexed, stem, tokens

snowball = Stemmer.Stemmer("indonesian", 0).stemWord


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dinas PERHUBUNGAN", ["dinas", "perhubungan"]),
        ("Jum'at Jum\u2019at Qur\u02bcan", ["jumat", "jumat", "quran"]),
        ("caf\u00e9 cafe\u0301 \uff23\uff21\uff26\uff25 Stra\u00dfe", ["cafe", "cafe", "cafe", "strasse"]),
        ("undang-undang e-KTP", ["undang", "undang", "e", "ktp"]),
        ("pe\u00adla\u00adyanan", ["pelayanan"]),
        ("188.45/12/2026", ["188", "45", "12", "2026"]),
        ("RT05 covid19 m\u00b2", ["rt", "05", "covid", "19", "m", "2"]),
        ("\u0662\u0660\u0662\u0666", ["2026"]),
        ("\u0645\u062f\u064a\u0646\u0629", ["\u0645\u062f\u064a\u0646\u0629"]),
        ("\ud800 \U0001f600 ... ' _", []),
        ("", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert folded(text) == words


def test_a_word_knows_its_place() -> None:
    text = "Jl. Jum'at, caf\u00e9!"

    assert [text[token.start : token.end] for token in tokens(text)] == ["Jl", "Jum'at", "caf\u00e9"]


def test_of_a_long_word_only_the_beginning_counts() -> None:
    assert folded("a" * 1_000) == ["a" * LONGEST_WORD]


@pytest.mark.parametrize(
    ("words", "root"),
    [
        ("tutup menutup ditutup tertutup penutupan penutupannya Penutup", "tutup"),
        ("buka membuka terbuka dibuka pembukaan keterbukaan keterbukaannya", "buka"),
        ("penanggulangan menanggulangi ditanggulangi", "tanggulang"),
        ("kendaraan pengendara berkendara", "kendara"),
        ("kelola mengelola dikelola pengelolaan pengelola", "kelola"),
        ("nilai menilai dinilai penilaian", "nilai"),
        ("terima menerima diterima penerimaan penerima", "terima"),
        ("tambah menambah ditambah penambahan tambahan", "tambah"),
        ("kirim mengirimkan dikirim pengiriman kiriman", "kirim"),
        ("sekolah bersekolah sekolahnya", "sekolah"),
        ("jl jln jalan", "jalan"),
        ("05 5 005", "5"),
        ("0 00", "0"),
    ],
)
def test_words_of_one_root_have_one_stem(words: str, root: str) -> None:
    assert {stem(word) for word in folded(words)} == {root}


def test_each_exception_is_needed_and_leads_to_a_stem() -> None:
    assert [word for word, root in EXCEPTIONS.items() if snowball(word) == root] == []
    assert [root for root in EXCEPTIONS.values() if stem(root) != root] == []


def test_the_list_of_exceptions_has_each_word_once_in_order() -> None:
    listed = [str(row["word"]) for row in read_rows(STEMS_FILE)]

    assert len(listed) >= 200
    assert listed == sorted(set(listed))
    assert [word for word in listed if folded(word) != [word]] == []


def test_an_abbreviation_is_its_own_stem() -> None:
    """Otherwise a rule takes it apart: `perwali` would be found as `wali`."""
    short = [each.term for each in shipped_synonyms() if each.both_ways and each.term.isalpha() and each.term.islower()]

    assert [word for word in short if stem(word) != word and word not in EXCEPTIONS] == []


def test_the_index_has_only_letters_and_digits_of_ascii_apart_by_one_space() -> None:
    text = 'Perwali No. 188.45/12/2026 "Penutupan" Jl. caf\u00e9 \u0645\u062f\u064a\u0646\u0629 \U00010400 \ud800 & | ! <-> NEAR(x)'

    assert re.fullmatch("[a-z0-9]+(?: [a-z0-9]+)*", indexed(text))
    assert indexed(text).startswith("perwali nomor 188 45 12 2026 tutup jalan cafe u0645")


def test_a_beginning_in_another_script_stays_one_in_the_index() -> None:
    assert indexed("\u0645\u062f\u064a\u0646\u0629").startswith(indexed("\u0645\u062f"))
