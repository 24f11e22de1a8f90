"""Feeds of what is published, in three formats: the same items under ids that stay, and nothing that was taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.permissions import Role
from cms.publishing.models import Standing
from tests.delivery.carrying import carry, edit, take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.factories import add_agencies, add_image, add_post, add_published_document, add_published_post
from tests.feeds.subscribers import FORMATS, TYPES, entries, page, parsed, titles
from tests.people import People

HOUR = timedelta(hours=1)
Moment = Callable[[timedelta], None]
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(params=FORMATS)
def feed(request: pytest.FixtureRequest) -> str:
    """The path of the feed in each format."""
    return f"/v1/feeds/{request.param}"


def test_what_is_published_is_in_the_feed_at_once_and_gone_when_it_is_taken_back(
    app: Flask, client: FlaskClient, feed: str
) -> None:
    assert titles(client, feed) == []
    item = add_published_post(app, title="Jalan ditutup")
    withdrawn = add_published_post(app, title="Jadwal lama")
    add_post(app, title="Masih draf")
    assert titles(client, feed) == ["Jadwal lama", "Jalan ditutup"]

    take_back(app, item, Standing.GONE, "Keliru.")
    assert titles(client, feed) == ["Jadwal lama"]
    # It can still be read with its notice; programs of subscribers show none.
    take_back(app, withdrawn, Standing.WITHDRAWN, "Tidak berlaku.")
    assert titles(client, feed) == []


def test_an_entry_keeps_its_id_when_its_title_and_its_address_change(
    app: Flask, client: FlaskClient, people: People, feed: str
) -> None:
    item = add_published_post(app, title="Lama", slug="lama")
    (before,) = entries(client, feed)
    renamed = people.person(Role.ADMIN)(
        "PATCH", "/manage/v1/agencies/dpu", match="v1", json={"site_url": "https://dpu.balikpapan.example"}
    )
    assert renamed.status_code == 200, renamed.json
    edit(app, item, title="Baru")
    (after,) = entries(client, feed)

    assert before["id"] == after["id"] == f"urn:uuid:{item.id}"
    assert before["url"] == f"http://localhost/go/{item.id}"
    assert (after["title"], after["url"]) == ("Baru", "https://dpu.balikpapan.example/lama")


def test_what_is_scheduled_comes_and_goes_on_the_second(
    app: Flask, client: FlaskClient, feed: str, moment: Moment
) -> None:
    schedule(app, add_post(app, title="Besok"), HOUR, 2 * HOUR)
    assert titles(client, feed) == []
    fresh = client.get(feed)
    assert "max-age=30" in fresh.headers["Cache-Control"]

    moment(HOUR - timedelta(seconds=10))
    assert "max-age=10," in client.get(feed).headers["Cache-Control"]
    moment(timedelta(seconds=10))
    assert client.get(feed, headers={"If-None-Match": fresh.headers["ETag"]}).status_code == 200
    assert titles(client, feed) == ["Besok"]
    moment(HOUR)
    assert titles(client, feed) == []


def test_a_feed_has_the_items_of_its_filters(app: Flask, client: FlaskClient, feed: str) -> None:
    add_published_post(app, title="A", kind="berita", tags=["jalan"], category="infrastruktur")
    add_published_post(app, title="B", agency="dishub", kind="pengumuman", tags=["jalan", "banjir"])
    add_published_document(app, title="C", tags=["jalan"])

    assert titles(client, f"{feed}?agency=dishub") == ["B"]
    assert titles(client, f"{feed}?kind=berita,artikel") == ["A"]
    assert titles(client, f"{feed}?category=infrastruktur") == ["A"]
    assert titles(client, f"{feed}?tag=jalan") == ["B", "A"]
    assert titles(client, f"{feed}?tag=banjir&agency=dpu") == []
    assert titles(client, f"{feed}?type=document&tag=jalan") == ["C"]
    assert titles(client, f"{feed}?agency=tidak-ada") == []


@pytest.mark.parametrize(
    "query", ["type=document&kind=berita", "type=video", "kind=rumor", "colour=red", "limit=0", "limit=101", "cursor=x"]
)
def test_a_question_that_cannot_be_answered_is_refused(client: FlaskClient, feed: str, query: str) -> None:
    answer = client.get(f"{feed}?{query}")

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_pages_lead_through_everything_once(app: Flask, client: FlaskClient, feed: str) -> None:
    expected = [f"urn:uuid:{add_published_post(app, title=f'Judul {number}').id}" for number in range(7)][::-1]
    withdrawn = add_published_post(app, title="Ditarik")
    take_back(app, withdrawn, Standing.WITHDRAWN, "Tidak berlaku.")

    assert [entry["id"] for entry in entries(client, f"{feed}?limit=2")] == expected
    first, following = page(client, f"{feed}?limit=2&kind=pengumuman,berita")
    assert len(first) == 1
    assert following is not None
    # An old page stays where it was, whatever is published meanwhile.
    second = page(client, following)[0]
    add_published_post(app, title="Terbaru")
    assert page(client, following)[0] == second


def test_a_channel_has_what_it_carries_with_the_name_of_the_owner(app: Flask, client: FlaskClient, feed: str) -> None:
    carry(app, add_published_post(app, title="Dari DPU"), "dishub", comment="Gunakan <jalan> lain.")
    add_published_post(app, title="Sendiri", agency="dishub")

    assert titles(client, f"{feed}?channel=dishub") == ["Sendiri", "Dari DPU"]
    answer = client.get(f"{feed}?channel=dishub")
    text = answer.text if feed.endswith("json") else parsed(answer).entries[1].content[0].value
    assert "Sumber: Dinas Dpu" in text
    assert "Gunakan &lt;jalan&gt; lain." in text
    if feed.endswith("json"):
        carried = answer.get_json(force=True)["items"][1]
        assert carried["_simpul"] == {"agency": "dpu", "credit_line": "Sumber: Dinas Dpu", "carried_by": "Dinas Dishub"}
        assert carried["authors"] == [{"name": "Dinas Dpu"}]
    else:
        carried = parsed(answer).entries[1]
        assert carried.author == "Dinas Dpu"
        assert "agency=dpu" in str(carried.source)


def test_a_feed_is_called_as_its_agency_is_called_today_and_keeps_its_id(
    app: Flask, client: FlaskClient, people: People
) -> None:
    add_published_post(app)
    path = "/v1/feeds/atom?agency=dpu"
    before, known = parsed(client.get(path)).feed, client.get(path).headers["ETag"]
    assert before.title == "Dinas Dpu: Berita dan pengumuman"

    renamed = people.person(Role.ADMIN)(
        "PATCH", "/manage/v1/agencies/dpu", match="v1", json={"name": "Dinas Pekerjaan Umum dan Penataan Ruang"}
    )
    assert renamed.status_code == 200, renamed.json
    answer = client.get(path, headers={"If-None-Match": known})
    after = parsed(answer).feed
    assert after.title == "Dinas Pekerjaan Umum dan Penataan Ruang: Berita dan pengumuman"
    assert after.id == before.id
    others = {parsed(client.get(f"/v1/feeds/atom?{query}")).feed.id for query in ("", "agency=dishub", "tag=jalan")}
    assert len(others | {after.id}) == 4


def test_the_filters_stand_in_the_title(client: FlaskClient) -> None:
    path = "/v1/feeds/rss?agency=dpu&kind=siaran_pers&category=infrastruktur&tag=jalan"

    assert parsed(client.get(path)).feed.title == "Dinas Dpu: Siaran pers, Infrastruktur, #jalan"
    assert parsed(client.get("/v1/feeds/rss?type=document")).feed.title == "Dinas Kota: Dokumen"


def test_a_cover_is_enclosed_with_its_type_and_length(app: Flask, client: FlaskClient, feed: str) -> None:
    image = add_image(app, bytes=48_211, media_type="image/png")
    add_published_post(app, cover=image)
    answer = client.get(feed)

    if feed.endswith("json"):
        (enclosed,) = answer.get_json(force=True)["items"][0]["attachments"]
        found = enclosed["url"], enclosed["mime_type"], str(enclosed["size_in_bytes"])
    else:
        (enclosed,) = parsed(answer).entries[0].enclosures
        found = enclosed.href, enclosed.type, enclosed.length
    assert found[0].startswith(f"http://localhost/v1/media/{image}/")
    assert found[1:] == ("image/png", "48211")


def test_addresses_in_texts_hold_outside_of_their_page(app: Flask, client: FlaskClient, feed: str) -> None:
    image = add_image(app)
    body = f'Lihat [layanan](/layanan "di sini"), [lain](https://lain.example/a?b=1&c=2).\n\n![](/v1/media/{image}/content)'
    add_agencies(app, "dlh", site_url="https://dlh.balikpapan.example/portal")
    add_published_post(app, body=body, agency="dlh")
    answer = client.get(feed)
    if feed.endswith("json"):
        html = answer.get_json(force=True)["items"][0]["content_html"]
    else:
        html = parsed(answer).entries[0].content[0].value

    assert 'href="https://dlh.balikpapan.example/layanan"' in html
    assert "https://lain.example/a?b=1&amp;c=2" in html
    assert f"http://localhost/v1/media/{image}/" in html
    assert '"/' not in html


def test_no_key_is_needed_and_a_key_narrows(app: Flask, client: FlaskClient, people: People, feed: str) -> None:
    add_published_post(app, title="A")
    add_published_post(app, title="B", agency="dishub")

    def seen_by(caller: Any) -> str:
        answer = caller.get(feed)
        assert answer.status_code == 200
        return str(answer.text)

    assert all(f">{title}<" in seen_by(client) or f'"{title}"' in seen_by(client) for title in "AB")
    narrow = seen_by(people.website(agencies=["dishub"]))
    assert "Dinas Dpu" not in narrow
    assert client.get(feed, headers={"Authorization": "Bearer smp_" + "0" * 38}).status_code == 401
    assert people.website(scopes=["files:read"]).get(feed).status_code == 403


def test_a_subscriber_who_has_it_gets_304_and_head_gives_the_same_headers(
    app: Flask, client: FlaskClient, feed: str
) -> None:
    add_published_post(app)
    whole = client.get(feed)
    assert whole.mimetype == TYPES[feed.rpartition("/")[2]]
    assert "Last-Modified" in whole.headers
    known = {"If-None-Match": whole.headers["ETag"]}
    assert client.get(feed, headers=known).status_code == 304
    head = client.head(feed)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert int(head.headers["Content-Length"]) == len(whole.data)

    add_published_post(app, title="Baru")
    assert client.get(feed, headers=known).status_code == 200


def test_the_tag_of_an_agencys_feed_stays_when_another_one_publishes(
    app: Flask, client: FlaskClient, feed: str
) -> None:
    add_published_post(app)
    known = {"If-None-Match": client.get(f"{feed}?agency=dpu").headers["ETag"]}

    add_published_post(app, agency="dishub")
    assert client.get(f"{feed}?agency=dpu", headers=known).status_code == 304
