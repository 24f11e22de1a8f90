"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from cms.core.clock import rfc3339
from cms.feeds.about import LANGUAGE
from cms.feeds.entries import Entry
from cms.feeds.pages import FeedPage, Format
from cms.feeds.xml import add, document

MEDIA_TYPE = "application/atom+xml"
NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:media": "http://search.yahoo.com/mrss/"}


def write(page: FeedPage) -> bytes:
    """One page of a feed."""
    about = page.about
    root = Element("feed", {**NAMESPACES, "xml:lang": LANGUAGE})
    add(root, "id", about.id)
    add(root, "title", about.title)
    add(root, "subtitle", about.description)
    add(root, "updated", rfc3339(page.moved_at))
    add(add(root, "author"), "name", about.author)
    add(root, "generator", "Simpul")
    add(root, "link", rel="alternate", type="text/html", href=about.home)
    add(root, "link", rel="self", type=MEDIA_TYPE, href=page.address)
    add(root, "link", rel="first", type=MEDIA_TYPE, href=page.first)
    if page.next is not None:
        add(root, "link", rel="next", type=MEDIA_TYPE, href=page.next)
    for entry in page.entries:
        _add_entry(root, entry, page)
    return document(root)


def _add_entry(root: Element, entry: Entry, page: FeedPage) -> None:
    element = add(root, "entry", None, **{"xml:lang": entry.language})
    add(element, "id", entry.id)
    add(element, "title", entry.title)
    add(element, "published", rfc3339(entry.published_at))
    add(element, "updated", rfc3339(entry.updated_at))
    add(add(element, "author"), "name", entry.owner.name)
    add(element, "link", rel="alternate", type="text/html", href=entry.url)
    add(element, "rights", entry.credit_line)
    for category in entry.categories:
        add(element, "category", term=category)
    if entry.summary:
        add(element, "summary", entry.summary)
    add(element, "content", entry.content_html, type="html")
    if entry.cover is not None:
        cover = entry.cover
        add(element, "link", rel="enclosure", type=cover.media_type, length=str(cover.bytes), href=cover.url)
        size = {"width": str(cover.thumbnail_width), "height": str(cover.thumbnail_height)}
        add(element, "media:thumbnail", url=cover.thumbnail, **size)
    if entry.carrier is not None:
        _add_source(element, entry, page)


def _add_source(element: Element, entry: Entry, page: FeedPage) -> None:
    """The feed of the agency whose information it is."""
    source = add(element, "source")
    feed, address = page.feed_of(entry.owner.slug)
    add(source, "id", feed)
    add(source, "title", entry.owner.name)
    add(source, "updated", rfc3339(entry.updated_at))
    add(source, "link", rel="self", type=MEDIA_TYPE, href=address)


ATOM = Format(MEDIA_TYPE, write)
