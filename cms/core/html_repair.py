"""Repairs HTML in which a parser would lose words without a trace: whatever no tag means is text, and what nobody ends is empty.

- A tag that never ends, or that is made of words (`<nama lengkap>`, `a <b dan c> d`), is text. So is an element with a name that HTML
  does not know and that nobody ends: people type `<nama>` where somebody is to fill in a name.
- An attribute of one word whose second quotation mark is missing ends with its tag.
- Comments that nobody ends are text; so are declarations and instructions, except those that programs write.
- Elements that go with all that is inside have nothing inside: their content goes here, and only up to their own end.

Takes time in proportion to the length: no reading of a tag goes beyond a `<` that is in none of its quotation marks.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import Final

from cms.core.html_structure import ELEMENTS
from cms.core.markup_bounds import SPACE

BARE_ATTRIBUTES: Final = frozenset((
    "align", "allowfullscreen", "alt", "async", "autofocus", "autoplay", "border", "checked", "class", "compact",
    "contenteditable", "controls", "declare", "default", "defer", "dir", "disabled", "download", "draggable",
    "frameborder", "formnovalidate", "height", "hidden", "href", "id", "inert", "ismap", "itemscope", "lang", "loop",
    "multiple", "muted", "name", "nohref", "nomodule", "noresize", "noshade", "novalidate", "nowrap", "open",
    "playsinline", "popover", "readonly", "required", "reversed", "sandbox", "scoped", "seamless", "selected",
    "spellcheck", "src", "style", "target", "title", "translate", "type", "value", "width",
))  # fmt: skip
"""Attributes that programs write without a value. Other words alone in a tag are words of a text."""
_RAW: Final = frozenset(["iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp"])
"""Elements in which no tag counts but their own end."""
_CODE: Final = frozenset(["script", "style"])
_WITH_ALL_INSIDE: Final = frozenset(["applet", "math", "object", "select", "svg", "template"])
_DRAWN: Final = frozenset(["math", "svg"])
# What a parser takes as the end of a drawing or a formula, unless one of the next is open.
_ENDS_DRAWING: Final = frozenset((
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2",
    "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s",
    "small", "span", "strike", "strong", "sub", "sup", "table", "tt", "u", "ul", "var",
))  # fmt: skip
_HOLDS_HTML: Final = frozenset(["annotation-xml", "desc", "foreignobject"])

_QUOTED: Final = (
    r"\"[^\"<]*+\"|'[^'<]*+'"
    # What holds tags and ends where an attribute begins has lost its second quotation mark.
    rf"|\"[^\"]*+(?<!=)(?<!=[{SPACE}])\"(?=[{SPACE}/>])|'[^']*+(?<!=)(?<!=[{SPACE}])'(?=[{SPACE}/>])"
)
_BEGIN: Final = rf"<(?P<end>/?)(?P<name>[a-zA-Z][^{SPACE}/><\"']*+)"
_UNQUOTED: Final = rf"[^\"'<>{SPACE}][^<>{SPACE}]*+"
_TAG: Final = re.compile(
    rf"{_BEGIN}(?P<rest>(?:[{SPACE}/]++|[^{SPACE}/>=\"'<]++(?:[{SPACE}]*+=[{SPACE}]*+(?:{_QUOTED}|{_UNQUOTED})?+)?+)*+)>"
)
# The same with quotation marks too many, as browsers read it; it has no angle inside.
_LOOSE_TAG: Final = re.compile(
    rf"{_BEGIN}(?P<rest>(?:[{SPACE}/]++|[^{SPACE}/>=<]++(?:[{SPACE}]*+=[{SPACE}]*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|{_UNQUOTED}|(?=>)))?+)*+)>"
)
# A value of one word that only its tag ends; of several words nobody knows which are text.
_HALF_QUOTED: Final = re.compile(r"<[^<>]*?=\s*([\"'])[^<>\s\"']*+>")
_NAME: Final = re.compile(r"[a-z][a-z0-9_.-]*+(?::[a-z][a-z0-9_.-]*+)?+")
_WORD: Final = re.compile(r"[^\W_]*[^\W\d_][^\W_]*")
_COMMENT: Final = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_DECLARED: Final = re.compile(
    r"<!(?:doctype html|\[(?:if|else|endif))\b[^<>]*>|<[!?][\s-]*>|<\?(?:xml|import)\b[^<>]*>", re.IGNORECASE
)
_PHP: Final = re.compile(r"<\?(?:php\b|=)")
_END_OF_PHP: Final = "?>"
_CHARACTER_DATA: Final = re.compile(r"<!\[CDATA\[|\]\]>")
_OWN_TAG: Final = {name: re.compile(rf"<(/?){name}(?=[{SPACE}/>])[^>]*+>?", re.IGNORECASE) for name in _RAW}
_OWN_END: Final = {name: re.compile(rf"<(/){name}(?=[{SPACE}/>])[^>]*+>?", re.IGNORECASE) for name in _CODE}


def repaired(html: str) -> str:
    """The same HTML where a parser finds every word; HTML that the sanitiser has made stays as it is."""
    if "<" not in html:
        return html
    repair = _Repair(_without_character_data(html))
    repair.read()
    return repair.result()


def _without_character_data(html: str) -> str:
    """Without the marks around what XML calls character data: feeds bring whole articles in them."""
    if "<![CDATA[" not in html:
        return html
    pieces, is_open, position = list[str](), False, 0
    for mark in _CHARACTER_DATA.finditer(html):
        is_begin = mark[0] != "]]>"
        if is_begin or is_open:
            pieces.append(html[position : mark.start()])
            position, is_open = mark.end(), is_begin
    return "".join([*pieces, html[position:]])


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag: as it is written, its name in small letters, and the place behind it."""

    text: str
    name: str
    rest: str
    is_end: bool
    behind: int

    @property
    def is_empty(self) -> bool:
        return self.rest.endswith("/")

    @property
    def is_made_of_words(self) -> bool:
        """True for a tag that names no attribute, only words."""
        if not self.rest or "=" in self.rest:
            return False
        return any(
            word.lower() not in BARE_ATTRIBUTES
            for word in re.split(rf"[{SPACE}/]+", self.rest)
            if _WORD.fullmatch(word)
        )


