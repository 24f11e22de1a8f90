"""Which passwords are refused (R-A4): short ones, and those that an attacker tries first. No composition rules, no expiry.

A password is weak when little is left after removing entries of password lists, names of the city, its agencies and the person,
years, sequences and repetitions. Checked offline.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from cms.core.errors import invalid_field

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LARGEST_PASSWORD_BYTES = 1_024
# Fewer characters than this beside the guessable parts can be tried out.
FEWEST_OWN_CHARACTERS = 6
FEWEST_DIFFERENT_CHARACTERS = 5
SHORTEST_WORD = 3
_LISTS = Path(__file__).parent / "common_passwords.txt"
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_YEAR = re.compile("(19|20)[0-9]{2}")
_REPEATED = re.compile(r"(.{1,6}?)\1{2,}")
_NOT_A_WORD = re.compile(r"[\W_]+")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def check_new_password(pointer: str, password: str, personal: Iterable[str] = ()) -> None:
    """Raise `Invalid` about `pointer` unless the password is acceptable.

    `personal` are names that belong to the person: e-mail address, name, agencies.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise invalid_field(pointer, "too_short", min=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD or len(password.encode()) > LARGEST_PASSWORD_BYTES:
        raise invalid_field(pointer, "too_long", max=LONGEST_PASSWORD)
    reason = weakness(password, personal)
    if reason is not None:
        raise invalid_field(pointer, "weak_password", reason=reason)


def weakness(password: str, personal: Iterable[str] = ()) -> str | None:
    """Why the password is easy to guess, or None."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < FEWEST_DIFFERENT_CHARACTERS:
        return "too few different characters"
    own_words = _words_of(personal)
    # Years first: `2026` is not `zozg` in disguise.
    for text in (plain, _YEAR.sub(" ", plain).translate(_LEET)):
        if len(_own_part(text, own_words)) < FEWEST_OWN_CHARACTERS:
            return "made of common words, names, years or sequences"
    return None


def _own_part(text: str, personal: frozenset[str]) -> str:
    """What is left when the guessable parts are gone."""
    for row in _ROWS:
        text = _without_runs(text, row)
    text = _NOT_A_WORD.sub("", _YEAR.sub(" ", text))
    for word in sorted(common_words() | personal, key=len, reverse=True):
        text = text.replace(word, "")
    return _REPEATED.sub(r"\1", text)


def _without_runs(text: str, row: str) -> str:
    """Without pieces of four or more neighbours on the keyboard, in the alphabet or among the digits, either way."""
    for line in (row, row[::-1]):
        for length in range(len(line), 3, -1):
            for start in range(len(line) - length + 1):
                text = text.replace(line[start : start + length], " ")
    return text


def _words_of(personal: Iterable[str]) -> frozenset[str]:
    parts = (part for name in personal for part in _NOT_A_WORD.split(unicodedata.normalize("NFKC", name).casefold()))
    return frozenset(part for part in parts if len(part) >= SHORTEST_WORD)


@cache
def common_words() -> frozenset[str]:
    """The packaged list, one entry per line; read once."""
    lines = _LISTS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
