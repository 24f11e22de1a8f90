"""A text for social media, ready to be posted: title, summary, hashtags and the canonical address within 280 characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_CAPTION = 280
MOST_HASHTAGS = 5
SHORTEST_SUMMARY = 40
"""A shorter piece of a summary is left out, as it says nothing."""
_NOT_IN_HASHTAG = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Caption:
    """The text, and the parts that are links."""

    text: str
    hashtags: tuple[str, ...]
    link: str


def caption(title: str, summary: str | None, short_name: str, tags: Iterable[str], link: str) -> Caption:
    """At most 280 characters (code points). Words stay whole and the link is never cut; without room for it, it is left out.

    The title comes first, then as many hashtags as fit, then as much of the summary as is worth it.
    """
    tail = link if len(link) <= LONGEST_CAPTION else ""
    room = LONGEST_CAPTION - len(tail) - (1 if tail else 0)
    opening = _shortened(title, room)
    room -= len(opening)
    hashtags = _fitting(dict.fromkeys(_hashtag(word) for word in (short_name, *tags)), room - 1)
    room -= len(" ".join(hashtags)) + 1 if hashtags else 0
    text = _shortened(summary, room - 1) if summary and opening == _one_line(title) else ""
    more = text if len(text) >= min(SHORTEST_SUMMARY, len(summary or "")) else ""
    lines = [opening, more, " ".join(hashtags), tail]
    return Caption("\n".join(line for line in lines if line), tuple(hashtags), link)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shortened(text: str, room: int) -> str:
    """As many whole words as fit, with an ellipsis when some are left out."""
    words = _one_line(text)
    if len(words) <= room:
        return words
    kept = words[: max(0, room)].rpartition(" ")[0].rstrip(" ,;:-")
    return f"{kept}…" if kept else ""


def _hashtag(word: str) -> str:
    """`penutupan-jalan` becomes `#PenutupanJalan`; an abbreviation stays as it is."""
    parts = [part for part in _NOT_IN_HASHTAG.split(word.replace("_", " ")) if part]
    name = "".join(part[0].upper() + part[1:] for part in parts)
    return f"#{name}" if name and not name.isdecimal() else ""


def _fitting(candidates: Iterable[str], room: int) -> list[str]:
    found: list[str] = []
    for hashtag in candidates:
        if hashtag and len(found) < MOST_HASHTAGS and len(" ".join([*found, hashtag])) <= room:
            found.append(hashtag)
    return found
