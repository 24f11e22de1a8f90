"""Looks at a body as it was written: its links, and what readers would have seen there but what no body may have.

The cleaner of `cms.core.sanitize` decides what stays; this tells the author what does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import nh3

from cms.core.characters import has_words
from cms.core.embeds import embed_of
from cms.core.entities import unescaped
from cms.core.links import encoded_link, link_fault, shortened
from cms.core.shielding import shielded, unshielded

KINDS: Final = {
    "img": "image", "iframe": "frame", "video": "video", "audio": "audio", "object": "object", "embed": "object", "applet": "object",
    "math": "formula", "svg": "drawing", "canvas": "drawing", "script": "script", "noscript": "script", "input": "form_field",
    "select": "form_field", "textarea": "form_field", "area": "link", "noembed": "text", "noframes": "text", "xmp": "text",
    "plaintext": "text", "template": "text", "title": "text",
}  # fmt: skip
"""What is told of, by element. A link is removed when it leads nowhere, or when the picture that it stood around is."""
OWN_PICTURES: Final = ("/v1/", "/manage/")
"""How the address of a picture of the library begins, a mistyped one too. No other works on every site that shows a body."""
LONGEST_SIGN: Final = 12
"""Characters of an emoji: a family of four has seven, a flag of a region eight."""

_WITH_ALL_INSIDE: Final = frozenset({"object", "applet", "math", "svg", "select", "textarea", "template"})
_WITHOUT_END: Final = frozenset({"img", "embed", "input", "area"})
_ATTRIBUTES: Final = {
    "a": {"href", "id", "name"},
    "img": {"src", "alt"},
    "iframe": {"src"},
    "input": {"type"},
}
# Inside the elements that are named first everything is text; the parser has closed whatever was open.
_TOKEN: Final = re.compile(
    r"<(?P<raw>script|iframe|noscript|noembed|noframes|xmp|plaintext|title)\b(?P<given>[^<>]*)>.*?</(?P=raw)>"
    r"|<(?P<end>/?)(?P<name>[a-z]+)(?P<rest>[^<>]*)>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r'([a-z]+)="([^"]*)"')
# Read backwards from its colon: forwards, every letter of a long text would begin a search through the rest of it.
_EMEHCS: Final = re.compile(r":([a-z0-9+.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnsafeLink:
    """A link that readers must not get: which one of the body it is, its words, its address as it was written, and why."""

    number: int
    words: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What a body had: its unsafe links, and how many things of each kind (a value of KINDS) it loses."""

    unsafe: Sequence[UnsafeLink]
    removed: Mapping[str, int]


def is_own_picture(address: str) -> bool:
    """True for the address of a picture of the library; whether there is such a picture is not known here."""
    return address.startswith(OWN_PICTURES)


def is_sign(alt: str) -> bool:
    """True for the alternative text of a picture that is one sign, such as an emoji: websites draw them, and the sign says the same."""
    return 0 < len(alt) <= LONGEST_SIGN and not has_words(alt) and not any(map(str.isascii, alt))


def survey(html: str) -> Survey:
    """Look at a body in HTML as a browser would, whatever its schemes. Takes time in proportion to its length."""
    written = "".join(unescaped(html).split())
    schemes = {backwards[::-1].lstrip("0123456789+.-").lower() for backwards in _EMEHCS.findall(written[::-1])} - {""}
    told = unshielded(
        nh3.clean(
            shielded(html),
            tags={"a", *KINDS},
            clean_content_tags={"style"},
            attributes=_ATTRIBUTES,
            url_schemes=schemes,
            link_rel=None,
        )
    )
    walk, position = _Walk(), 0
    for token in _TOKEN.finditer(told):
        walk.text(told[position : token.start()])
        walk.token(token)
        position = token.end()
    walk.finish()
    return Survey(walk.unsafe, {kind: count for kind, count in sorted(walk.removed.items()) if count})


@dataclass(slots=True)
class _Link:
    """A link that is open, and whether people would see it once what is removed is gone."""

    address: str | None
    words: str = ""
    is_seen: bool = False
    has_lost: bool = False

    def is_split_of(self, other: _Link) -> bool:
        """True for two parts of one link that a parser has split around a block: the same address, and one of them empty."""
        is_apart = (self.is_seen and other.is_seen) or (self.has_lost and other.has_lost)
        return self.address == other.address and not is_apart

    def join(self, other: _Link) -> None:
        """Take the other part in."""
        self.words += other.words
        self.is_seen |= other.is_seen
        self.has_lost |= other.has_lost


@dataclass(slots=True)
class _Walk:
    """Goes through the tags that are told of."""

    unsafe: list[UnsafeLink] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)
    _number: int = 0
    _link: _Link | None = None
    _before: _Link | None = None
    """The link that has ended last."""
    _depth: int = 0

    def text(self, text: str) -> None:
        """Take the text up to the next tag."""
        if self._link is not None and text and not self._depth:
            self._link.words += unescaped(text)
            self._link.is_seen = self._link.is_seen or has_words(text)

    def token(self, token: re.Match[str]) -> None:
        """Take a tag, or an element in which everything is text."""
        name, rest = (token["raw"], token["given"]) if token["raw"] else (token["name"], token["rest"])
        if name in _WITH_ALL_INSIDE:
            if not token["end"] and not self._depth:
                self._lose(name)
            self._depth += -1 if token["end"] else 1
        elif self._depth:
            return
        elif name == "a":
            self._end() if token["end"] else self._begin(rest)
        elif not token["end"]:
            self._one(name, {found[1]: unescaped(found[2]) for found in _ATTRIBUTE.finditer(rest)})

    def finish(self) -> None:
        """Judge what is left."""
        self._end()
        self._judge()

    def _one(self, name: str, given: Mapping[str, str]) -> None:
        if name == "input" and given.get("type", "").lower() == "hidden":
            return
        if name == "img" and is_own_picture(given.get("src", "").strip()):
            self._see()
            return
        if name == "iframe" and embed_of(given.get("src", "")) is not None:
            # It stays as a link of its own, so another one around it loses it.
            self._lose_from_link()
            return
        alt = given.get("alt", "")
        if has_words(alt) or is_sign(alt):
            # Inside a link it stands for the picture.
            self._see()
        if not is_sign(alt):
            self._lose(name)

    def _see(self) -> None:
        if self._link is not None:
            self._link.is_seen = True

    def _lose(self, name: str) -> None:
        self.removed[KINDS[name]] += 1
        self._lose_from_link()

    def _lose_from_link(self) -> None:
        if self._link is not None:
            self._link.has_lost = True

    def _begin(self, rest: str) -> None:
        self._end()
        given = {found[1]: unescaped(found[2]) for found in _ATTRIBUTE.finditer(rest)}
        # One with nothing in its tag had an address that no browser can read.
        self._link = _Link(given.get("href", None if given else ""))

    def _end(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        if self._before is not None and self._before.is_split_of(link):
            self._before.join(link)
            return
        self._judge()
        self._before = link

    def _judge(self) -> None:
        """Judge the link before, now that nothing more belongs to it."""
        link, self._before = self._before, None
        if link is None:
            return
        self._number += 1
        if link.address is None:
            return
        address = encoded_link(link.address)
        if not address or (link.has_lost and not link.is_seen):
            self.removed["link"] += 1
        elif (fault := link_fault(address)) is not None:
            words = shortened(" ".join(link.words.split()))
            self.unsafe.append(UnsafeLink(self._number, words, shortened(link.address.strip()), fault))
