"""Published items in the words of schema.org (JSON-LD), which search engines read in pages; each content type says what it is.

No product has more to say than its item: what is not known is left out, never invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

Node = dict[str, Any]
CONTEXT: Final = "https://schema.org"
# What ends a script, or begins a comment in one, wherever it stands in a page; and what old JavaScript took for line breaks.
_IN_SCRIPTS: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an item does not say itself: who publishes it, and the public address of this server."""

    publisher: Node
    server: str


LinkedData = Callable[[Mapping[str, Any], Surroundings], Node]
"""Makes the main node from an item in full form."""


def as_script(node: Node) -> str:
    """JSON that can stand between the tags of a script as it is: whatever a title holds, it ends no element and begins none."""
    return orjson.dumps({"@context": CONTEXT, **known(node)}).decode().translate(_IN_SCRIPTS)


def known(node: Mapping[str, Any]) -> Node:
    """The node without what is not known."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def of_every_item(item: Mapping[str, Any], around: Surroundings) -> Node:
    """What items of all types say. A withdrawn one is marked."""
    return {
        "@id": f"urn:uuid:{item['id']}",
        "url": item["canonical_url"],
        "mainEntityOfPage": item["canonical_url"],
        "description": item.get("summary"),
        "inLanguage": item["language"],
        "datePublished": item["published_at"],
        "dateModified": item["updated_at"],
        "author": around.publisher,
        "publisher": around.publisher,
        "creditText": item["credit_line"],
        "keywords": list(item["tags"]),
        "isAccessibleForFree": True,
        "creativeWorkStatus": "Withdrawn" if item["withdrawn"] else "Published",
    }


def images_of(cover: Mapping[str, Any] | None, server: str) -> list[Node]:
    """The cover in three shapes, as search engines want it: whole, wide and square."""
    if cover is None:
        return []
    shapes = [(cover["url"], cover["width"], cover["height"])]
    shapes += [
        (shape["jpeg"], shape["width"], shape["height"])
        for shape in (cover["renditions"][name] for name in ("social", "square"))
    ]
    return [
        known(
            {
                "@type": "ImageObject", "url": f"{server}{path}", "width": width, "height": height, "caption": cover["caption"] or cover["alt"],
                "creditText": cover["credit"],
            }
        )
        for path, width, height in shapes
    ]  # fmt: skip
