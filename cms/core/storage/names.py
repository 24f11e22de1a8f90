"""Names of uploaded files: only labels, never a path on the server (R-F1)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 150
LONGEST_EXTENSION: Final = 10
FORBIDDEN: Final = re.compile(r'["<>:|?*]')
# Control, format (direction and zero-width), surrogate, private and unassigned characters.
HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_name(given: str, extension: str = "") -> str:
    """The name as it is kept: NFC, without folders and hidden characters, at most 150 characters with its extension.

    An empty name becomes `berkas` with `extension` (`.pdf`).
    """
    name = given.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", "".join(each for each in name if unicodedata.category(each) not in HIDDEN))
    name = " ".join(FORBIDDEN.sub("_", name).replace("\ufffd", "_").split()).strip(". ")
    stem, ending = split_name(name)
    stem = stem[: LONGEST_NAME - len(ending)].rstrip(". ")
    return f"{stem}{ending}" if stem else f"berkas{ending or extension}"


def split_name(name: str) -> tuple[str, str]:
    """The name without and its extension with the dot (`.pdf`); no extension when there is none of a sensible length."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending or len(ending) > LONGEST_EXTENSION:
        return name, ""
    return stem, f".{ending}"


def extension_of(name: str) -> str:
    """The extension in lower case with its dot, or an empty text."""
    return split_name(name)[1].lower()
