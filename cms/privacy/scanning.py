"""Finds personal data in a text. What it costs grows with the length of the text, no faster (`tests/test_text_costs.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from cms.privacy.contacts import find_accounts, find_addresses, find_emails, find_telephones
from cms.privacy.kinds import DataKind, Hit
from cms.privacy.numbers import find_numbers
from cms.privacy.readable import plain
from cms.privacy.surroundings import Surroundings

NUMBERS = frozenset({DataKind.NIK, DataKind.FAMILY_CARD, DataKind.NPWP})


def find_personal_data(text: str, *, is_contact: bool = False) -> list[Hit]:
    """Personal data in a text, in its order; places are those in `plain(text)`.

    `is_contact`: the text is meant for contact, so that its telephone, e-mail and address are no findings.
    """
    said = plain(text)
    hits = sorted(_hits(said, is_contact=is_contact), key=lambda hit: (hit.start, -hit.end))
    return list(_apart(hits))


def _hits(said: str, *, is_contact: bool) -> Iterator[Hit]:
    yield from find_numbers(said)
    yield from find_accounts(said)
    around = Surroundings(said)
    if is_contact or around.is_directory:
        return
    yield from find_telephones(said, around)
    yield from find_emails(said, around)
    yield from find_addresses(said, around)


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    """Each place once: what is in a longer finding is part of it."""
    end = -1
    for hit in hits:
        if hit.start >= end:
            yield hit
            end = hit.end
