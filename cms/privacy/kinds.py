"""The kinds of personal data, and what is found in a text."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class DataKind(StrEnum):
    """What a piece of a text is (UU 27/2022, article 4: data that identify a person)."""

    NIK = "nik"
    """Nomor Induk Kependudukan, 16 digits. Without a word before it, it may also be the number of a family card: both are made alike."""
    FAMILY_CARD = "family_card"
    """Nomor Kartu Keluarga (KK), 16 digits."""
    NPWP = "npwp"
    """The tax number of a person: 15 digits, or 16, which are the person's NIK."""
    TELEPHONE = "telephone"
    BANK_ACCOUNT = "bank_account"
    EMAIL = "email"
    ADDRESS = "address"
    """A home address."""
    MORE = "more"
    """What was found beyond the number of findings that are listed one by one."""


CONTACT: Final = frozenset({DataKind.TELEPHONE, DataKind.EMAIL, DataKind.ADDRESS})
"""Kinds that are no finding where people are asked for them: fields meant for contact."""


class Hit(NamedTuple):
    """Personal data in a text, from `start` to `end`.

    `value` is the whole value in one spelling: it is only digested, never kept, shown or logged. `masked` may be shown. `is_sure` is false when it
    may be something else.
    """

    kind: DataKind
    start: int
    end: int
    value: str
    masked: str
    is_sure: bool = True
