"""The rules by which numbers of people are told from all other long numbers."""

from __future__ import annotations

import pytest

from cms.privacy.kinds import DataKind
from cms.privacy.scanning import find_personal_data

NIK, CARD = "6471014502900003", "6471012003150007"


def kinds(text: str) -> list[str]:
    return [hit.kind.value for hit in find_personal_data(text)]


@pytest.mark.parametrize(
    "text",
    [
        NIK,
        f"NIK: {NIK}",
        f"NIK{NIK}",
        f"({NIK})",
        f"'{NIK}",
        f"1 {NIK} 2 L",
        f"{NIK}/{CARD}",
        "6471 0145 0290 0003",
        "647101-450290-0003",
        "64.71.01.450290.0003",
        "6 4 7 1 0 1 4 5 0 2 9 0 0 0 0 3",
        "647101450290\n0003",
        "\u0666\u0664\u0667\u0661\u0660\u0661\u0664\u0665\u0660\u0662\u0669\u0660\u0660\u0660\u0660\u0663",
        "6471\u00a00145\u00a00290\u00a00003",
        "6471\u200b014502900003",
        "6471014502900000.0",
        "NIK : 64710145O29OOOO3",
    ],
)
def test_a_nik_is_found_however_it_is_written(text: str) -> None:
    assert kinds(text)[:1] == ["nik"]


@pytest.mark.parametrize(
    "text",
    [
        # NIP, in one piece and in groups; of a contract (PPPK).
        "198502101990031005",
        "NIP 19850210 199003 1 005",
        "199002102022211003",
        # No province, no city, no district, no day, no month, no serial.
        "9971014502900003",
        "0171014502900003",
        "6400014502900003",
        "6471004502900003",
        "6471013202900003",
        "6471017502900003",
        "6471014513900003",
        "6471013002900003",
        "6471014502900000",
        # Part of something else.
        "107.6471014502900003",
        "6471014502900003.25",
        "0,6471014502900003",
        "MH16471014502900003",
        "6471014502900003A",
        "64710145029000031",
        "NUPTK 6471014502900003",
        "virtual account 6471014502900003",
        "No. Rangka 6471014502900003",
        # Masked already.
        "NIK 6471**********03",
        "NIK ................",
        "Contoh NIK: 1234567890123456",
    ],
)
def test_other_long_numbers_are_none(text: str) -> None:
    assert kinds(text) == []


def test_the_word_before_it_says_which_number_it_is() -> None:
    assert kinds(f"No. KK {CARD}") == ["family_card"]
    assert kinds(f"NPWP {NIK}") == ["npwp"]
    assert kinds(f"NUPTK 1234, NIK {NIK}") == ["nik"]
    # A typing error does not hide it.
    assert kinds("NIK 6471019902900003") == ["nik"]


def test_a_tax_number_that_is_a_nik_is_known_as_unsure() -> None:
    assert [hit.is_sure for hit in find_personal_data(f"NPWP {NIK}")] == [False]
    assert [hit.is_sure for hit in find_personal_data(f"NIK {NIK}")] == [True]
    assert kinds("NPWP 0012345678901000") == []


def test_tax_numbers_of_companies_and_treasurers_are_none() -> None:
    assert kinds("NPWP 09.254.294.3-407.000 Siti") == ["npwp"]
    assert kinds("PT Karya, NPWP 09.254.294.3-407.000") == []
    assert kinds("NPWP 00.254.294.3-407.000") == []
    assert kinds("NPWP 02.254.294.3-407.000") == []


def test_no_more_is_shown_of_a_value_than_finds_it_in_the_text() -> None:
    told = {
        hit.kind: hit.masked for hit in find_personal_data(f"NIK {NIK}\nNama Siti, HP 081234567890, siti77@gmail.com")
    }

    assert told[DataKind.NIK] == "6471" + "\u2022" * 10 + "03"
    assert told[DataKind.TELEPHONE] == "0812" + "\u2022" * 6 + "90"
    assert told[DataKind.EMAIL] == "s\u2022\u2022\u2022@gmail.com"


def test_fields_meant_for_contact_may_have_telephone_mail_and_address() -> None:
    text = f"Nama Siti, tinggal di Jl. Melati No. 5, HP 081234567890, siti77@gmail.com, NIK {NIK}"

    assert kinds(text) == ["address", "telephone", "email", "nik"]
    assert [hit.kind.value for hit in find_personal_data(text, is_contact=True)] == ["nik"]


def test_the_account_of_a_person_is_found_and_that_of_the_city_is_not() -> None:
    assert kinds("Siti, nomor rekening BRI 0012-01-000123-30-5") == ["bank_account"]
    assert kinds("Rekening Kas Umum Daerah Bankaltimtara 0011223344") == []
    assert kinds("Kode rekening 5.1.02.01.01.0024 Belanja Alat Tulis") == []
