"""Films and maps of other sites: a body keeps them as a marked link, and the site that shows it makes a player of that.

The mark is the attribute `data-embed` (`youtube:dQw4w9WgXcQ`, `youtube:dQw4w9WgXcQ?start=90`). No script and no frame of another site is ever part of a body.
Which providers there are is decided here, and a mark must fit the address of its link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cms.core.characters import has_words
from cms.core.entities import unescaped
from cms.core.links import LONGEST_LINK

YOUTUBE: Final = "youtube"
OPENSTREETMAP: Final = "openstreetmap"
WORDS: Final = {YOUTUBE: "Video YouTube", OPENSTREETMAP: "Peta OpenStreetMap"}
"""The words of a link that the author gave none. People read them in both languages."""

_HOST: Final = r"(?:https?:)?//(?:www\.|m\.)?youtube(?:-nocookie)?\.com"
_VIDEO: Final = re.compile(
    rf"(?:{_HOST}/(?:(?:embed|shorts|live|v)/|watch\?(?:[^#]*&)?v=)|(?:https?:)?//youtu\.be/)([\w-]{{11}})(?:[?&#/].*)?",
    re.IGNORECASE | re.ASCII,
)
_START: Final = re.compile(
    r"[?&#](?:t|start|time_continue)=(?:([0-9]{1,2})h)?+(?:([0-9]{1,4})m)?+(?:([0-9]{1,6})s?)?+(?=[&#]|$)", re.ASCII
)
_PLAYLIST: Final = re.compile(
    rf"{_HOST}/(?:embed/videoseries|playlist)\?(?:[^#]*&)?list=([\w-]{{10,60}})(?:[&#].*)?", re.IGNORECASE | re.ASCII
)
_SERIES: Final = "videoseries?list="
_MAP: Final = "https://www.openstreetmap.org/export/embed.html?"
_NUMBER: Final = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
_BOX: Final = re.compile(rf"{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_PLACE: Final = re.compile(rf"({_NUMBER}),({_NUMBER})")
_LAYER: Final = re.compile("[a-z]{1,20}")
_MOST_PARAMETERS: Final = 20

_FRAME: Final = re.compile(r"<iframe([^<>]*)>.*?</iframe>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r'([a-z-]+)="([^"]*)"')
_MARKED: Final = re.compile(r"<a ([^<>]*\bdata-embed=[^<>]*)>")
_PLACES: Final = re.compile(r'<a href="[^"]*" data-embed="([^"]*)"[^<>]*>(.*?)</a>', re.DOTALL)
_LONE: Final = re.compile(r'<(p|div)>\s*+(?:<a href="([^"]*)"[^<>]*>)?+(https?://[^\s<>"]++)(?:</a>)?\s*</\1>')
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Embed:
    """A film or a map. `id` is what its provider calls it: a video, `videoseries?list=...`, or the query of a map.

    A film begins `start` seconds after its beginning.
    """

    provider: str
    id: str
    start: int = 0

    @property
    def mark(self) -> str:
        """The value of `data-embed`."""
        return f"{self.provider}:{self.id}" + (f"?start={self.start}" if self.start else "")

    @property
    def page(self) -> str:
        """The page of the provider for people."""
        if self.provider == OPENSTREETMAP:
            given = parse_qs(self.id)
            place = _PLACE.fullmatch(given.get("marker", [""])[0])
            return f"https://www.openstreetmap.org/?bbox={given['bbox'][0]}" + (
                f"&mlat={place[1]}&mlon={place[2]}" if place else ""
            )
        if self.id.startswith(_SERIES):
            return f"https://www.youtube.com/playlist?list={self.id.removeprefix(_SERIES)}"
        return f"https://www.youtube.com/watch?v={self.id}" + (f"&t={self.start}" if self.start else "")


def embed_of(address: str) -> Embed | None:
    """What a frame with this address shows, if it is of a provider on the list."""
    address = address.strip()
    if len(address) > LONGEST_LINK:
        return None
    if (video := _VIDEO.fullmatch(address)) and video[1].lower() not in {"videoseries", "live_stream"}:
        return Embed(YOUTUBE, video[1], _start_of(address))
    if playlist := _PLAYLIST.fullmatch(address):
        return Embed(YOUTUBE, f"{_SERIES}{playlist[1]}")
    return _map_of(address)


def _start_of(address: str) -> int:
    """The second from which an address shows its film: `?start=90`, `#t=1m30s`."""
    found = _START.search(address)
    if found is None:
        return 0
    hours, minutes, seconds = (int(number or 0) for number in found.groups())
    return 3600 * hours + 60 * minutes + seconds


def _map_of(address: str) -> Embed | None:
    try:
        parts = urlsplit(address)
        given = parse_qs(parts.query, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return None
    if parts.netloc.lower() not in {"www.openstreetmap.org", "openstreetmap.org"} or parts.path != "/export/embed.html":
        return None
    if not _BOX.fullmatch(given.get("bbox", [""])[0]):
        return None
    kept = {"bbox": _BOX, "layer": _LAYER, "marker": _PLACE}
    said = ((name, given.get(name, [""])[0], shape) for name, shape in kept.items())
    return Embed(OPENSTREETMAP, "&".join(f"{name}={value}" for name, value, shape in said if shape.fullmatch(value)))


def embed_marked(mark: str) -> Embed | None:
    """What a mark names; None for a mark that is none of ours."""
    provider, _, name = mark.partition(":")
    starts = {YOUTUBE: "https://www.youtube.com/embed/", OPENSTREETMAP: _MAP}
    found = embed_of(f"{starts[provider]}{name}") if provider in starts else None
    return found if found is not None and found.mark == mark else None


def with_embed_links(html: str) -> str:
    """HTML of the cleaner whose frames of known providers became marked links; other frames, and marks that do not fit, are gone.

    An address of a provider that stands alone in its paragraph is one too: so WordPress and people in Markdown write it.
    """
    if "<iframe" in html:
        html = _FRAME.sub(_framed, html)
    if "data-embed" in html:
        html = _MARKED.sub(_checked, html)
    return _LONE.sub(_lone, html) if "://" in html else html


def embeds_in(html: str) -> list[dict[str, str | int | None]]:
    """The embeds of a sanitised body in their order: provider, id, where a film begins in seconds (None: at its beginning), and the
    words of the link unless they are only an address.
    """
    if "data-embed" not in html:
        return []
    return [
        {"provider": embed.provider, "id": embed.id, "start": embed.start or None, "title": _title(embed, place[2])}
        for place in _PLACES.finditer(html)
        if (embed := embed_marked(unescaped(place[1]))) is not None
    ]


def _title(embed: Embed, words: str) -> str | None:
    title = " ".join(unescaped(_TAG.sub("", words)).split())
    return None if not title or title == WORDS[embed.provider] or "://" in title else title


def _attributes(text: str) -> dict[str, str]:
    return {name: unescaped(value) for name, value in _ATTRIBUTE.findall(text)}


def _framed(frame: re.Match[str]) -> str:
    given = _attributes(frame[1])
    embed = embed_of(given.get("src", ""))
    if embed is None:
        return ""
    title = " ".join(given.get("title", "").split())
    words = title if has_words(title) else WORDS[embed.provider]
    # Spaces around it: words before and after a frame never grow together with its own.
    return f" {_link(embed, escape(words))} "


def _checked(tag: re.Match[str]) -> str:
    given = _attributes(tag[1])
    embed = embed_marked(given.get("data-embed", ""))
    if embed is not None and given.get("href") == embed.page:
        return _opening(embed)
    return f'<a href="{escape(given["href"])}">' if "href" in given else "<a>"


def _lone(block: re.Match[str]) -> str:
    address = unescaped(block[3])
    embed = embed_of(address)
    if embed is None or (block[2] is not None and unescaped(block[2]) != address):
        return block[0]
    return f"<{block[1]}>{_link(embed, block[3])}</{block[1]}>"


def _link(embed: Embed, words: str) -> str:
    return f"{_opening(embed)}{words}</a>"


def _opening(embed: Embed) -> str:
    return f'<a href="{escape(embed.page)}" data-embed="{escape(embed.mark)}">'
