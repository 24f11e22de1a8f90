"""Sitemaps: pages of agencies on their own sites, all of them once, and the news of two days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.publishing import site_maps
from cms.publishing.models import Standing
from tests.conftest import counted_statements
from tests.delivery.carrying import carry, edit, take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.factories import add_agencies, add_post, add_published_document, add_published_post
from tests.people import People

SITE, INDEX = "https://dlh.balikpapan.example", "/v1/sitemap.xml"
NEWS = "/v1/sitemaps/dlh/news.xml"
MAP, NEWS_NAME = "{http://www.sitemaps.org/schemas/sitemap/0.9}", "{http://www.google.com/schemas/sitemap-news/0.9}"
HOUR = timedelta(hours=1)
Moment = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def world(city: None, app: Flask) -> None:
    """Two agencies with websites; dpu and dishub have none."""
    add_agencies(app, "dlh", site_url=SITE)
    add_agencies(app, "bpbd", site_url="https://bpbd.balikpapan.example")


def elements(client: FlaskClient, path: str, name: str) -> list[str]:
    """The texts of the elements of this name."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/xml"
    return [each.text or "" for each in ET.fromstring(answer.data).iter(name)]  # noqa: S314 - our own


def sitemaps(client: FlaskClient, query: str = "") -> list[str]:
    """The paths of all sitemaps in the index."""
    return [urlsplit(address).path for address in elements(client, f"{INDEX}{query}", f"{MAP}loc")]


def pages(client: FlaskClient, query: str = "") -> Iterator[str]:
    """The addresses in all sitemaps but those of news."""
    for path in sitemaps(client, query):
        if not path.endswith("news.xml"):
            yield from elements(client, path, f"{MAP}loc")


def test_every_page_of_a_site_is_listed_once_whatever_its_type(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_maps, "NUMBERS_IN_PART", 2)
    for number in range(5):
        add_published_post(app, agency="dlh", title=f"Judul {number}", slug=f"judul-{number}")
        add_published_post(app, agency=("dpu", "bpbd")[number % 2], title=f"Lain {number}", slug=f"lain-{number}")
    add_published_document(app, agency="dlh", title="Renja", slug="renja")
    add_post(app, agency="dlh", title="Draf")

    found = list(pages(client, "?agency=dlh"))
    assert sorted(found) == [*(f"{SITE}/judul-{number}" for number in range(5)), f"{SITE}/renja"]
    assert len([path for path in sitemaps(client, "?agency=dlh") if "news" not in path]) > 2
    everything = list(pages(client))
    assert len(everything) == len(set(everything)) == 8
    # What has no page of its own is not offered to search engines.
    assert not any("/go/" in address for address in everything)
    assert all("dpu" not in path for path in sitemaps(client))


def test_a_page_comes_and_goes_with_its_item(app: Flask, client: FlaskClient, moment: Moment) -> None:
    kept = add_published_post(app, agency="dlh", title="Tetap", slug="tetap")
    gone = add_published_post(app, agency="dlh", title="Pergi", slug="pergi")
    schedule(app, add_post(app, agency="dlh", title="Besok", slug="besok"), HOUR)
    assert set(pages(client)) == {f"{SITE}/tetap", f"{SITE}/pergi"}
    first = next(path for path in sitemaps(client) if "news" not in path)
    before = elements(client, first, f"{MAP}lastmod")

    take_back(app, gone, Standing.GONE, "Keliru.")
    moment(HOUR)
    edit(app, kept, title="Tetap, diperbaiki")
    assert set(pages(client)) == {f"{SITE}/tetap", f"{SITE}/besok"}
    assert elements(client, first, f"{MAP}lastmod") > before
    assert max(elements(client, f"{INDEX}?agency=dlh", f"{MAP}lastmod")) >= max(
        elements(client, first, f"{MAP}lastmod")
    )


