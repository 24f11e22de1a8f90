"""Where a sign-in comes from, in words that a person recognises: "Firefox, Windows".

The words are chosen from the lists below and never copied from the request, so an attacker cannot write text into another
person's list of sessions. Browsers deliberately name only their family and system, so a larger library would find nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LOOKED_AT: Final = 512
"""Characters of a User-Agent; browsers send some 120."""

# The first match counts: nearly every browser also names the browsers that it imitates.
_PROGRAMS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("WordPress/", "WordPress"),
    ("PostmanRuntime/", "Postman"),
    ("okhttp/", "okhttp"),
    ("Dart/", "Dart"),
    ("curl/", "curl"),
    ("GuzzleHttp/", "PHP"),
    ("python", "Python"),
    ("Python", "Python"),
    ("node", "Node.js"),
)
_SYSTEMS: Final = (
    ("Windows NT", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Network address and device of a sign-in or refresh; None where unknown."""

    address: str | None = None
    device: str | None = None


def device_words(user_agent: str) -> str | None:
    """Program and system of a User-Agent, such as `Chrome, Android`; None when neither is known."""
    text = user_agent[:LOOKED_AT]
    found = [next((name for mark, name in names if mark in text), None) for names in (_PROGRAMS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or None
