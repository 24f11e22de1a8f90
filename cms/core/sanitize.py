"""Bodies from editors as HTML that is safe in every website that shows it (R-C1 to R-C3).

Nothing gets through but what `cms.core.allowed_markup` lists: no scripts, styles, classes, ids, embeds, SVG, MathML
or comments. Other blocks become `div`, so that no words grow together (`cms.core.html_structure`). Images are kept when they are on the same site; others are left out. Markdown is
CommonMark with tables and strikethrough; HTML inside Markdown is shown as text.
"""

from __future__ import annotations

import html as escapes
import re
import unicodedata
from collections.abc import Collection
from typing import Final

import nh3

from cms.core.allowed_markup import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, REMOVED_WITH_CONTENT
from cms.core.bounded_text import LONGEST_MARK_RUN, has_long_mark_run
from cms.core.characters import tidied, without_hiding
from cms.core.entities import unescaped
from cms.core.errors import invalid_field
from cms.core.html_lists import KINDS, read_number
from cms.core.html_source import mended
from cms.core.html_structure import foreign_names, restructured
from cms.core.html_styles import LISTS, STYLED, code_of
from cms.core.html_text import plain_text
from cms.core.markdown import html_from_markdown
from cms.core.markup_bounds import MOST_LINKS, MOST_TAGS, has_too_many_links, has_too_many_tags, is_heavy
from cms.core.prepared import prepared

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
_ATTRIBUTES: Final = {
    tag: ALLOWED_ATTRIBUTES.get(tag, set()) | ({"style"} if tag in STYLED | LISTS else set())
    for tag in ALLOWED_ATTRIBUTES.keys() | STYLED | LISTS
}
# The shapes in which nh3 writes what is allowed; `<`, `>` and `"` are never unescaped inside an attribute.
_EXTERNAL_LINK = re.compile(r'<a href="(https?:[^"]*)">', re.IGNORECASE)
_IMAGE_WITHOUT_SOURCE = re.compile(r'<img(?: alt="[^"]*")?>')

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
    html = html_from_markdown(source) if body_format == "markdown" else mended(source)
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


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}


def _kept_attribute(tag: str, name: str, value: str) -> str | None:
    value = value.translate(_MEANT)
    if name == "alt":
        return value
    if name == "style":
        return code_of(tag, value)
    if name in {"start", "value"}:
        return read_number(value)
    if name == "type":
        return value if value in KINDS else None
    if name == "reversed":
        return ""
    if name in {"colspan", "rowspan"}:
        return value if _SMALL_NUMBER.fullmatch(value) else None
    link = value.strip()
    if not is_safe_link(link) or (tag == "img" and not link.startswith("/")):
        return None
    return link


def _cleaner(also: Collection[str] = ()) -> nh3.Cleaner:
    """A cleaner that keeps elements of these names as well, and of styles what they say; `restructured` replaces both."""
    return nh3.Cleaner(
        tags={*ALLOWED_TAGS, *also},
        clean_content_tags=set(REMOVED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_kept_attribute,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


_CLEANER: Final = _cleaner()


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
    names = foreign_names(html)
    cleaned = _unshielded((_cleaner(names) if names else _CLEANER).clean(_shielded(html)))
    if names or "<h1>" in cleaned or ' style="' in cleaned:
        cleaned = restructured(cleaned)
    cleaned = tidied(without_hiding(cleaned))
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
