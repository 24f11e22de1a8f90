"""Addresses in links: how they are written, which ones readers may get, and what is wrong with the others (R-C2)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

SCHEMES: Final = frozenset({"https", "http", "mailto", "tel"})
LONGEST_LINK: Final = 2_000
LONGEST_SHOWN: Final = 100
"""Characters of an address, or of the words of a link, that an error repeats."""

TOO_LONG: Final = "it is longer than 2,000 characters"
HIDDEN: Final = "it has invisible characters"
NO_SCHEME: Final = "it begins with //: write https: before it"
CREDENTIALS: Final = "it has a user name or password"
NO_HOST: Final = "it names no host"
NO_MAIL: Final = "it is no e-mail address"
NO_TELEPHONE: Final = "it is no telephone number"
OTHER_SCHEME: Final = "it begins with none of https, http, mailto and tel"
BACKSLASH: Final = "it has a backslash"
RELATIVE: Final = "it is relative to an unknown page: begin it with https:// or /"
NO_WEB_ADDRESS: Final = "it is no http or https address with a host, without user name and password"
REASONS: Final = (
    TOO_LONG, HIDDEN, NO_SCHEME, CREDENTIALS, NO_HOST, NO_MAIL, NO_TELEPHONE, OTHER_SCHEME, BACKSLASH, RELATIVE,
    NO_WEB_ADDRESS,
)  # fmt: skip
"""What can be wrong with an address; the messages have each in both languages."""

_MAILBOX: Final = r"(?:(?!%40)[^@\s?,])++(?:@|%40)[^@\s?,]++"
_SAFE: Final = re.compile(
    r"https?://[^/?#@\s]+(?:[/?#].*)?"
    rf"|mailto:{_MAILBOX}(?:,{_MAILBOX})*(?:\?\S*)?|mailto:\?\S+"
    r"|tel:[+(*0-9](?:[0-9().;=a-z/*-]|%2[03])*"
    r"|/(?!/).*|#.*",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_NEVER_IN_LINK: Final = re.compile(r"[\x00-\x20\x7f\\]")
# What browsers write as %xx wherever it stands behind the host: white space of any kind, and these.
_TO_ENCODE: Final = re.compile(r"[^\S\t\n\r]|[\"<>^`{|}]")
_DROPPED: Final = str.maketrans("", "", "\t\n\r")


def encoded_link(written: str) -> str:
    """The address as browsers read what was written: trimmed, without line breaks, spaces and the like as %20.

    Encoding an encoded address changes nothing. The host is left as it is: a space in it is no spelling of anything.
    """
    link = written.translate(_DROPPED).strip()
    host = _HOST.match(link)
    behind = host.end() if host else 0
    return link[:behind] + _TO_ENCODE.sub(lambda found: quote(found[0]), link[behind:])


def is_safe_link(link: str) -> bool:
    """True for an absolute https, http, mailto or tel address, a path on the same site, or a place on the same page."""
    return link_fault(link) is None


def link_fault(link: str) -> str | None:
    """Why readers must not get this address, one of REASONS; None for an address that they may get."""
    if len(link) > LONGEST_LINK:
        return TOO_LONG
    if not link.isascii() and any(_is_hidden(character) for character in link if character > "~"):
        return HIDDEN
    if _NEVER_IN_LINK.search(link) is None and _SAFE.fullmatch(link) is not None:
        return None
    return _reason(link)


def _reason(link: str) -> str:
    scheme = _SCHEME.match(link)
    if "\\" in link:
        return BACKSLASH
    if scheme is not None:
        return _reason_of_scheme(scheme[1].lower(), link)
    return NO_SCHEME if link.startswith("//") else RELATIVE


def _reason_of_scheme(scheme: str, link: str) -> str:
    if scheme in {"http", "https"}:
        host = link.partition("//")[2].partition("/")[0]
        return CREDENTIALS if "@" in host else NO_HOST
    return {"mailto": NO_MAIL, "tel": NO_TELEPHONE}.get(scheme, OTHER_SCHEME)


def shortened(text: str) -> str:
    """The beginning of an address or of the words of a link, for an error: hidden characters can be seen in it."""
    shown = "".join(f"U+{ord(each):04X}" if each != " " and _is_hidden(each) else each for each in text[:LONGEST_SHOWN])
    return shown if len(text) <= LONGEST_SHOWN else f"{shown}..."


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
