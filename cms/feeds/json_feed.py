"""JSON Feed 1.1."""

from __future__ import annotations

from typing import Any

import orjson

from cms.core.clock import rfc3339
from cms.feeds.about import LANGUAGE
from cms.feeds.entries import Entry
from cms.feeds.pages import FeedPage, Format

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(page: FeedPage) -> bytes:
    """One page of a feed. `_simpul` is ours: the format lets an underscore name what others need not know."""
    about = page.about
    feed = {
        "version": VERSION,
        "title": about.title,
        "description": about.description,
        "home_page_url": about.home,
        "feed_url": page.first,
        "language": LANGUAGE,
        "authors": [{"name": about.author}],
        **({} if page.next is None else {"next_url": page.next}),
        "items": [_item(entry) for entry in page.entries],
        "_simpul": {"id": about.id},
    }
    return orjson.dumps(feed)


def _item(entry: Entry) -> dict[str, Any]:
    cover = entry.cover
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.content_html,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": entry.owner.name}],
        "language": entry.language,
        "tags": list(entry.categories),
        "_simpul": {"agency": entry.owner.slug, "credit_line": entry.credit_line, "carried_by": entry.carrier},
    }
    if entry.summary:
        item["summary"] = entry.summary
    if entry.source_url:
        item["external_url"] = entry.source_url
    if cover is not None:
        item["image"] = cover.url
        item["attachments"] = [{"url": cover.url, "mime_type": cover.media_type, "size_in_bytes": cover.bytes}]
    return item


JSON_FEED = Format(MEDIA_TYPE, write)
