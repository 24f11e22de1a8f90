"""One published item as a feed shows it, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Self

from cms.feeds.texts import readable, with_whole_addresses


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture: the whole one with its type and bytes, and a small one."""

    url: str
    media_type: str
    bytes: int
    width: int
    height: int
    alt: str
    thumbnail: str
    thumbnail_width: int
    thumbnail_height: int


@dataclass(frozen=True, slots=True)
class Owner:
    """The agency whose information it is."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a feed. `carrier` is the agency that carries it, when the feed is that of a channel of others."""

    id: str
    url: str
    title: str
    summary: str
    content_html: str
    published_at: datetime
    updated_at: datetime
    owner: Owner
    carrier: str | None
    credit_line: str
    language: str
    categories: tuple[str, ...]
    cover: Cover | None
    source_url: str | None

    @classmethod
    def of(cls, item: dict[str, Any], server: str) -> Self:
        """The entry of an item in full form, of any content type; `server` is the public address of this server."""
        item = readable(item)
        words = (item.get("kind"), item.get("category"), *item["tags"])
        repost = item.get("repost")
        return cls(
            id=f"urn:uuid:{item['id']}",
            url=item["canonical_url"],
            title=item["title"],
            summary=item.get("summary") or "",
            content_html=_content(item, server),
            published_at=datetime.fromisoformat(item["published_at"]),
            updated_at=datetime.fromisoformat(item["public_updated_at"]),
            owner=Owner(item["agency"]["slug"], item["agency"]["name"]),
            carrier=repost["agency"]["name"] if repost else None,
            credit_line=item["credit_line"],
            language=item["language"],
            categories=tuple(dict.fromkeys(word for word in words if word)),
            cover=_cover(item.get("cover"), server),
            source_url=item.get("source_url"),
        )


def _content(item: dict[str, Any], server: str) -> str:
    """The note of who carries it, the body, and the line that every copy must show."""
    body = with_whole_addresses(item["body_html"], server=server, page=item["canonical_url"])
    repost = item.get("repost")
    note = (
        f"<p><strong>{escape(repost['agency']['name'])}:</strong> {escape(repost['comment'])}</p>\n"
        if repost and repost["comment"]
        else ""
    )
    return f"{note}{body}\n<p><small>{escape(item['credit_line'])}</small></p>"


def _cover(cover: dict[str, Any] | None, server: str) -> Cover | None:
    if cover is None:
        return None
    small = cover["renditions"]["card"]
    return Cover(
        url=f"{server}{cover['url']}",
        media_type=cover["media_type"],
        bytes=cover["bytes"],
        width=cover["width"],
        height=cover["height"],
        alt=cover["alt"],
        thumbnail=f"{server}{small['jpeg']}",
        thumbnail_width=small["width"],
        thumbnail_height=small["height"],
    )
