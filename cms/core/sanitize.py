"""Bodies from editors as HTML that is safe in every website that shows it, and as plain text (R-C1 to R-C3).

Everything that is allowed is listed here; nothing else gets through: no scripts, styles, classes, ids, embeds, SVG, MathML
or comments. Images are kept when they are on the same site; others are left out. Markdown is
CommonMark with tables and strikethrough; HTML inside Markdown is shown as text.
"""

from __future__ import annotations

import html as escapes
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

import nh3

from cms.core.bounded_text import LONGEST_MARK_RUN, has_long_mark_run
from cms.core.characters import has_bad_characters, without_bad_characters
from cms.core.entities import unescaped
from cms.core.errors import invalid_field
from cms.core.markdown import html_from_markdown
from cms.core.markup_bounds import MOST_LINKS, MOST_TAGS, has_too_many_links, has_too_many_tags, is_heavy
from cms.core.prepared import prepared

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS: Final = frozenset(
    {"p", "div", "blockquote", "pre", "hr", "ul", "ol", "dl", "table", "caption", "figure", "figcaption"}
)
ITEMS: Final = frozenset({"li", "dt", "dd", "tr"})
TABLE_PARTS: Final = frozenset({"thead", "tbody", "tfoot", "th", "td"})
INLINE: Final = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q", "s", "small", "strong"}
    | {"sub", "sup", "u"}
)
ALLOWED_TAGS: Final = HEADINGS | BLOCKS | ITEMS | TABLE_PARTS | INLINE
ALLOWED_ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
REMOVED_WITH_CONTENT: Final = frozenset(
    {
        "applet",
        "embed",
        "frameset",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "plaintext",
        "script",
    }
    | {"select", "style", "svg", "template", "textarea", "title", "xmp"}
)
SCHEMES: Final = frozenset({"https", "http", "mailto", "tel"})
LONGEST_LINK: Final = 2_000
EXTERNAL_REL: Final = "noopener nofollow ugc"
# Cleaning a cleaned text changes nothing, except for a few broken nestings that need another round.
MOST_ROUNDS: Final = 5

_SAFE_LINK = re.compile(
    r"https?://[^/?#@\s]+(?:[/?#].*)?|mailto:[^@\s]+@[^@\s]+|tel:[+0-9][0-9().;=a-z-]*|/(?!/).*|#.*", re.IGNORECASE
)
# Read backwards from its colon: forwards, every letter of a long text would begin a search through the rest of it.
_EMEHCS = re.compile(r":([a-z0-9+.-]+)", re.IGNORECASE)
_NEVER_IN_LINK = re.compile(r"[\x00-\x20\x7f\\]")
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")
# The shapes in which nh3 writes what is allowed; `<`, `>` and `"` are never unescaped inside an attribute.
_EXTERNAL_LINK = re.compile(r'<a href="(https?:[^"]*)">', re.IGNORECASE)
_IMAGE_WITHOUT_SOURCE = re.compile(r'<img(?: alt="[^"]*")?>')
_MARKUP = re.compile(r"(<[^<>]*>)")
_TAG = re.compile(r"</?([a-z][a-z0-9]*)")
_SPACES = re.compile(r"[ \t\n\r\f]+")


# Noncharacters, which no text may have, replace escapes while the parser works.
_SHIELD_OF = {"&amp;": "\ufdd1", "&lt;": "\ufdd2", "&gt;": "\ufdd3", "&nbsp;": "\ufdd4"}
_MEANT = str.maketrans({"\ufdd1": "&", "\ufdd2": "<", "\ufdd3": ">", "\ufdd4": "\u00a0"})
_SHIELDS = re.compile("[\ufdd1-\ufdd4]")
_BARE_AMPERSAND = re.compile("&(?![#a-zA-Z])")


class UnsafeLink(ValueError):
    """A link that readers must not get; `link` is its address as it was written."""

    def __init__(self, link: str) -> None:
        super().__init__(link)
        self.link = link


@prepared
def sanitized_html(source: str, body_format: str) -> str:
    """The body as safe HTML; `body_format` is `markdown` or `html`. Sanitising the result again changes nothing.

    Raises `UnsafeLink` for the first link with another scheme than https, http, mailto and tel, without a host, with
    credentials, relative to an unknown page, or with hidden characters (R-C2). Raises `Invalid` about `/body` when there are
    more than 10,000 tags or 2,000 links.
    """
    html = html_from_markdown(source) if body_format == "markdown" else source
    _refuse_too_many(html)
    if is_heavy(html):
        raise invalid_field("/body", "heavy_markup")
    _refuse_unsafe_links(html)
    for _ in range(MOST_ROUNDS):
        _refuse_too_many(html)
        cleaned = _cleaned(html)
        if cleaned == html:
            return cleaned
        html = cleaned
    return f"<p>{escapes.escape(plain_text(html))}</p>\n"


def is_safe_link(link: str) -> bool:
    """True for an absolute https, http, mailto or tel address, a path on the same site, or a place on the same page."""
    if len(link) > LONGEST_LINK or _NEVER_IN_LINK.search(link) is not None:
        return False
    if not link.isascii() and any(_is_hidden(character) for character in link if character > "~"):
        return False
    return _SAFE_LINK.fullmatch(link) is not None


@prepared
def plain_text(html: str) -> str:
    """Sanitised HTML as text for people: paragraphs apart by an empty line, `- ` or a number before list items.

    Takes time in proportion to the length. Not a sanitiser: the text may contain `<` and must be escaped where it is shown.
    """
    writer = _TextWriter()
    for position, part in enumerate(_MARKUP.split(html)):
        if position % 2:
            writer.tag(part)
        elif part:
            writer.text(unescaped(part))
    return writer.result()


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}


