"""RSS 2.0, with the elements of other namespaces that readers expect: Atom links, Dublin Core, whole content, media."""

from __future__ import annotations

from email.utils import format_datetime
from xml.etree.ElementTree import Element

from cms.feeds.about import LANGUAGE
from cms.feeds.entries import Cover, Entry
from cms.feeds.pages import FeedPage, Format
from cms.feeds.xml import add, document

MEDIA_TYPE = "application/rss+xml"
NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def write(page: FeedPage) -> bytes:
    """One page of a feed."""
    root = Element("rss", {"version": "2.0", **NAMESPACES})
    channel = add(root, "channel")
    about = page.about
    add(channel, "title", about.title)
    add(channel, "link", about.home)
    add(channel, "description", about.description)
    add(channel, "language", LANGUAGE)
    add(channel, "lastBuildDate", format_datetime(page.moved_at, usegmt=True))
    add(channel, "generator", "Simpul")
    add(channel, "atom:link", rel="self", href=page.address, type=MEDIA_TYPE)
    add(channel, "atom:link", rel="first", href=page.first, type=MEDIA_TYPE)
    if page.next is not None:
        add(channel, "atom:link", rel="next", href=page.next, type=MEDIA_TYPE)
    for entry in page.entries:
        _add_item(channel, entry, page)
    return document(root)


def _add_item(channel: Element, entry: Entry, page: FeedPage) -> None:
    item = add(channel, "item")
    add(item, "title", entry.title)
    add(item, "link", entry.url)
    add(item, "guid", entry.id, isPermaLink="false")
    add(item, "pubDate", format_datetime(entry.published_at, usegmt=True))
    add(item, "atom:updated", entry.updated_at.isoformat())
    add(item, "dc:creator", entry.owner.name)
    add(item, "dc:language", entry.language)
    add(item, "dc:rights", entry.credit_line)
    for category in entry.categories:
        add(item, "category", category)
    if entry.summary:
        add(item, "description", entry.summary)
    add(item, "content:encoded", entry.content_html)
    if entry.carrier is not None:
        _id, address = page.feed_of(entry.owner.slug)
        add(item, "source", entry.owner.name, url=address)
    if entry.cover is not None:
        _add_cover(item, entry.cover)


def _add_cover(item: Element, cover: Cover) -> None:
    add(item, "enclosure", url=cover.url, length=str(cover.bytes), type=cover.media_type)
    size = {"width": str(cover.width), "height": str(cover.height)}
    media = add(
        item, "media:content", url=cover.url, fileSize=str(cover.bytes), type=cover.media_type, medium="image", **size
    )
    if cover.alt:
        add(media, "media:description", cover.alt, type="plain")
    size = {"width": str(cover.thumbnail_width), "height": str(cover.thumbnail_height)}
    add(item, "media:thumbnail", url=cover.thumbnail, **size)


RSS = Format(MEDIA_TYPE, write)
