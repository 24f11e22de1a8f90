"""Finds NIK, numbers of family cards and NPWP of people. NIP, account numbers, codes of budgets and numbers of other registers are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cms.privacy.digit_groups import Groups, runs
from cms.privacy.identity_numbers import has_day, has_province, has_region, is_employee_number, is_identity_number
from cms.privacy.kinds import DataKind, Hit
from cms.privacy.masks import masked_number

LABEL_WITHIN: Final = 60
"""Characters before a number in which the word is looked for that says what it is."""
_LABEL: Final = re.compile(
    r"(?P<nik>\bN\.?I\.?K(?![a-z])|induk kependudukan|\bKTP\b|kependudukan)"
    r"|(?P<family_card>\bK\.?K\b|kartu keluarga)"
    r"|(?P<npwp>\bN\.?P\.?W\.?P)"
    r"|(?P<other>\b(?:NUPTK|NUKS|NIP\w*|NRP|VA|NTPN|NTB|NOP|IMEI|NIB|NPSN|RUP|NISN|NIS|BPJS|JKN|ISBN|ISSN|SIM|NOPOL|SN|S/N)\b|virtual account"
    r"|\bbilling\b|kode bayar|\bseri(?:al)?\b|barcode|\bresi\b|tagihan|pelanggan|\bid ?pel|\bmeter|\brek(?:ening)?\b|kartu kredit"
    r"|kontrak|\bregist|tender|serti[fp]ikat|rangka|mesin|kwitansi|invoice|transaksi|referensi|koordinat|\bkode\b)",
    re.IGNORECASE,
)
_SHAPES: Final = frozenset(
    {
        (4, 4, 4, 4),
        (6, 6, 4),
        (2, 2, 2, 6, 4),
        (2, 2, 2, 2, 2, 2, 4),
        (6, 2, 2, 2, 4),
        (6, 10),
        (12, 4),
        (8, 8),
        (4, 12),
        (1,) * 16,
    }
)
"""How a NIK is written in groups."""
_NPWP_SHAPE: Final = (2, 3, 3, 1, 3, 3)
_OF_BODIES: Final = frozenset({"00", "01", "02", "03"})
"""The first digits of tax numbers of treasurers of the state and of companies."""
_SURELY_OF_PEOPLE: Final = frozenset({"04", "05", "06", "07", "08", "09"})
_BODY: Final = re.compile(
    r"\b(?:PT|CV|UD|Fa|Firma|Koperasi|Yayasan|Perum|perusahaan|badan|penyedia|rekanan|bendahara|dinas|pemerintah|kantor|instansi|satker)\b",
    re.IGNORECASE,
)
_MISREAD: Final = re.compile(
    r"(?:\bNIK|\bKK|kartu keluarga|kependudukan)[\s:.=]{0,10}([0-9OoQDIl|SB]{16})(?![0-9A-Za-z])", re.IGNORECASE
)
_READ_ANEW: Final = str.maketrans("OoQDIl|SB", "0000111" + "58")
EXAMPLE: Final = "1234567890123456"
"""What forms show as an example."""
LEAST_READ: Final = 10
"""Digits that a number with misread letters must still have."""


def find_numbers(text: str) -> Iterator[Hit]:
    """Personal numbers in a text that is plain (`cms.privacy.readable`)."""
    for run in runs(text):
        taken = [groups for groups in run.of(18) if is_employee_number(groups.groups)]
        for groups in run.of(16):
            if not _overlaps(groups, taken):
                yield from _of_sixteen(text, groups)
        for groups in run.of(15):
            yield from _of_fifteen(text, groups)
    yield from _misread(text)


def _overlaps(groups: Groups, taken: list[Groups]) -> bool:
    return any(each.start < groups.end and groups.start < each.end for each in taken)


def label_before(text: str, start: int, within: int = LABEL_WITHIN) -> str | None:
    """What the last word that says so calls the number that begins here: `nik`, `family_card`, `npwp`, `other`, or None."""
    named = None
    for found in _LABEL.finditer(text, max(0, start - within), start):
        named = found.lastgroup
    return named


def _of_sixteen(text: str, groups: Groups) -> Iterator[Hit]:
    if not has_province(groups.digits) or _is_part_of_a_word(text, groups):
        return
    label = label_before(text, groups.start)
    if not _has_shape(groups, is_labelled=label in {"nik", "family_card", "npwp"}):
        return
    kind, is_sure = _sixteen_digits(groups, label)
    if kind is not None:
        yield Hit(kind, groups.start, groups.end, groups.digits, masked_number(groups.digits, 4, 2), is_sure)


def _sixteen_digits(groups: Groups, label: str | None) -> tuple[DataKind | None, bool]:
    """What a number of 16 digits is, and whether it surely is."""
    digits = groups.digits
    if digits == EXAMPLE:
        return None, False
    is_strict = is_identity_number(digits)
    # Table programs keep 15 digits of a number, and write 0 for the last one.
    is_rounded = groups.after == "." and has_region(digits) and has_day(digits)
    is_likely = has_day(digits) or has_region(digits)
    match label:
        case "nik":
            return (DataKind.NIK if is_likely else None), is_strict
        case "family_card":
            return (DataKind.FAMILY_CARD if is_likely else None), is_strict and has_day(digits, also_of_women=False)
        case "npwp":
            return (DataKind.NPWP if is_likely else None), False
        case "other":
            return None, False
    return (DataKind.NIK if is_strict or is_rounded else None), is_strict


def _has_shape(groups: Groups, *, is_labelled: bool) -> bool:
    if len(groups.groups) == 1:
        return True
    kinds = set(groups.between)
    if kinds == {"\n"}:
        # A narrow column: one break, and none of its parts is a number of its own.
        return len(groups.groups) == 2 and min(groups.sizes) >= 2
    is_joined = groups.before in {".", "-", "/"} or groups.after in {".", "-", "/"}
    return len(kinds) == 1 and not is_joined and (is_labelled or groups.sizes in _SHAPES)


def _is_part_of_a_word(text: str, groups: Groups) -> bool:
    """True behind a decimal point, and inside a code with letters or more digits."""
    before, after = text[groups.start - 1 : groups.start], text[groups.end : groups.end + 1]
    if groups.before == "." or (before == "," and text[groups.start - 2 : groups.start - 1].isdecimal()):
        return True
    is_decimal = groups.after == "." and text[groups.end : groups.end + 2] != ".0"
    label = re.search(r"(?:NIK|KK|KTP|NPWP)$", text[max(0, groups.start - 4) : groups.start], re.IGNORECASE)
    return is_decimal or (before.isalnum() and label is None) or before == "_" or after.isalpha() or after == "_"


def _of_fifteen(text: str, groups: Groups) -> Iterator[Hit]:
    """Tax numbers of people; those of companies and of treasurers are public in tenders."""
    is_written = groups.sizes == _NPWP_SHAPE and set(groups.between) <= {".", "-"}
    if not is_written and (len(groups.groups) > 1 or label_before(text, groups.start) != "npwp"):
        return
    digits = groups.digits
    if digits[:2] in _OF_BODIES or _BODY.search(text, max(0, groups.start - 2 * LABEL_WITHIN), groups.start):
        return
    masked = masked_number(digits, 2, 2)
    yield Hit(DataKind.NPWP, groups.start, groups.end, digits, masked, digits[:2] in _SURELY_OF_PEOPLE)


def _misread(text: str) -> Iterator[Hit]:
    """Numbers behind their word in which a recogniser of scans took digits for letters."""
    for found in _MISREAD.finditer(text):
        said = found[1]
        digits = said.translate(_READ_ANEW)
        if (
            not said.isdecimal()
            and sum(map(str.isdecimal, said)) >= LEAST_READ
            and digits.isdecimal()
            and has_province(digits)
        ):
            is_card = "k" in found[0][:2].lower()
            kind = DataKind.FAMILY_CARD if is_card else DataKind.NIK
            yield Hit(kind, found.start(1), found.end(1), digits, masked_number(digits, 4, 2), is_sure=False)
