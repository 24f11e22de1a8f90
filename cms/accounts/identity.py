"""How an e-mail address names a person: normalised once (R-U1), then compared exactly."""

from __future__ import annotations

import unicodedata

LONGEST_EMAIL = 254
EMAIL_PATTERN = r"[^@\s<>\",;:()\[\]\\]+@[^@\s<>\",;:()\[\]\\]+"


def normalised_email(text: str) -> str:
    """The address as it is stored and looked up: NFKC, case-folded, without outer white space."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())
