"""Bodies from editors as HTML that is safe in every website that shows it (R-C1 to R-C3).

Nothing gets through but what `cms.core.allowed_markup` lists: no scripts, styles, classes, ids, frames, SVG, MathML or comments.
Other blocks become `div`, so that no words grow together (`cms.core.html_structure`). Pictures are kept when they are of the
library; films and maps of known sites become links (`cms.core.embeds`); what else goes is counted (`cms.core.removed_markup`).
Markdown is CommonMark with tables and strikethrough; HTML inside Markdown is shown as text.
"""

from __future__ import annotations

import html as escapes
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import nh3

from cms.core.allowed_markup import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, REMOVED_WITH_CONTENT
from cms.core.bounded_text import LONGEST_MARK_RUN, has_long_mark_run
from cms.core.characters import tidied, without_hiding
from cms.core.embeds import embed_marked, embed_of, with_embed_links
from cms.core.empty_remains import marked_losses, without_empty_remains
from cms.core.errors import invalid_field
from cms.core.html_lists import read_kind, read_number
from cms.core.html_paragraphs import with_paragraphs
from cms.core.html_source import mended
from cms.core.html_structure import foreign_names, links_apart, restructured
from cms.core.html_styles import LISTS, STYLED, code_of
from cms.core.html_text import plain_text
from cms.core.links import SCHEMES, encoded_link, is_safe_link
from cms.core.markdown import html_from_markdown
from cms.core.markup_bounds import MOST_LINKS, MOST_TAGS, has_too_many_links, has_too_many_tags, is_heavy
from cms.core.prepared import prepared
from cms.core.removed_markup import UnsafeLink, is_own_picture, survey
from cms.core.shielding import meant, shielded, unshielded

EXTERNAL_REL: Final = "noopener nofollow ugc"
# Cleaning a cleaned text changes nothing, except for a few broken nestings that need another round.
MOST_ROUNDS: Final = 5

_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")
_ATTRIBUTES: Final = {
    tag: ALLOWED_ATTRIBUTES.get(tag, set()) | ({"style"} if tag in STYLED | LISTS else set())
    for tag in ALLOWED_ATTRIBUTES.keys() | STYLED | LISTS
} | {"iframe": {"src", "title"}}
# The shapes in which nh3 writes what is allowed; `<`, `>` and `"` are never unescaped inside an attribute.
_EXTERNAL_LINK = re.compile(r'<a href="(https?:[^"]*)"( data-embed="[^"]*")?>', re.IGNORECASE)


class UnsafeLinks(ValueError):
    """Links that readers must not get."""

    def __init__(self, links: Sequence[UnsafeLink]) -> None:
        super().__init__(*(link.address for link in links))
        self.links = links


@dataclass(frozen=True, slots=True)
class SanitizedBody:
    """A body as safe HTML, and how many things of each kind (`cms.core.removed_markup.KINDS`) it lost on the way."""

    html: str
    removed: Mapping[str, int]


def sanitized_html(source: str, body_format: str) -> str:
    """The HTML of `sanitized_body`."""
    return sanitized_body(source, body_format).html


@prepared
def sanitized_body(source: str, body_format: str) -> SanitizedBody:
    """The body as safe HTML; `body_format` is `markdown` or `html`. Sanitising the result again changes nothing.

    Raises `UnsafeLinks` for links with another scheme than https, http, mailto and tel, without a host, with credentials,
    relative to an unknown page, or with hidden characters (R-C2). Raises `Invalid` about `/body` when there are more than
    10,000 tags or 2,000 links.
    """
    _refuse_too_many(source)
    html = html_from_markdown(source) if body_format == "markdown" else mended(source)
    _refuse_too_many(html)
    if is_heavy(html):
        raise invalid_field("/body", "heavy_markup")
    seen = survey(html)
    if seen.unsafe:
        raise UnsafeLinks(seen.unsafe)
    return SanitizedBody(_settled(html), seen.removed)


def _settled(html: str) -> str:
    for _ in range(MOST_ROUNDS):
        _refuse_too_many(html)
        cleaned = _cleaned(html)
        if cleaned == html:
            return cleaned
        html = cleaned
    return f"<p>{escapes.escape(plain_text(html))}</p>\n"


def _kept_attribute(tag: str, name: str, value: str) -> str | None:
    if name not in _ATTRIBUTES.get(tag, ()):
        # The cleaner takes `lang` and `title` of every element.
        return None
    value = meant(value)
    if name == "style":
        return code_of(tag, value)
    read = _READ.get(name)
    return read(value) if read is not None else _kept_address(tag, value)


def _as_it_is(value: str) -> str:
    return value


def _span(value: str) -> str | None:
    return value if _SMALL_NUMBER.fullmatch(value) else None


def _direction(value: str) -> str | None:
    """`auto` for what is written from the right: words of that direction decide, so no other text can be reordered."""
    return "auto" if value.strip().lower() in {"rtl", "auto"} else None


def _mark_of_embed(value: str) -> str | None:
    return value if embed_marked(value) else None


_READ: Final[Mapping[str, Callable[[str], str | None]]] = MappingProxyType(
    {
        "alt": _as_it_is,
        "title": _as_it_is,
        "start": read_number,
        "value": read_number,
        "type": read_kind,
        "reversed": lambda _value: "",
        "colspan": _span,
        "rowspan": _span,
        "dir": _direction,
        "data-embed": _mark_of_embed,
    }
)
"""What is kept of the value of an attribute, None for nothing; the others are addresses."""


def _kept_address(tag: str, address: str) -> str | None:
    if tag == "iframe":
        return address if embed_of(address) else None
    link = encoded_link(address)
    if not link or not is_safe_link(link) or (tag == "img" and not is_own_picture(link)):
        return None
    return link


def _cleaner(also: Collection[str] = ()) -> nh3.Cleaner:
    """A cleaner that keeps elements of these names as well, and of styles what they say; `restructured` replaces both."""
    return nh3.Cleaner(
        # Frames stay until they have become links.
        tags={*ALLOWED_TAGS, "iframe", *also},
        clean_content_tags=set(REMOVED_WITH_CONTENT) - {"iframe"},
        attributes=_ATTRIBUTES,
        attribute_filter=_kept_attribute,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


_CLEANER: Final = _cleaner()


def _cleaned(html: str) -> str:
    names = foreign_names(html)
    cleaned = unshielded((_cleaner(names) if names else _CLEANER).clean(shielded(marked_losses(html))))
    cleaned = without_empty_remains(with_embed_links(cleaned))
    if names or "</h1>" in cleaned or ' style="' in cleaned:
        cleaned = restructured(cleaned)
    cleaned = with_paragraphs(links_apart(tidied(without_hiding(cleaned))))
    cleaned = _EXTERNAL_LINK.sub(rf'<a href="\1"\2 rel="{EXTERNAL_REL}">', cleaned)
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