def test_news_are_the_posts_of_two_days_and_age_without_a_change(
    app: Flask, client: FlaskClient, moment: Moment
) -> None:
    add_published_document(app, agency="dlh", title="Renja")
    assert NEWS not in sitemaps(client)
    add_published_post(app, agency="dlh", title="Banjir & ]]> longsor", slug="banjir")
    withdrawn = add_published_post(app, agency="dlh", title="Ditarik")
    carry(app, add_published_post(app, agency="bpbd", title="Milik BPBD"), "dlh")
    take_back(app, withdrawn, Standing.WITHDRAWN, "Tidak berlaku.")

    assert elements(client, NEWS, f"{MAP}loc") == [f"{SITE}/banjir"]
    assert elements(client, NEWS, f"{NEWS_NAME}title") == ["Banjir & ]]> longsor"]
    assert elements(client, NEWS, f"{NEWS_NAME}name") == ["Dinas Dlh"]
    assert elements(client, NEWS, f"{NEWS_NAME}language") == ["id"]
    assert elements(client, NEWS, f"{NEWS_NAME}publication_date") == ["2026-11-24T01:00:00Z"]
    assert NEWS in sitemaps(client)

    known = client.get(NEWS).headers["ETag"]
    moment(47 * HOUR)
    assert elements(client, NEWS, f"{MAP}loc") == [f"{SITE}/banjir"]
    moment(2 * HOUR)
    aged = client.get(NEWS, headers={"If-None-Match": known})
    assert aged.status_code == 200
    assert elements(client, NEWS, f"{MAP}loc") == []
    assert NEWS not in sitemaps(client)


def test_a_cache_keeps_news_until_the_hour_is_over(app: Flask, client: FlaskClient, moment: Moment) -> None:
    add_published_post(app, agency="dlh")
    moment(HOUR - timedelta(seconds=10))

    assert "max-age=10," in client.get(NEWS).headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/v1/sitemaps/dpu/0.xml", "/v1/sitemaps/dpu/news.xml", "/v1/sitemaps/tidak-ada/0.xml",
             "/v1/sitemaps/dlh/999999.xml", "/v1/sitemaps/dlh/999999999999999999.xml", "/v1/sitemaps/dlh/99999999999999999999999999.xml", "/v1/sitemaps/dlh/x.xml"],
)  # fmt: skip
def test_what_does_not_exist_is_404(app: Flask, people: People, path: str) -> None:
    site = people.website()
    add_published_post(app, agency="dlh")

    assert site.get(path).status_code == 404
    assert site.get(path, headers={"If-None-Match": "*"}).status_code == 404


def test_a_key_lists_the_sites_that_it_shows(app: Flask, people: People) -> None:
    narrow = people.website(agencies=["bpbd"])
    add_published_post(app, agency="dlh")
    add_published_post(app, agency="bpbd")

    listed = narrow.get(INDEX).text
    assert "bpbd" in listed
    assert "dlh" not in listed
    assert narrow.get(NEWS).status_code == 404


def test_the_tag_of_a_part_stays_when_another_agency_publishes(app: Flask, client: FlaskClient) -> None:
    add_published_post(app, agency="dlh")
    path = next(path for path in sitemaps(client, "?agency=dlh") if "news" not in path)
    known = {"If-None-Match": client.get(path).headers["ETag"]}

    add_published_post(app, agency="bpbd")
    assert client.get(path, headers=known).status_code == 304
    add_published_document(app, agency="dlh")
    assert client.get(path, headers=known).status_code == 200


def test_the_tag_of_an_index_stays_when_an_agency_publishes_that_is_not_in_it(app: Flask, client: FlaskClient) -> None:
    add_published_post(app, agency="dlh")
    known = {"If-None-Match": client.get(f"{INDEX}?agency=dlh").headers["ETag"]}

    add_published_post(app, agency="bpbd")
    add_published_post(app, agency="dpu")
    assert client.get(f"{INDEX}?agency=dlh", headers=known).status_code == 304
    add_published_post(app, agency="dlh")
    assert client.get(f"{INDEX}?agency=dlh", headers=known).status_code == 200


def test_an_index_takes_three_statements_however_much_there_is(app: Flask, client: FlaskClient) -> None:
    for number in range(3):
        add_published_post(app, agency=("dlh", "bpbd")[number % 2])
    client.get(INDEX)
    add_published_post(app, agency="dlh")

    with counted_statements(app) as statements:
        assert client.get(INDEX).status_code == 200
    # The heads, how far each agency is, and the parts.
    assert len(statements) == 3
