"""Links in what is saved: where they lead, whether that is allowed, and whether a reader can see them (R-C5, R-C7)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from publicsuffixlist import PublicSuffixList

from cms.guard.folding import latin
from cms.guard.models import LinkStanding

ALLOWED_FROM_THE_START: Final = Path(__file__).resolve().parent / "seed" / "allowed_domains.txt"
SHORTEST_NAME: Final = 3
"""Letters of a domain that is recognised without `https://` before it: `M.Si` is a degree."""
NO_SUFFIXES: Final = frozenset({"zip", "mov", "md", "py", "sh", "rs", "pl"})
"""Endings that are domains too, but stand for files in texts."""

_ADDRESS: Final = re.compile(r"(?:https?:)?//([^\s/?#\"'<>()\[\]{}\\]+)")
_BARE: Final = re.compile(r"(?<![\w@.\-/])(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,23}(?![\w@-])")
_ANCHOR: Final = re.compile(r'<a href="([^"]*)"[^<>]*>|</a>')
_TAG: Final = re.compile(r"<[^<>]*>")
_ALT: Final = re.compile(r'<img [^<>]*alt="[^"]*\w')
_ALT_TEXT: Final = re.compile(r'<img [^<>]*alt="([^"]+)"')
_WORD_CHARACTER: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a body: its address, and whether a reader sees something to press."""

    address: str
    is_visible: bool


def anchors(body_html: str) -> list[Anchor]:
    """The links of sanitised HTML, in their order."""
    found: list[Anchor] = []
    address, begin = None, 0
    for tag in _ANCHOR.finditer(body_html):
        if address is not None:
            inside = body_html[begin : tag.start()]
            text = latin(html.unescape(_TAG.sub("", inside)))
            found.append(Anchor(address, bool(_WORD_CHARACTER.search(text) or _ALT.search(inside))))
        address, begin = (html.unescape(tag[1]) if tag[1] is not None else None), tag.end()
    return found


def alternative_texts(body_html: str) -> list[str]:
    """What the images of sanitised HTML say to those who do not see them, and to search engines."""
    return [html.unescape(text) for text in _ALT_TEXT.findall(body_html)]


def hosts_in_link(link: str) -> set[str]:
    """The host of an address and of every address inside it: `https://dpu.go.id/out?to=https%3A%2F%2Fevil.example`."""
    text = unquote(unquote(link))
    try:
        own = urlsplit(link).hostname
    except ValueError:
        own = None
    return {host for host in (_ascii(name) for name in (own, *_after_slashes(text)) if name) if host}


def hosts_in_text(text: str) -> set[str]:
    """Hosts that are written out in plain text, with or without `https://` before them."""
    if "." not in text and "://" not in text:
        return set()
    written = latin(text)
    found = {host for host in (_ascii(name) for name in _after_slashes(written)) if host and "." in host}
    return found | {name for name in _BARE.findall(written) if _is_domain(name)}


def standing_of(host: str, known: Mapping[str, LinkStanding]) -> LinkStanding | None:
    """What is known of a host; of the entries for it and the domains above it the longest counts. None: unknown."""
    for domain in candidates(host):
        if domain in known:
            return known[domain]
        if domain in allowed_from_the_start():
            return LinkStanding.ALLOWED
    return None


def candidates(host: str) -> Iterator[str]:
    """The host and every domain above it, longest first."""
    labels = host.split(".")
    for start in range(len(labels)):
        yield ".".join(labels[start:])


def registrable(host: str) -> str:
    """The part of a host name that somebody registered (`situs.balikpapan.go.id` -> `balikpapan.go.id`)."""
    return suffixes().privatesuffix(host) or host


@cache
def suffixes() -> PublicSuffixList:
    """The Public Suffix List that comes with the package; nothing is fetched."""
    return PublicSuffixList(accept_unknown=False)


@cache
def allowed_from_the_start() -> frozenset[str]:
    """The domains of seed/allowed_domains.txt."""
    lines = ALLOWED_FROM_THE_START.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def all_candidates(hosts: Iterable[str]) -> set[str]:
    """Every domain that an entry about one of these hosts could name."""
    return {domain for host in hosts for domain in candidates(host)}


def _after_slashes(text: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(text):
        yield match[1].rpartition("@")[2].partition(":")[0].rstrip(".,;!*_")


def _ascii(name: str) -> str | None:
    """A host name in its ASCII form and lower case; None for what is none."""
    host = name.strip(".").lower()
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = latin(host)
    return host if 0 < len(host) <= 253 else None


def _is_domain(name: str) -> bool:
    """True for a name below a public suffix, as people write it in texts."""
    ending = name.rpartition(".")[2]
    if ending in NO_SUFFIXES:
        return False
    own = suffixes().privatesuffix(name)
    return own is not None and len(own.partition(".")[0]) >= SHORTEST_NAME
