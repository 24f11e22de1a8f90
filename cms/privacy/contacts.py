"""Finds telephones, e-mail addresses and home addresses of people, and their accounts. What belongs to an office is no finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cms.privacy.kinds import DataKind, Hit
from cms.privacy.masks import masked_email, masked_number, masked_words
from cms.privacy.numbers import label_before
from cms.privacy.surroundings import Surroundings

NAMED_WITHIN: Final = 20
"""Characters before a number in which a word says that it is no telephone."""
_MOBILE: Final = re.compile(
    r"(?<![\w.,/\-+])(?:\+?62[ .\-]?|0)8[0-9]{1,3}[ .\-]?[0-9]{3,4}[ .\-]?[0-9]{2,5}(?![\w/]|[.,\-][0-9])"
)
_HOME_LINE: Final = re.compile(
    r"\b(?:telepon|telp|tlp|no)\.?\s{1,3}rumah\s{0,3}:?\s{0,3}(\(?0[1-9][0-9]{1,2}\)?[ .\-]?[0-9]{3,4}[ .\-]?[0-9]{2,4})(?![0-9])",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(
    r"(?<![\w.+\-])([a-z0-9][a-z0-9._+\-]{0,63}) ?(?:@|\[at\]|\(at\)) ?((?:g|google|y|rocket|hot|proton|ail|live|fast)?mail|yahoo|outlook|live|icloud|me|aol|yandex|gmx|zoho)(\.(?:co\.id|com|id|me|net|co|ru))\b",
    re.IGNORECASE,
)
_OFFICE_NAME: Final = re.compile(
    r"kel|kec|desa|din|dis|bad|bap|bpb|bag|uptd?|upt|puskes|pkm|rsu|sdn?|smp|sma|smk|paud|humas|ppid|admin|info|kontak|contact|layan|adu|lapor|kantor|sekret|pemkot|pemda|kota"
    r"|camat|lurah|satpol|posko|panitia|lomba|forum|komisi|kpu|koni|pkk|karang|karta|koperasi|masjid|cs|help|media|redaksi|perpus|museum|pasar|rumahsakit",
    re.IGNORECASE,
)
_ACCOUNT: Final = re.compile(
    r"(?P<label>\b(?:no(?:mor)?\b[ .:]{0,3})?(?:rek(?:ening)?\b\.?|norek\b)|\bbank\s+\w{2,10}\b|\b(?:BRI|BCA|BNI|BJB|BSI|BTN|BPD|Mandiri|Bankaltimtara|Danamon|CIMB|Permata)\b)"
    r"[^\n0-9]{0,40}?(?P<number>[0-9](?:[ .\-]?[0-9]){7,19})(?![0-9])",
    re.IGNORECASE,
)
_BUDGET: Final = re.compile(
    r"\b(?:kode rekening|belanja|anggaran|sub rincian|rincian objek|uraian|kas umum|RKUD|kas daerah|kasda|bendahara|penerimaan|pemerintah|dinas|badan|BAZNAS|yayasan|panitia"
    r"|PT|CV|perusahaan|koperasi|retribusi|pajak|PBB|BPHTB|UPTD?|RSUD|Perumda|PDAM|masjid|donasi|giro|escrow|jaminan|virtual|pembayaran)\b",
    re.IGNORECASE,
)
_STREET: Final = r"\b(?:Jl\b\.?|Jln\b\.?|Jalan|Gg\b\.?|Gang|Kp\b\.?|Kampung|Komp\b\.?|Kompleks?|Perum(?:ahan)?\b\.?|Dusun|Dsn\b\.?|Blok|Lingkungan|Lr\b\.?|Lorong|Griya|Villa|Cluster)"
_BLOCK: Final = r"RT\b\.?\s{0,2}[0-9]{1,3}\b(?:\s{0,2}[/,.\-]?\s{0,2}(?:RW\b\.?\s{0,2})?[0-9]{1,3})?|RT\s?/\s?RW\s{0,2}[:.]?\s{0,2}[0-9]{1,3}\s?/\s?[0-9]{1,3}"
_HOUSE: Final = r"\bNo(?:mor)?\b\.?\s{0,2}[0-9]{1,4}[A-Za-z]?\b"
_ADDRESS: Final = re.compile(rf"{_STREET}\s[^\n\t;]{{2,60}}?(?:\b(?:{_BLOCK})|{_HOUSE})", re.IGNORECASE)


def find_telephones(text: str, around: Surroundings) -> Iterator[Hit]:
    """Mobile telephones that are not an office's, and what is called the telephone of a home."""
    for found in _MOBILE.finditer(text):
        digits = "0" + re.sub(r"[^0-9]", "", found[0]).removeprefix("62").removeprefix("0")
        is_other = label_before(text, found.start(), NAMED_WITHIN) == "other"
        if 10 <= len(digits) <= 13 and not is_other and around.is_persons(found.start(), otherwise=True):
            yield Hit(DataKind.TELEPHONE, found.start(), found.end(), digits, masked_number(digits, 4, 2))
    for found in _HOME_LINE.finditer(text):
        digits = re.sub(r"[^0-9]", "", found[1])
        yield Hit(DataKind.TELEPHONE, found.start(1), found.end(1), digits, masked_number(digits, 3, 2))


def find_emails(text: str, around: Surroundings) -> Iterator[Hit]:
    """Addresses at providers for people whose name is not that of an office. All others are an organisation's."""
    for found in _EMAIL.finditer(text):
        name, host = found[1].lower(), (found[2] + found[3]).lower()
        if _OFFICE_NAME.match(name) or not around.is_persons(found.start(), otherwise=True):
            continue
        yield Hit(DataKind.EMAIL, found.start(), found.end(), f"{name}@{host}", masked_email(f"{name}@{host}"))


def find_accounts(text: str) -> Iterator[Hit]:
    """Account numbers behind the name of a bank or the word for account, unless somebody other than a person is named."""
    for found in _ACCOUNT.finditer(text):
        digits = re.sub(r"[^0-9]", "", found["number"])
        start, end = found.span("number")
        if not 8 <= len(digits) <= 16 or _BUDGET.search(text, max(0, start - 100), end + 60):
            continue
        yield Hit(
            DataKind.BANK_ACCOUNT,
            start,
            end,
            digits,
            masked_number(digits, 0, 3),
            is_sure="rek" in found["label"].lower(),
        )


def find_addresses(text: str, around: Surroundings) -> Iterator[Hit]:
    """Streets with a number, or with RT and RW, where a person is said to live."""
    for found in _ADDRESS.finditer(text):
        if around.is_home(found.start()):
            value = " ".join(found[0].lower().split())
            yield Hit(DataKind.ADDRESS, found.start(), found.end(), value, masked_words(found[0]))