@dataclass(slots=True)
class _Open:
    """An element that goes with all that is inside, while it is open: its place among the parts."""

    name: str
    place: int
    is_ended_by_blocks: bool
    has_ended: bool = False


@dataclass(slots=True)
class _Repair:
    """Reads HTML and writes it anew in parts."""

    html: str
    _parts: list[str] = field(default_factory=list)
    _unknown: dict[str, list[int]] = field(default_factory=dict)
    """Where elements of unknown names began that are open, by name."""
    _open: list[_Open] = field(default_factory=list)
    _names: Counter[str] = field(default_factory=Counter)
    _inside: list[tuple[int, int]] = field(default_factory=list)
    """What is inside elements that go: between these parts."""
    _endless: set[str] = field(default_factory=set)
    """What has no end any more behind here."""
    _is_in_head: bool = False

    def read(self) -> None:
        """Read all of it."""
        position = 0
        while (begin := self.html.find("<", position)) >= 0:
            self._parts.append(self.html[position:begin])
            position = self._piece(begin)
        self._parts.append(self.html[position:])

    def result(self) -> str:
        """What was written."""
        for element in self._open:
            self._parts[element.place] += f"</{element.name}>"
        for places in self._unknown.values():
            for place in places:
                if "=" not in self._parts[place]:
                    self._parts[place] = f"&lt;{self._parts[place][1:]}"
        kept, position = list[str](), 0
        for begin, end in self._inside:
            kept += self._parts[position : begin + 1]
            position = end
        return "".join([*kept, *self._parts[position:]])

    def _piece(self, begin: int) -> int:
        """Write what begins with this angle; the place behind it."""
        if self.html.startswith(("<!", "<?"), begin):
            return self._declaration(begin)
        tag = self._tag(begin)
        if tag is None or tag.is_made_of_words:
            return self._text(begin)
        if tag.name in _RAW:
            return self._raw(tag)
        if tag.name == "plaintext":
            self._parts.append("" if tag.is_end else "<br>")
        elif tag.name in _WITH_ALL_INSIDE:
            self._with_all_inside(tag)
        elif tag.name in ELEMENTS or ":" in tag.name:
            self._element(tag)
        elif not self._unknown_element(tag):
            return self._text(begin)
        return tag.behind

    def _text(self, begin: int) -> int:
        self._parts.append("&lt;")
        return begin + 1

    def _declaration(self, begin: int) -> int:
        is_comment = self.html.startswith("<!--", begin)
        if is_comment and "comment" not in self._endless:
            found = _COMMENT.match(self.html, begin)
            if found is not None:
                self._parts.append(found[0])
                return found.end()
            self._endless.add("comment")
        if _PHP.match(self.html, begin) and "php" not in self._endless:
            end = self.html.find(_END_OF_PHP, begin)
            if end >= 0:
                self._parts.append("<script></script>")
                return end + len(_END_OF_PHP)
            self._endless.add("php")
        declared = None if is_comment else _DECLARED.match(self.html, begin)
        if declared is None:
            return self._text(begin)
        self._parts.append(declared[0])
        return declared.end()

    def _tag(self, begin: int) -> _Tag | None:
        """The tag that begins here; None where none does."""
        match = _TAG.match(self.html, begin) or _LOOSE_TAG.match(self.html, begin)
        behind = match.end() if match is not None else begin
        if match is None and (written := _HALF_QUOTED.match(self.html, begin)) is not None:
            match, behind = _TAG.fullmatch(f"{written[0][:-1]}{written[1]}>"), written.end()
        if match is None or _NAME.fullmatch(name := match["name"].lower()) is None:
            return None
        return _Tag(match[0], name, match["rest"], bool(match["end"]), behind)

    def _element(self, tag: _Tag) -> None:
        if tag.name in {"head", "body"}:
            self._is_in_head = tag.name == "head" and not tag.is_end
        if self._open and tag.name in _ENDS_DRAWING and not tag.is_end:
            self._open[-1].has_ended |= self._open[-1].is_ended_by_blocks
        self._parts.append(tag.text)

    def _unknown_element(self, tag: _Tag) -> bool:
        """Write a tag with a name that HTML does not know; False for an end of nothing."""
        if self._open and tag.name in _HOLDS_HTML:
            self._open[-1].is_ended_by_blocks = False
        places = self._unknown.setdefault(tag.name, [])
        if tag.is_end and not places:
            return False
        if tag.is_end:
            places.pop()
        elif not tag.is_empty:
            places.append(len(self._parts))
        self._parts.append(tag.text)
        return True

    def _raw(self, tag: _Tag) -> int:
        """Write an element in which no tag counts, without what is in it; the place behind it."""
        if tag.is_end:
            return tag.behind
        found = self._end_of_raw(tag)
        behind = found.end() if found is not None else tag.behind
        if tag.name == "xmp":
            inside = self.html[tag.behind : found.start()] if found is not None else ""
            self._parts.append(f"<pre>{escape(inside, quote=False)}</pre>" if inside else "<br>")
        elif not (tag.name == "title" and self._is_in_head):
            self._parts.append(f"{tag.text}</{tag.name}>")
        return behind

    def _end_of_raw(self, tag: _Tag) -> re.Match[str] | None:
        """The end of this element; None where the next tag with its name is another beginning, or there is none."""
        if tag.name in self._endless:
            return None
        shape = _OWN_END[tag.name] if tag.name in _CODE and not tag.is_empty else _OWN_TAG[tag.name]
        found = shape.search(self.html, tag.behind)
        if found is None:
            self._endless.add(tag.name)
        return found if found is not None and found[1] else None

    def _with_all_inside(self, tag: _Tag) -> None:
        if not tag.is_end and tag.is_empty and tag.name in _DRAWN:
            self._parts.append(f"{tag.text}</{tag.name}>")
        elif not tag.is_end:
            self._open.append(_Open(tag.name, len(self._parts), tag.name in _DRAWN))
            self._names[tag.name] += 1
            self._parts.append(tag.text)
        elif self._names[tag.name]:
            while (element := self._open.pop()).name != tag.name:
                self._names[element.name] -= 1
                self._parts[element.place] += f"</{element.name}>"
            self._names[tag.name] -= 1
            self._end(element)

    def _end(self, element: _Open) -> None:
        if not element.has_ended:
            while self._inside and self._inside[-1][0] > element.place:
                self._inside.pop()
            self._inside.append((element.place, len(self._parts)))
        self._parts.append(f"</{element.name}>")
