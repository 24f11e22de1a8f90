"""Images in bodies: which ones a text names, and the addresses that readers' browsers fetch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from cms.media.models import Image
from cms.media.presenter import shown_path
from cms.media.presets import ORIGINAL, full_name

_ID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_ADDRESS = re.compile(rf"/v1/media/({_ID})(?:/[0-9a-f]{{16}})?(?:/([a-z]+(?:\.[a-z]+)?))?(?![\w.-])")
_IMAGE = re.compile(r"<img\b[^>]*>")
_WITHOUT_TEXT = re.compile(r'<img(?![^>]*\balt="[^"])[^>]*>')
_ALT = re.compile(r'\s+alt="[^"]*"')


def images_in_text(source: str) -> list[str]:
    """Ids of the images that a body (Markdown or HTML) names by their address, in order, each once."""
    return list(dict.fromkeys(match[1] for match in _ADDRESS.finditer(source)))


def with_shown_addresses(html: str, images: Mapping[str, Image]) -> str:
    """Sanitised HTML whose images have the addresses that need no key, and the library's text where the author wrote none.

    An image without a rendition in its address becomes `content`. Images that do not exist stay as they are.
    """
    if not images:
        return html
    shown = _ADDRESS.sub(lambda match: _address(match, images), html)
    return _IMAGE.sub(lambda match: _with_text(match[0], images), shown)


def _address(match: re.Match[str], images: Mapping[str, Image]) -> str:
    image, name = images.get(match[1]), full_name(match[2] or "content")
    if image is None or name is None:
        return match[0]
    return shown_path(image, ORIGINAL if name == ORIGINAL else name)


def _with_text(tag: str, images: Mapping[str, Image]) -> str:
    address = _ADDRESS.search(tag)
    image = images.get(address[1]) if address else None
    if image is None or _WITHOUT_TEXT.fullmatch(tag) is None:
        return tag
    text = "" if image.is_decorative else image.alt or ""
    return _ALT.sub("", tag).replace("<img", f'<img alt="{escape(text)}"', 1)
