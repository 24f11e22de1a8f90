"""Links in what is saved: where they lead, whether that is allowed, and whether a reader can see them (R-C5, R-C7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from cms.core.entities import unescaped
from cms.moderation.decoding import decoded
from cms.moderation.folding import latin
from cms.moderation.models import LinkVerdict

ALLOWED_FROM_THE_START: Final = Path(__file__).resolve().parent / "seed" / "allowed_domains.txt"
SHORTEST_NAME: Final = 3
"""The fewest letters of a domain that is recognised without `https://`: `M.Si` is a degree."""
LONGEST_HOST: Final = 253
"""The most characters of a domain name (RFC 1035)."""
NO_SUFFIXES: Final = frozenset({"zip", "mov", "md", "py", "sh", "rs", "pl"})
"""Top-level domains that are file extensions in texts."""

SURELY_NO_NUMBERING: Final = 50
"""Parts of dotted numbers in texts (classification codes, accounts) are smaller than those of most addresses."""

_ADDRESS: Final = re.compile(r"(?:https?:)?//(\[[0-9a-f:.]+\]|[^\s/?#\"'<>()\[\]{}\\]+)", re.IGNORECASE)
_MAIL: Final = re.compile(r"@\[?([^\s@,;:?&=<>()\[\]{}\"'/\\|]+)")
_EXPLICIT: Final = re.compile(r"https?://", re.IGNORECASE)
_QUAD: Final = re.compile(r"(?<![\w.@-])((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![\w.]*[0-9]|-)(:[0-9]{2,5}\b)?")
_MONEY: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){3}")
_BARE: Final = re.compile(r"(?<![\w@.\-/])(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,23}(?![\w@-])")
# The separators of a name's labels (RFC 3490, section 3.1), and the characters that browsers drop (RFC 3454, table B.1).
_DOT: Final = re.compile("[.\u3002\uff0e\uff61]")
_NO_CHARACTER: Final = re.compile("[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]")
_ANCHOR: Final = re.compile(r'<a href="([^"]*)"[^<>]*>|</a>')
_TAG: Final = re.compile(r"<[^<>]*>")
_ALT_TEXT: Final = re.compile(r'<img [^<>]*alt="([^"]+)"')
_WORD_CHARACTER: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a body: its address, and whether a reader sees anything to click."""

    address: str
    is_visible: bool


def anchors(body_html: str) -> list[Anchor]:
    """The links of sanitised HTML, in their order."""
    found: list[Anchor] = []
    address, begin = None, 0
    for tag in _ANCHOR.finditer(body_html):
        if address is not None:
            inside = body_html[begin : tag.start()]
            text = latin(unescaped(_TAG.sub("", inside) if "<" in inside else inside))
            found.append(Anchor(address, bool(_WORD_CHARACTER.search(text) or "<img " in inside)))
        address, begin = (unescaped(tag[1]) if tag[1] is not None else None), tag.end()
    return found


def alternative_texts(body_html: str) -> list[str]:
    """The `alt` texts of images in sanitised HTML, which screen readers and search engines read."""
    return [unescaped(text) for text in _ALT_TEXT.findall(body_html)]


def hosts_in_links(*links: str) -> set[str]:
    """The hosts of addresses and of every address inside them: `https://dpu.go.id/out?to=https%3A%2F%2Fevil.example`.

    All links are searched as one text: thousands of them cost a few searches, not a few each.
    """
    text = decoded("\n".join(links)).replace("\\", "/")
    named = {host for host in map(_ascii, {*_own_hosts(links), *_after_slashes(text)}) if host}
    # `/out?to=slot88.com` and `/out/slot88.com`: the redirecting site adds the scheme itself.
    rest = latin(_ADDRESS.sub(" ", text).replace("/", " "))
    return named | _bare_domains(rest) | _raw_addresses(rest)


def hosts_in_text(text: str) -> set[str]:
    """Hosts that are written out in plain text, with or without `https://` before them, encoded or not."""
    plain = decoded(text)
    if "." not in plain and "://" not in plain:
        return set()
    written = latin(plain)
    found = {host for host in map(_ascii, set(_after_slashes(written))) if host and not host.isalpha()}
    found |= {host for host in map(_ascii, set(_after_schemes(written))) if host}
    return found | _bare_domains(written) | _raw_addresses(written)


def mail_hosts(text: str) -> set[str]:
    """Domains of the mail addresses in a link or a text: every recipient of `mailto:a@x.id,b@y.id?cc=c%40z.id` (RFC 6068).

    Only blocked domains count. An unknown one is no reason to hold: people use a thousand ordinary mail providers, and a mail
    link shows an address, not a page.
    """
    plain = decoded(text)
    if "@" not in plain:
        return set()
    named = (match[1] for written in {plain, latin(plain)} for match in _MAIL.finditer(written))
    return {host for host in (_ascii(name.rstrip(".!*_")) for name in named) if host and "." in host}


