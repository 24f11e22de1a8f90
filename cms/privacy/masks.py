"""What may be shown of personal data: enough to find it in the text, too little to use it."""

from __future__ import annotations

from typing import Final

HIDDEN: Final = "\u2022"


def masked_number(digits: str, first: int, last: int) -> str:
    """The number with only its first and last digits, the others as dots."""
    return digits[:first] + HIDDEN * (len(digits) - first - last) + digits[len(digits) - last :]


def masked_email(address: str) -> str:
    """The address with the first letter of its name, and its domain."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}{HIDDEN * 3}@{domain}"


def masked_words(text: str) -> str:
    """The first word, and of each other one its first letter; no digits."""
    first, *others = text.split()
    shown = [word[:1] + HIDDEN * 2 if word[:1].isalpha() else HIDDEN * 2 for word in others[:8]]
    return " ".join(["".join(HIDDEN if letter.isdecimal() else letter for letter in first), *shown])
