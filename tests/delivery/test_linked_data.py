"""`include=jsonld`: what search engines read has the properties that they need, and ends no script."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.permissions import Role
from cms.publishing.linked_data import as_script
from cms.publishing.models import Standing
from tests.delivery.carrying import take_back
from tests.factories import add_agencies, add_image, add_published_document, add_published_post
from tests.people import Caller, People

CONTACT = {"phone": "0542-123456", "address": "Jalan Contoh 1"}
SITE = "https://dlh.balikpapan.example"
# Required and recommended by Google's documentation of articles and of events, as far as a city can know them.
OF_ARTICLES = {
    "headline", "image", "datePublished", "dateModified", "author", "publisher", "mainEntityOfPage", "url", "inLanguage", "description",
}  # fmt: skip
OF_EVENTS = {
    "name", "startDate", "endDate", "location", "eventStatus", "eventAttendanceMode", "organizer", "image", "description", "url",
}  # fmt: skip
EVENT = {"begin": "2026-12-01T01:00:00Z", "end": "2026-12-01T03:00:00Z", "place": "Taman Bekapai"}
# What schema.org gives an Event, of the properties that this house knows.
MEANT_FOR_EVENTS = {
    *OF_EVENTS,
    "@context",
    "@type",
    "@id",
    "mainEntityOfPage",
    "inLanguage",
    "keywords",
    "isAccessibleForFree",
}


@pytest.fixture
def site(app: Flask, city: None, people: People) -> Caller:
    """A website with a key; Dinas Dlh has a site and can be called."""
    add_agencies(app, "dlh", site_url=SITE, contact=CONTACT)
    return people.website()


def told(site: Caller, path: str) -> dict[str, Any]:
    """The linked data of an item."""
    answer = site.get(f"{path}?include=jsonld")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.json["data"]["jsonld"])  # type: ignore[index]
    assert found["@context"] == "https://schema.org"
    assert not [name for name, value in found.items() if value in (None, "", [], {})]
    return found


def test_a_post_is_a_news_article_of_a_government_organization(app: Flask, site: Caller) -> None:
    item = add_published_post(
        app, agency="dlh", kind="berita", title="Pohon", slug="pohon", cover=add_image(app, "dlh"), tags=["pohon"]
    )
    found = told(site, f"/v1/posts/{item.id}")

    assert found["@type"] == "NewsArticle"
    assert found.keys() >= OF_ARTICLES
    assert (found["headline"], found["url"]) == ("Pohon", f"{SITE}/pohon")
    assert found["publisher"] == {
        "@type": "GovernmentOrganization", "name": "Dinas Dlh", "alternateName": "DLH", "url": SITE, "address": "Jalan Contoh 1",
        "contactPoint": {"@type": "ContactPoint", "telephone": "0542-123456"},
    }  # fmt: skip
    assert len(found["image"]) == 3
    assert all(image["url"].startswith("http://localhost/v1/media/") for image in found["image"])
    assert told(site, f"/v1/posts/{add_published_post(app, kind='artikel').id}")["@type"] == "Article"


def test_what_takes_place_at_a_place_is_an_event_and_is_cancelled_when_it_is_withdrawn(
    app: Flask, site: Caller
) -> None:
    item = add_published_post(app, kind="agenda", title="Festival", event=EVENT, cover=add_image(app))
    found = told(site, f"/v1/posts/{item.id}")

    assert found["@type"] == "Event"
    assert OF_EVENTS <= found.keys() <= MEANT_FOR_EVENTS
    assert found["location"] == {"@type": "Place", "name": "Taman Bekapai", "address": "Taman Bekapai"}
    assert found["startDate"] == EVENT["begin"]
    assert found["eventStatus"].endswith("EventScheduled")
    take_back(app, item, Standing.WITHDRAWN, "Hujan.")
    assert told(site, f"/v1/posts/{item.id}")["eventStatus"].endswith("EventCancelled")

    whole_day = {"begin": None, "end": None, "place": "Taman"}
    of_day = add_published_post(app, kind="agenda", event_date="2026-12-01", event=whole_day)
    assert told(site, f"/v1/posts/{of_day.id}")["startDate"] == "2026-12-01"
    nowhere = add_published_post(app, kind="agenda", event_date="2026-12-01")
    assert told(site, f"/v1/posts/{nowhere.id}")["@type"] == "NewsArticle"


def test_a_document_is_a_digital_document(app: Flask, site: Caller) -> None:
    item = add_published_document(app, number="188/12", title="Renja")
    found = told(site, f"/v1/documents/{item.id}")

    assert (found["@type"], found["name"], found["identifier"]) == ("DigitalDocument", "Renja", "188/12")
    assert found.keys() >= {"publisher", "datePublished", "dateModified", "url", "inLanguage"}


def test_it_is_there_when_it_is_asked_for_and_moves_with_the_agency(app: Flask, site: Caller, people: People) -> None:
    path = f"/v1/posts/{add_published_post(app, agency='dlh').id}"
    assert "jsonld" not in site.get(path).json["data"]  # type: ignore[index]
    assert site.get(f"{path}?include=agency&fields=id").json["data"].keys() == {"id", "agency"}  # type: ignore[index]
    assert site.get(f"{path}?include=jsonld,agency&fields=id").json["data"].keys() == {"id", "agency", "jsonld"}  # type: ignore[index]
    assert site.get("/v1/posts?include=jsonld").status_code == 400

    known = {"If-None-Match": site.get(f"{path}?include=jsonld").headers["ETag"]}
    assert site.get(f"{path}?include=jsonld", headers=known).status_code == 304
    renamed = people.person(Role.ADMIN)(
        "PATCH", "/manage/v1/agencies/dlh", match="v1", json={"name": "Dinas Lingkungan Hidup"}
    )
    assert renamed.status_code == 200, renamed.json
    assert site.get(f"{path}?include=jsonld", headers=known).status_code == 200
    assert told(site, path)["publisher"]["name"] == "Dinas Lingkungan Hidup"


class Scripts(HTMLParser):
    """The texts of the scripts in a page, and its other tags."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.scripts.append(data)


@settings(deadline=None)
@given(
    text=st.lists(
        st.sampled_from(["</script>", "<!--", "<script>", "]]>", "-->", "&lt;", "\u2028"]) | st.text(max_size=5)
    ).map("".join)
)
def test_no_title_ends_a_script(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    written = as_script({"@type": "NewsArticle", "headline": text or "x"})
    page = Scripts()
    page.feed(f'<script type="application/ld+json">{written}</script>')
    page.close()

    assert page.tags == ["script"]
    assert "".join(page.scripts) == written
    assert not {*"<>&\u2028\u2029"} & {*written}
    assert json.loads(written)["headline"] == (text or "x")
