"""Takes away what is left of a body where something was removed: pictures without an address, links that then show nothing.

It reads what the cleaner of `cms.core.sanitize` has written, where every tag is well formed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from cms.core.characters import has_words
from cms.core.entities import unescaped
from cms.core.removed_markup import KINDS, is_sign

# A noncharacter, which no text may have, stands before what the cleaner takes away without a trace.
_MARK: Final = "\ufdd5"
_LOST: Final = re.compile(rf"<(?=(?:{'|'.join(sorted(KINDS.keys() - {'img'}))})\b)", re.IGNORECASE)
_EMPTY: Final = r"<a [^<>]*>\s*+(?:<(?!/?a[ >])[^<>]*>\s*+)*+</a>"
_TO_REPAIR: Final = re.compile(rf'<a>|<img(?: alt="[^"]*")?>|{_MARK}|{_EMPTY}')
_MARKS: Final = re.compile(rf"({_MARK}(?:\s*+{_MARK})*+)")
_BLOCK: Final = "(?:p|div|blockquote|figure|figcaption|caption|li|d[dt]|t[dh]|h[1-6])"
_BEGIN_OF_BLOCK: Final = re.compile(rf"<{_BLOCK}(?: [^<>]*)?>")
_END_OF_BLOCK: Final = re.compile(rf"</{_BLOCK}>")
_LINE_BREAKS: Final = re.compile(r"(?:<br>\s*+)++")
_BETWEEN_WORDS: Final = re.compile(rf"(?<=\w){_MARK}+(?=\w)")
_LINK_OR_PICTURE: Final = re.compile(r'<a( [^<>]*)?>|</a>|<img(?: alt="([^"]*)")?>|(<img )')
_TAG: Final = re.compile(r"<[^<>]*>")


def marked_losses(html: str) -> str:
    """A body before it is cleaned, with a mark before everything that goes, so that a link around it can be found afterwards."""
    return _LOST.sub(rf"{_MARK}<", html.replace(_MARK, ""))


def without_empty_remains(html: str) -> str:
    """HTML of the cleaner without pictures that lost their address and links that lead nowhere. Takes the marks out.

    A line break beside what went goes too, unless it still parts two lines. Inside a link the alternative text of a picture takes its place, a sign everywhere. A link that then shows nothing goes, what is
    around it stays.
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
    return _without_lost_lines(_BETWEEN_WORDS.sub(" ", "".join(repair.parts)))


def _without_lost_lines(html: str) -> str:
    """Takes the marks out, and the line breaks that only stood between what went and the edge of a block or another line break."""
    pieces = _MARKS.split(html)
    for place in range(0, len(pieces) - 2, 2):
        left, right = pieces[place].rstrip(), pieces[place + 2].lstrip()
        tag = left[left.rfind("<") :] if left.endswith(">") else ""
        if (not left and not place) or _BEGIN_OF_BLOCK.fullmatch(tag):
            if right.startswith("<br>"):
                pieces[place + 2] = _LINE_BREAKS.sub("", right, count=1)
        elif left.endswith("<br>") and (right.startswith("<br>") or not right or _END_OF_BLOCK.match(right)):
            pieces[place] = left.removesuffix("<br>")
    return "".join(pieces).replace(_MARK, "")


@dataclass(frozen=True, slots=True)
class _Ended:
    """A link that has ended: its tag, the place of that, whether it shows something, and whether it has lost something."""

    tag: str
    place: int
    is_seen: bool
    has_lost: bool


@dataclass(slots=True)
class _Repair:
    """Writes the parts of a body anew. Of each open link: the place of its tag, and how much could be seen before it."""

    parts: list[str] = field(default_factory=list)
    _open: list[tuple[int, int, int]] = field(default_factory=list)
    _seen: int = 0
    _lost: int = 0
    _around: str = ""
    """The tag of the link that an embed, which is a link itself, has divided."""
    _before: _Ended = field(default_factory=lambda: _Ended("", 0, is_seen=True, has_lost=False))
    """The link that has ended before."""

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
            self._begin_again()
        elif tag.startswith("<a"):
            self._divide(tag)
            self._open.append((len(self.parts), self._seen, self._lost))
            self.parts.append("" if found[1] is None else tag)
        elif found[3] is not None:
            self._seen += 1
            self.parts.append(tag)
        else:
            alt = unescaped(found[2] or "")
            self._lost += 1
            self._seen += has_words(alt) or is_sign(alt)
            self.parts.append(f"{_MARK}{found[2]}{_MARK}" if alt and (self._open or is_sign(alt)) else _MARK)

    def _divide(self, tag: str) -> None:
        """End the link around an embed: a frame stood there, which may be in a link; two links may not be in each other."""
        if self._open and " data-embed=" in tag and self.parts[self._open[-1][0]]:
            self._around = self.parts[self._open[-1][0]]
            self._end()

    def _begin_again(self) -> None:
        if self._around:
            # A part without words goes: it has lost its frame.
            self._open.append((len(self.parts), self._seen, self._lost - 1))
            self.parts.append(self._around)
            self._around = ""

    def _end(self) -> None:
        if not self._open:
            return
        place, seen, lost = self._open.pop()
        link = _Ended(self.parts[place], place, is_seen=self._seen > seen, has_lost=self._lost > lost)
        before, is_gone = self._before, link.has_lost and not link.is_seen
        if link.tag and link.tag == before.tag and not (link.is_seen and before.is_seen):
            has_lost = link.has_lost or before.has_lost
            is_gone = not link.is_seen
            if link.is_seen or (has_lost and not before.is_seen):
                self._unwrap(before.place)
            link = _Ended(link.tag, place, link.is_seen or before.is_seen, has_lost)
        self._before = link
        if is_gone:
            self.parts[place] = ""
        self.parts.append("</a>" if self.parts[place] else "")

    def _unwrap(self, place: int) -> None:
        """Take out the tags of an earlier link, unless that is done."""
        if self.parts[place]:
            self.parts[place] = ""
            self.parts[self.parts.index("</a>", place)] = ""
