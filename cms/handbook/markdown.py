"""A document of docs/ as HTML: with anchors, links that lead somewhere on this server, and its table of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markupsafe import Markup

from cms.handbook.documents import Wish, served_address

SHOWN_ADDRESS = "http://localhost:8000"
"""The server in the examples of docs/; pages show the address of the server that sends them in its place."""
_PARSER = MarkdownIt("commonmark").enable("table")
_SENTENCES = MarkdownIt("zero").enable("backticks")
_HTML = {"html_block", "html_inline"}
_DEEPEST = 3


@dataclass(slots=True)
class Heading:
    """A heading with those below it."""

    anchor: str
    text: str
    below: list[Heading] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Text:
    """A document as HTML, with its title and its table of contents."""

    title: str
    html: Markup
    contents: list[Heading]


def rendered(markdown: str, public_url: str, wish: Wish) -> Text:
    """The document as HTML. HTML inside Markdown is left out: docs/ has nothing of that kind but marks for generated parts."""
    tokens = [token for token in _PARSER.parse(markdown) if token.type not in _HTML]
    headings = list(_anchored(tokens))
    for token in tokens:
        _localise(token, public_url)
        if token.children is not None:
            token.children = list(_linked(token.children, public_url, wish))
    html = "".join(_written(tokens))
    contents = _nested([(level, each) for level, each in headings[1:] if level <= _DEEPEST])
    return Text(headings[0][1].text if headings else "", Markup(html), contents)  # noqa: S704 - written by the parser from our own files


def sentence(text: str) -> Markup:
    """A sentence of the code as HTML: what stands in back ticks is code, everything else as it is."""
    return Markup(_SENTENCES.renderInline(text))  # noqa: S704 - the parser writes text as text


def anchor_of(text: str) -> str:
    """The anchor that a heading has on GitHub, too."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text.lower()))


def _anchored(tokens: Sequence[Token]) -> Iterator[tuple[int, Heading]]:
    """Give every heading its anchor. Yields level and heading."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(part.content for part in inline.children or ())
            token.attrSet("id", anchor_of(text))
            yield int(token.tag[1:]), Heading(anchor_of(text), text)


def _nested(headings: Sequence[tuple[int, Heading]]) -> list[Heading]:
    top: list[Heading] = []
    for level, heading in headings:
        (top[-1].below if level == _DEEPEST and top else top).append(heading)
    return top


def _linked(parts: Sequence[Token], public_url: str, wish: Wish) -> Iterator[Token]:
    """The parts of a line, with links that lead somewhere; of the others the words stay."""
    is_open = True
    for part in parts:
        _localise(part, public_url)
        if part.type == "link_open":
            address = served_address(str(part.attrGet("href")), wish)
            is_open = address is not None
            part.attrSet("href", address or "")
            if address and "://" in address and not address.startswith(public_url):
                part.attrSet("rel", "noopener noreferrer")
        if part.type not in _HTML and (is_open or not part.type.startswith("link_")):
            yield part


def _localise(token: Token, public_url: str) -> None:
    token.content = token.content.replace(SHOWN_ADDRESS, public_url)
    if token.type == "link_open":
        token.attrSet("href", str(token.attrGet("href")).replace(SHOWN_ADDRESS, public_url))


def _written(tokens: Sequence[Token]) -> Iterator[str]:
    """Whole runs are written by the library; tables get a frame that scrolls, headings a link to themselves."""
    begin, heading = 0, Heading("", "")
    for place, token in enumerate(tokens):
        before, after = "", ""
        if token.type == "heading_open":
            heading = Heading(
                str(token.attrGet("id")), "".join(each.content for each in tokens[place + 1].children or ())
            )
        elif token.type == "heading_close" and token.tag != "h1":
            before = f' <a class="anchor" href="#{heading.anchor}" aria-label="# {escapeHtml(heading.text)}">#</a>'
        elif token.type == "table_open":
            before = f'<div class="table" role="region" tabindex="0" aria-label="{escapeHtml(heading.text)}">'
        elif token.type == "table_close":
            after = "</div>"
        if before or after:
            end = place + 1 if after else place
            yield _PARSER.renderer.render(tokens[begin:end], _PARSER.options, {}) + before + after
            begin = end
    yield _PARSER.renderer.render(tokens[begin:], _PARSER.options, {})
