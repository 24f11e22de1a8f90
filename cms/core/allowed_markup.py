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
DIRECTED: Final = HEADINGS | {"p", "div", "blockquote", "li", "dt", "dd", "td", "th", "caption", "figcaption"}
"""Elements that may say that their own words decide their direction (`dir="auto"`): Arabic is read from the right."""
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "a": {"href", "data-embed"},
    "img": {"src", "alt"},
    "ol": {"start", "type", "reversed"},
    "li": {"value", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
ALLOWED_ATTRIBUTES: Final = {
    tag: _ATTRIBUTES.get(tag, set()) | ({"dir"} if tag in DIRECTED else set()) for tag in _ATTRIBUTES.keys() | DIRECTED
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
