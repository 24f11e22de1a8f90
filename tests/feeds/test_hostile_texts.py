"""Whatever stands in a title: every format stays readable for strict parsers, and shows what can be shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.feeds.about import About
from cms.feeds.atom import ATOM
from cms.feeds.entries import Entry
from cms.feeds.json_feed import JSON_FEED
from cms.feeds.pages import FeedPage, Format
from cms.feeds.rss import RSS
from cms.feeds.texts import readable, with_whole_addresses

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SERVER = "https://simpul.balikpapan.example"
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
HOSTILE = [
    "]]>",
    "<![CDATA[",
    "&amp;&#0;",
    "\x00\x08\x1b",
    "\ud800",
    "\ufffe\uffff",
    "<script>",
    "--> <!--",
    "\U0001f600",
    "\"'",
    "\r\n",
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(HOSTILE) | st.characters(), max_size=8).map("".join))


def item(text: str) -> dict[str, Any]:
    """An item in full form with the text wherever people write."""
    agency = {"slug": "dpu", "name": f"Dinas {text}", "short_name": text}
    return {
        "id": "019ac1a0-7c00-7000-8000-000000000002", "kind": "berita", "category": None, "tags": ["jalan"], "title": text,
        "summary": text, "canonical_url": f"{SERVER}/go/1", "body_html": f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>",
        "published_at": "2026-11-24T01:00:00Z", "public_updated_at": "2026-11-24T01:00:00Z", "agency": agency,
        "repost": {"agency": agency, "comment": text}, "credit_line": f"Sumber: {text}", "language": "id", "source_url": None,
        "cover": None,
    }  # fmt: skip


def written(format: Format, text: str) -> bytes:
    title = readable(f"Dinas {text}")
    about = About("post", "urn:uuid:019ac1a0-7c00-7000-8000-000000000002", title, title, SERVER, title)
    entry = Entry.of(item(text), SERVER)
    return format.write(
        FeedPage(about, [entry], SERVER, SERVER, None, NOW, lambda agency: (f"urn:{agency}", f"{SERVER}/{agency}"))
    )


def as_xml(text: str) -> str:
    """What a parser of XML gives for the text: without what XML cannot hold, one kind of line break."""
    return re.sub("\r\n?", "\n", ILLEGAL.sub("", text))


@settings(deadline=None)
@given(text=texts)
@pytest.mark.parametrize("format", [RSS, ATOM], ids=["rss", "atom"])
def test_xml_is_well_formed_and_the_title_is_what_was_written(format: Format, text: str) -> None:
    content = written(format, text)
    root = ET.fromstring(content)  # noqa: S314 - our own

    name = "./channel/item/title" if format is RSS else "./{*}entry/{*}title"
    assert (root.findtext(name) or "") == as_xml(text)
    found = feedparser.parse(content, response_headers={"content-type": f"{format.media_type}; charset=utf-8"})
    assert not found.bozo, found.get("bozo_exception")
    assert len(found.entries) == 1


@settings(deadline=None)
@given(text=texts)
def test_json_is_json_and_the_title_is_what_was_written(text: str) -> None:
    (entry,) = orjson.loads(written(JSON_FEED, text))["items"]

    assert entry["title"] == ILLEGAL.sub("", text)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<a href="/layanan">', '<a href="https://dpu.example/layanan">'),
        ('<a href="#bab-2">', '<a href="https://dpu.example/berita/1#bab-2">'),
        ('<a href="mailto:dpu@balikpapan.example">', '<a href="mailto:dpu@balikpapan.example">'),
        ('<img src="/v1/media/a" alt="b">', f'<img src="{SERVER}/v1/media/a" alt="b">'),
        ('<img srcset="/v1/a 1w, /v1/b 2w">', f'<img srcset="{SERVER}/v1/a 1w, {SERVER}/v1/b 2w">'),
        ('<p>href="/v1/x"</p>', '<p>href="/v1/x"</p>'),
        ('<a title="<a href=" href="/x">', '<a title="<a href=" href="https://dpu.example/x">'),
    ],
)
def test_addresses_become_whole_and_texts_stay(body: str, expected: str) -> None:
    assert with_whole_addresses(body, server=SERVER, page="https://dpu.example/berita/1") == expected


@settings(deadline=None)
@given(text=texts)
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    once = readable({"a": [text]})

    assert readable(once) == once
    assert ILLEGAL.search(once["a"][0]) is None