def verdict_of(host: str, known: Mapping[str, LinkVerdict]) -> LinkVerdict | None:
    """What the lists say of a host: the longest entry for it or a domain above it decides. None: unknown."""
    domain = deciding_domain(host, known)
    return None if domain is None else known.get(domain, LinkVerdict.ALLOWED)


def deciding_domain(host: str, known: Mapping[str, LinkVerdict]) -> str | None:
    """The domain that decides for this host: the longest one that has an entry or is allowed from the start."""
    start = allowed_from_the_start()
    return next((domain for domain in candidates(host) if domain in known or domain in start), None)


def _is_number(label: str) -> bool:
    return label.isascii() and label.isdecimal()


def candidates(host: str) -> Iterator[str]:
    """The host and every domain above it, longest first."""
    yield host
    if _is_number(host.rpartition(".")[2]) or ":" in host:
        # An IP address has no domains above it.
        return
    while host := host.partition(".")[2]:
        yield host


def registrable(host: str) -> str:
    """The part of a host name that can be registered (`situs.balikpapan.go.id` -> `balikpapan.go.id`)."""
    return suffixes().privatesuffix(host) or host


def is_registrable(domain: str) -> bool:
    """False for names without one owner: a public suffix (`com`, `go.id`), a bare word, an IP address."""
    return not _is_number(domain.rpartition(".")[2]) and _strict_suffixes().privatesuffix(domain) is not None


@cache
def _strict_suffixes() -> PublicSuffixList:
    """The same list, but an unknown ending counts as a suffix of one label."""
    return PublicSuffixList(accept_unknown=True)


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


def _bare_domains(text: str) -> set[str]:
    """Domains without a scheme; names longer than a domain can be are skipped."""
    return {name for name in set(_BARE.findall(text)) if len(name) <= LONGEST_HOST and _is_domain(name)}


def _own_hosts(links: Iterable[str]) -> Iterator[str]:
    for link in links:
        try:
            host = urlsplit(link).hostname
        except ValueError:
            continue
        # An escaped host is found in the decoded text.
        if host and "%" not in host:
            yield host


def _after_slashes(text: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(text):
        yield _host_of(match[1])


def _after_schemes(text: str) -> Iterator[str]:
    """Hosts after a scheme, which are surely addresses: `http://1746543210` works too."""
    for scheme in _EXPLICIT.finditer(text):
        match = _ADDRESS.match(text, scheme.start())
        if match is not None and (host := _host_of(match[1])):
            yield host


def _host_of(authority: str) -> str:
    host = authority.rpartition("@")[2]
    return host.strip("[]") if host.startswith("[") else host.partition(":")[0].rstrip(".,;!*_")


def _raw_addresses(text: str) -> set[str]:
    """IPv4 addresses without a scheme: with a port, or with numbers that cannot be money or a classification code."""
    return {match[1] for match in _QUAD.finditer(text) if _is_raw_address(match[1], has_port=bool(match[2]))}


def _is_raw_address(quad: str, *, has_port: bool) -> bool:
    parts = quad.split(".")
    if any(int(part) > 255 or (part[0] == "0" and part != "0") for part in parts):
        return False
    if has_port:
        return True
    large = sum(int(part) >= SURELY_NO_NUMBERING for part in parts[1:])
    return large >= 2 and int(parts[0]) > 0 and not _MONEY.fullmatch(quad)


def _ascii(name: str) -> str | None:
    """A host name in its ASCII form and lower case; None when it is not a host name."""
    host = name.strip(".").lower()
    if len(host) > LONGEST_HOST:
        # Browsers drop hidden characters.
        host = latin(host)
        if len(host) > LONGEST_HOST:
            return None
    if not host.isascii():
        host = ".".join(map(_ascii_label, _DOT.split(_NO_CHARACTER.sub("", host))))
    return host if 0 < len(host) <= LONGEST_HOST else None


def _ascii_label(label: str) -> str:
    """As browsers look it up. Python's own codec checks a hundred rules that no link list needs, character by character."""
    label = unicodedata.normalize("NFKC", label.casefold())
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _is_domain(name: str) -> bool:
    """True for a name below a public suffix, as people write it in texts."""
    ending = name.rpartition(".")[2]
    if ending in NO_SUFFIXES:
        return False
    own = suffixes().privatesuffix(name)
    return own is not None and len(own.partition(".")[0]) >= SHORTEST_NAME