def _kept_attribute(tag: str, name: str, value: str) -> str | None:
    value = value.translate(_MEANT)
    if name == "alt":
        return value
    if name in {"start", "colspan", "rowspan"}:
        return value if _SMALL_NUMBER.fullmatch(value) else None
    link = value.strip()
    if not is_safe_link(link) or (tag == "img" and not link.startswith("/")):
        return None
    return link


_CLEANER: Final = nh3.Cleaner(
    tags=set(ALLOWED_TAGS),
    clean_content_tags=set(REMOVED_WITH_CONTENT),
    attributes=ALLOWED_ATTRIBUTES,
    attribute_filter=_kept_attribute,
    url_schemes=set(SCHEMES),
    link_rel=None,
)


def _shielded(html: str) -> str:
    """The text with its common escapes as single characters: the parser takes a hundred times as long for each escape."""
    html = _BARE_AMPERSAND.sub("&amp;", _SHIELDS.sub("", html))
    for escape, shield in _SHIELD_OF.items():
        html = html.replace(escape, shield)
    return html.replace("\u00a0", _SHIELD_OF["&nbsp;"])


def _unshielded(html: str) -> str:
    for escape, shield in _SHIELD_OF.items():
        html = html.replace(shield, escape)
    return html


def _cleaned(html: str) -> str:
    cleaned = _unshielded(_CLEANER.clean(_shielded(html)))
    if has_bad_characters(cleaned):
        cleaned = without_bad_characters(cleaned)
    cleaned = _IMAGE_WITHOUT_SOURCE.sub("", cleaned)
    cleaned = _EXTERNAL_LINK.sub(rf'<a href="\1" rel="{EXTERNAL_REL}">', cleaned)
    # A parser drops the first line break of <pre>; one more keeps the text as it was.
    return cleaned.replace("<pre>\n", "<pre>\n\n")


def _refuse_too_many(html: str) -> None:
    """Refuse too many tags, links or combining marks in a row; marks written as entities only show in the cleaned text."""
    if has_too_many_tags(html):
        raise invalid_field("/body", "too_many_tags", max=MOST_TAGS)
    if has_too_many_links(html):
        raise invalid_field("/body", "too_many_links", max=MOST_LINKS)
    if has_long_mark_run(html):
        raise invalid_field("/body", "too_many_marks", max=LONGEST_MARK_RUN)


def _refuse_unsafe_links(html: str) -> None:
    """Read the links as a browser would, whatever their scheme: the cleaner alone would drop an unsafe one silently."""
    found: list[str] = []

    def note(tag: str, name: str, value: str) -> str | None:
        if tag == "a" and name == "href":
            found.append(value.translate(_MEANT))
        return value

    written = "".join(unescaped(html).split())
    schemes = {backwards[::-1].lstrip("0123456789+.-").lower() for backwards in _EMEHCS.findall(written[::-1])} - {""}
    nh3.clean(
        _shielded(html),
        tags={"a"},
        attributes={"a": {"href"}},
        attribute_filter=note,
        url_schemes=schemes,
        link_rel=None,
    )
    for link in found:
        if not is_safe_link(link.strip()):
            raise UnsafeLink(link)


@dataclass(slots=True)
class _TextWriter:
    """Builds plain text from tags and the text between them."""

    _parts: list[str] = field(default_factory=list)
    _breaks: int = 0
    _lists: list[int | None] = field(default_factory=list)
    _mark: str = ""
    _is_preformatted: bool = False
    _is_spaced: bool = True

    def tag(self, markup: str) -> None:
        """Take an opening or closing tag."""
        name = match[1] if (match := _TAG.match(markup)) else ""
        is_end = markup.startswith("</")
        if name == "br":
            self._parts.append("\n")
            self._is_spaced = True
        elif name in {"ul", "ol"}:
            self._list(name, is_end)
        elif name in ITEMS:
            self._break(1)
            self._mark = self._item_mark() if name == "li" and not is_end else ""
        elif name in {"td", "th"}:
            self._mark = "" if is_end or self._breaks else " | "
        elif name in BLOCKS or name in HEADINGS:
            self._block(name, is_end)

    def text(self, text: str) -> None:
        """Take text."""
        if not self._is_preformatted:
            text = _SPACES.sub(" ", text)
            if self._is_spaced or self._breaks or self._mark:
                text = text.lstrip(" ")
        if not text:
            return
        if self._parts and (self._breaks or self._mark):
            self._parts[-1] = self._parts[-1].rstrip()
            self._parts.append("\n" * self._breaks)
        self._parts.append(self._mark + text)
        self._breaks, self._mark, self._is_spaced = 0, "", text.endswith(" ")

    def result(self) -> str:
        """All of it, without white space at the ends of lines."""
        return "\n".join(line.rstrip() for line in "".join(self._parts).split("\n")).strip()

    def _block(self, name: str, is_end: bool) -> None:
        if not self._mark:
            # The first paragraph of a list item stays on the line of its mark.
            self._break(2 if not self._lists else 1)
        if name == "pre":
            self._is_preformatted = not is_end

    def _list(self, name: str, is_end: bool) -> None:
        if not is_end:
            self._break(1 if self._lists else 2)
            self._lists.append(0 if name == "ol" else None)
            return
        if self._lists:
            self._lists.pop()
        self._break(1 if self._lists else 2)

    def _break(self, lines: int) -> None:
        self._breaks = max(self._breaks, lines)

    def _item_mark(self) -> str:
        indent = "  " * min(len(self._lists) - 1, 10)
        if not self._lists or self._lists[-1] is None:
            return f"{indent}- "
        self._lists[-1] += 1
        return f"{indent}{self._lists[-1]}. "
