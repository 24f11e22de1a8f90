"""Checks SVG drawings inside office documents, such as the icons of Office 365: no scripts, and nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.parsers import expat

from cms.documents.faults import DamagedFile

ACTIVE_DRAWING: Final = "a drawing inside has a script or fetches something from elsewhere"
ACTIVE_ELEMENTS: Final = frozenset(
    {"script", "handler", "listener", "foreignobject", "iframe", "object", "embed", "audio", "video", "set", "animate"}
)
"""Elements that run something, hold a page or change an address; in small letters, since programs differ in how strictly they read names."""
_INSIDE: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpe?g|gif|webp)[;,]|$)", re.IGNORECASE)
_FETCHING_STYLE: Final = re.compile(
    r"@import|expression\s*\(|url\s*\(\s*+[\"']?+(?!\s*+(?:#|data:image/(?:png|jpe?g|gif)))", re.IGNORECASE
)
# A style may write any of its letters as an escape.
_ESCAPED_STYLE: Final = re.compile(r"\\[0-9a-f]", re.IGNORECASE)


def check_drawing(blocks: Iterable[bytes]) -> None:
    """Raise `DamagedFile` for a drawing that acts, or that is not XML. Reads it once; nothing is expanded."""
    parser, reader = expat.ParserCreate(), _Drawing()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.ProcessingInstructionHandler = reader.instruction
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise DamagedFile("a part is not XML") from None


class _Drawing:
    """Judges elements, attributes and styles as they come."""

    def __init__(self) -> None:
        self._style: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = _local(name)
        if element in ACTIVE_ELEMENTS:
            raise DamagedFile(ACTIVE_DRAWING)
        for key, value in attributes.items():
            attribute = _local(key)
            leads_out = attribute in {"href", "src"} and not _INSIDE.match(value)
            if attribute.startswith("on") or leads_out or _fetches(value):
                raise DamagedFile(ACTIVE_DRAWING)
        if element == "style":
            self._style = []

    def end(self, name: str) -> None:
        if self._style is not None and _local(name) == "style":
            if _fetches("".join(self._style)):
                raise DamagedFile(ACTIVE_DRAWING)
            self._style = None

    def text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def instruction(self, target: str, _data: str) -> None:
        # `xml-stylesheet` fetches a style.
        if target.lower() != "xml":
            raise DamagedFile(ACTIVE_DRAWING)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _fetches(style: str) -> bool:
    return _FETCHING_STYLE.search(style) is not None or _ESCAPED_STYLE.search(style) is not None
