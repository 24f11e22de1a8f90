"""Looks at a body as it was written: its links, and what readers would have seen there but what no body may have.

The cleaner of `cms.core.sanitize` decides what stays; this tells the author what does not, and takes away the links that then
show nothing (`without_empty_remains`).
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
    "plaintext": "text", "template": "text",
}  # fmt: skip
"""What is told of, by element. A link is removed when it leads nowhere, or when the picture that it stood around is."""
OWN_PICTURES: Final = ("/v1/", "/manage/")
"""How the address of a picture of the library begins, a mistyped one too. No other works on every site that shows a body."""

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
    r"<(?P<raw>script|iframe|noscript|noembed|noframes|xmp|plaintext)\b(?P<given>[^<>]*)>.*?</(?P=raw)>"
    r"|<(?P<end>/?)(?P<name>[a-z]+)(?P<rest>[^<>]*)>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r'([a-z]+)="([^"]*)"')
# Read backwards from its colon: forwards, every letter of a long text would begin a search through the rest of it.
_EMEHCS: Final = re.compile(r":([a-z0-9+.-]+)", re.IGNORECASE)

# A noncharacter, which no text may have, stands before what the cleaner takes away without a trace.
_MARK: Final = "\ufdd5"
_LOST: Final = re.compile(rf"<(?=(?:{'|'.join(sorted(KINDS.keys() - {'img'}))})\b)", re.IGNORECASE)
_EMPTY: Final = r"<a [^<>]*>\s*+(?:<(?!/?a[ >])[^<>]*>\s*+)*+</a>"
_TO_REPAIR: Final = re.compile(rf'<a>|<img(?: alt="[^"]*")?>|{_MARK}|{_EMPTY}')
_BETWEEN_WORDS: Final = re.compile(rf"(?<=\w){_MARK}+(?=\w)")
_LINK_OR_PICTURE: Final = re.compile(r'<a( [^<>]*)?>|</a>|<img(?: alt="([^"]*)")?>|(<img )')
_TAG: Final = re.compile(r"<[^<>]*>")


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


def survey(html: str) -> Survey:
    """Look at a body in HTML as a browser would, whatever its schemes. Takes time in proportion to its length."""
    written = "".join(unescaped(html).split())
    schemes = {backwards[::-1].lstrip("0123456789+.-").lower() for backwards in _EMEHCS.findall(written[::-1])} - {""}
    told = unshielded(
        nh3.clean(
            shielded(html),
            tags={"a", *KINDS},
            clean_content_tags={"style", "title"},
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
        return self.address == other.address and not (self.is_seen and other.is_seen)

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
        if (name == "img" and is_own_picture(given.get("src", "").strip())) or (
            name == "iframe" and embed_of(given.get("src", "")) is not None
        ):
            self._see()
            return
        if has_words(given.get("alt", "")):
            # Inside a link it stands for the picture.
            self._see()
        self._lose(name)

    def _see(self) -> None:
        if self._link is not None:
            self._link.is_seen = True

    def _lose(self, name: str) -> None:
        self.removed[KINDS[name]] += 1
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


def marked_losses(html: str) -> str:
    """A body before it is cleaned, with a mark before everything that goes, so that a link around it can be found afterwards."""
    return _LOST.sub(rf"{_MARK}<", html.replace(_MARK, ""))


def without_empty_remains(html: str) -> str:
    """HTML of the cleaner without pictures that lost their address and links that lead nowhere. Takes the marks out.

    Inside a link the alternative text of a picture takes its place; a link that then shows nothing goes, what is around it stays.
    A parser splits a link around a block into several with the same address: those of them that show nothing go too.
    """
    if _TO_REPAIR.search(html) is None:
        return html
    repair, position = _Repair(), 0
    for found in _LINK_OR_PICTURE.finditer(html):
        repair.text(html[position : found.start()])
        repair.take(found)
        position = found.end()
    repair.text(html[position:])
    # What stood there parted the words beside it.
    return _BETWEEN_WORDS.sub(" ", "".join(repair.parts)).replace(_MARK, "")


@dataclass(slots=True)
class _Repair:
    """Writes the parts of a body anew. Of each open link: the place of its tag, and how much could be seen before it."""

    parts: list[str] = field(default_factory=list)
    _open: list[tuple[int, int, int]] = field(default_factory=list)
    _seen: int = 0
    _lost: int = 0
    _before: tuple[str, int, bool] = ("", 0, True)
    """The link that has ended before: its tag, the place of that, and whether it shows something."""

    def text(self, text: str) -> None:
        """Take everything up to the next link or picture."""
        if text:
            self._lost += text.count(_MARK)
            self.parts.append(text)
            self._seen += bool(self._open) and has_words(unescaped(_TAG.sub(" ", text)))

    def take(self, found: re.Match[str]) -> None:
        """Take the tag of a link or of a picture."""
        tag = found[0]
        if tag == "</a>":
            self._end()
        elif tag.startswith("<a"):
            self._open.append((len(self.parts), self._seen, self._lost))
            self.parts.append("" if found[1] is None else tag)
        elif found[3] is not None:
            self._seen += 1
            self.parts.append(tag)
        else:
            self._lost += 1
            self._seen += has_words(unescaped(found[2] or ""))
            self.parts.append(f"{_MARK}{found[2]}{_MARK}" if self._open and found[2] else _MARK)

    def _end(self) -> None:
        if not self._open:
            return
        place, seen, lost = self._open.pop()
        tag, is_seen = self.parts[place], self._seen > seen
        twin, twin_place, is_twin_seen = self._before
        if not is_seen and (self._lost > lost or tag == twin):
            self.parts[place] = ""
        else:
            if is_seen and tag == twin and not is_twin_seen:
                self._unwrap(twin_place)
            self._before = tag, place, is_seen
        self.parts.append("</a>" if self.parts[place] else "")

    def _unwrap(self, place: int) -> None:
        """Take out the tags of an earlier link."""
        self.parts[place] = ""
        self.parts[self.parts.index("</a>", place)] = ""
