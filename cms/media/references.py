"""Pictures in bodies: which ones a body shows, and the tags that readers' browsers get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from cms.core.entities import unescaped
from cms.media.models import Image
from cms.media.presenter import shown_path
from cms.media.presets import ENCODINGS, ORIGINAL, PRESETS, WEBP, cut, full_name

_ID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# The addresses of the API for readers, with and without the fingerprint, and those for editors.
_ADDRESS: Final = re.compile(
    rf"(?:/manage)?/v1/media/(?P<id>{_ID})(?:/[0-9a-f]{{16}}|/renditions)?(?:/(?P<name>[a-z]+(?:\.[a-z]+)?))?"
)
_IN_ATTRIBUTE: Final = re.compile(r'(?<= )(src|href)="([^"]*)"')
_IMAGE: Final = re.compile(r"<img\b[^>]*>")
_SOURCE: Final = re.compile(r' src="([^"]*)"')
_ALT: Final = re.compile(r' alt="([^"]*)"')
WHOLE: Final = tuple(name for name, preset in PRESETS.items() if preset.height is None)
"""The renditions that show the whole picture, narrowest first: a browser may take any of them for another."""


def images_in_html(html: str) -> list[str]:
    """Ids of the images that a sanitised body shows or links to, in order, each once."""
    found = (_ADDRESS.fullmatch(address) for _name, address in _IN_ATTRIBUTE.findall(html))
    return list(dict.fromkeys(match["id"] for match in found if match))


def wrong_pictures(html: str) -> list[str]:
    """Addresses in the pictures of a sanitised body that can lead to no image: mistyped, or with a rendition that there is not."""
    sources = (_SOURCE.search(tag) for tag in _IMAGE.findall(html))
    addresses = dict.fromkeys(unescaped(source[1]) for source in sources if source)
    return [address for address in addresses if not _is_right(address)]


def _is_right(address: str) -> bool:
    match = _ADDRESS.fullmatch(address)
    return match is not None and full_name(match["name"] or "content") is not None


def without_host(source: str, public_url: str) -> str:
    """The source of a body whose pictures are named by their paths, also where the address of this server was written before them."""
    for folder in ("/v1/media/", "/manage/v1/media/"):
        source = source.replace(f"{public_url}{folder}", folder)
    return source


def with_shown_pictures(html: str, images: Mapping[str, Image]) -> str:
    """Sanitised HTML for readers: addresses that need no key, sizes, renditions to choose from, and the library's text where the
    author wrote none.

    An image without a rendition in its address becomes `content`. Images that do not exist stay as they are.
    """
    if not images:
        return html
    html = _IN_ATTRIBUTE.sub(lambda found: f'{found[1]}="{_shown_address(found[2], images)}"', html)
    return _IMAGE.sub(lambda match: _shown_picture(match[0], images), html)


def _shown_address(address: str, images: Mapping[str, Image]) -> str:
    match = _ADDRESS.fullmatch(address)
    image = images.get(match["id"]) if match else None
    name = full_name(match["name"] or "content") if match else None
    return shown_path(image, name) if image is not None and name is not None else address


def _shown_picture(tag: str, images: Mapping[str, Image]) -> str:
    source, alt = _SOURCE.search(tag), _ALT.search(tag)
    address = _ADDRESS.fullmatch(source[1]) if source else None
    image = images.get(address["id"]) if address else None
    if source is None or address is None or image is None:
        return tag
    text = alt[1] if alt and alt[1] else escape("" if image.is_decorative else image.alt or "")
    width, height = _size(image, address["name"])
    about = f'src="{source[1]}" alt="{text}" width="{width}" height="{height}"'
    return f'<img {about}{_choice(image, address["name"], width)} loading="lazy">'


def _size(image: Image, name: str) -> tuple[int, int]:
    """Width and height in pixels of what is at the address."""
    if name == ORIGINAL:
        return image.width, image.height
    shown = cut(PRESETS[name.partition(".")[0]], image.width, image.height, image.focal_x, image.focal_y)
    return shown.width, shown.height


def _choice(image: Image, name: str, width: int) -> str:
    """The attributes `srcset` and `sizes`; empty for a picture that is cut, or that has one size only."""
    preset, _, extension = name.partition(".")
    if preset not in {*WHOLE, ORIGINAL}:
        return ""
    encoding = ENCODINGS.get(extension, WEBP).extension
    widths = {_size(image, each)[0]: shown_path(image, f"{each}.{encoding}") for each in WHOLE}
    if name == ORIGINAL:
        widths.setdefault(width, shown_path(image, ORIGINAL))
    if len(widths) < 2:
        return ""
    choice = ", ".join(f"{path} {pixels}w" for pixels, path in sorted(widths.items()))
    return f' srcset="{choice}" sizes="auto, (max-width: {width}px) 100vw, {width}px"'
