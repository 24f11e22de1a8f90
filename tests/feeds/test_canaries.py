"""Nothing that a reader may not see is in any feed, sitemap or calendar, whoever asks: not a word of a draft, and nothing outside the key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.editorial.items.services import update_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.delivery.carrying import carry, take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.factories import (
    CENTRAL,
    add_agencies,
    add_document,
    add_post,
    add_published_document,
    add_published_post,
    seen,
)
from tests.people import People

SITES = {agency: {"site_url": f"https://{agency}.balikpapan.example"} for agency in ("dlh", "bpbd")}
EVENT = {"begin": "2026-12-01T01:00:00Z", "end": None, "place": "Taman"}
PATHS = (
    *(f"/v1/feeds/{each}{query}" for each in ("rss", "atom", "json") for query in ("", "?type=document", "?channel=dlh", "?agency=dlh,bpbd")),
    "/v1/feeds/agenda.ics", "/v1/feeds/agenda.ics?channel=dlh", "/v1/sitemap.xml",
    *(f"/v1/sitemaps/{agency}/{part}.xml" for agency in SITES for part in ("0", "1", "2", "news")),
)  # fmt: skip


@pytest.fixture(autouse=True)
def world(app: Flask, city: None) -> None:
    """Something of everything that readers of one agency, or nobody, may see; a word tells where it comes from."""
    for agency, values in SITES.items():
        add_agencies(app, agency, **values)
    common = {"kind": "agenda", "event": EVENT}
    edited = add_published_post(app, agency="dlh", title="Terlihat", **common)
    with app.app_context():
        update_item(POST, CENTRAL, edited.id, {"title": "RAHASIA suntingan", "body": "RAHASIA"}, seen(edited))
    add_post(app, agency="dlh", title="RAHASIA draf", **common)
    add_document(app, agency="dlh", title="RAHASIA draf")
    schedule(
        app, add_post(app, agency="dlh", title="RAHASIA besok", slug="rahasia-besok", **common), timedelta(hours=1)
    )
    take_back(app, add_published_post(app, agency="dlh", title="RAHASIA hilang", **common), Standing.GONE, "Keliru.")
    add_published_post(app, agency="bpbd", title="MILIK BPBD", slug="milik-bpbd", **common)
    add_published_document(app, agency="bpbd", title="MILIK BPBD", slug="milik-bpbd-dokumen")
    carry(app, add_published_post(app, agency="bpbd", title="Dibawa", slug="dibawa", **common), "dlh")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_hidden_is_anywhere(app: Flask, client: FlaskClient, people: People, path: str) -> None:
    narrow, wide = people.website(agencies=["dlh"]).get(path), client.get(path)

    for answer in (narrow, wide):
        assert answer.status_code in {200, 404}, answer.text
        assert "rahasia" not in answer.text.lower()
    assert "milik" not in narrow.text.lower()


def test_the_canaries_would_be_seen(client: FlaskClient, people: People) -> None:
    texts = [client.get(path).text for path in PATHS]

    assert any("MILIK BPBD" in text for text in texts)
    assert any("milik-bpbd-dokumen" in text for text in texts)
    # What it carries is shown to a key of the carrier.
    assert "Dibawa" in people.website(agencies=["dlh"]).get("/v1/feeds/rss?channel=dlh").text
