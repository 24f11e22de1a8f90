"""Names of uploaded files: only labels, never a path on the server (R-F1)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 150
LONGEST_EXTENSION: Final = 10
DRIVE: Final = re.compile(r"[A-Za-z]:")
DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
"""Names under which Windows saves nothing, whatever their extension."""
FORBIDDEN: Final = re.compile(r'["<>:|?*]')
# Control, format (direction and zero-width), surrogate, private and unassigned characters.
HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_name(given: str, extension: str = "") -> str:
    """The name as it is kept: NFC, without folders and hidden characters, at most 150 characters with its extension.

    The drive of a path goes with its folders, and a name that Windows keeps for a device gets a `_`. An empty name becomes `berkas` with `extension` (`.pdf`).
    """
    name = given.replace("\\", "/").rpartition("/")[2]
    name = DRIVE.sub("", name, count=1) if DRIVE.match(name) else name
    name = unicodedata.normalize("NFC", "".join(each for each in name if unicodedata.category(each) not in HIDDEN))
    name = " ".join(FORBIDDEN.sub("_", name).replace("\ufffd", "_").split()).strip(". ")
    stem, ending = split_name(name)
    stem = stem[: LONGEST_NAME - len(ending)].rstrip(". ")
    name = f"{stem}{ending}" if stem else f"berkas{ending or extension}"
    return f"_{name}" if DEVICE.match(name) else name


def split_name(name: str) -> tuple[str, str]:
    """The name without and its extension with the dot (`.pdf`); no extension when there is none of a sensible length."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending or len(ending) > LONGEST_EXTENSION:
        return name, ""
    return stem, f".{ending}"


def extension_of(name: str) -> str:
    """The extension in lower case with its dot, or an empty text."""
    return split_name(name)[1].lower()
