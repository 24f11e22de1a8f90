"""What a body may contain: the one list of elements and attributes that readers get."""

from __future__ import annotations

from typing import Final

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS: Final = frozenset(
    {"p", "div", "blockquote", "pre", "hr", "ul", "ol", "dl", "table", "caption", "figure", "figcaption"}
)
ITEMS: Final = frozenset({"li", "dt", "dd"})
TABLE_PARTS: Final = frozenset({"thead", "tbody", "tfoot", "tr", "th", "td"})
INLINE: Final = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q", "s", "small", "strong"}
    | {"sub", "sup", "u"}
)
ALLOWED_TAGS: Final = HEADINGS | BLOCKS | ITEMS | TABLE_PARTS | INLINE
ALLOWED_ATTRIBUTES: Final = {
    "a": {"href", "data-embed"},
    "img": {"src", "alt"},
    "ol": {"start", "type", "reversed"},
    "li": {"value", "type"},
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
