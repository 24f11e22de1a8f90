"""Reposts as readers get them: on the carrier's channel, marked, each post once, and as right as their source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.editorial.items.services import publish_item
from cms.editorial.reposts.services import end_item_repost
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.conftest import counted_statements
from tests.delivery.carrying import carry, edit, relations, rows, take_back
from tests.factories import CENTRAL, NEWS, add_agencies, add_city, add_published_document, add_published_post, seen
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key that shows everything."""
    add_city(app)
    return people.website()


def test_the_carrier_s_channel_lists_own_and_carried(app: Flask, site: Caller) -> None:
    ours = add_published_post(app, agency="dishub", title="Kami")
    theirs = add_published_post(app, title="Mereka")
    carry(app, theirs, "dishub", comment='Kata "mereka"', place="Sepinggan")

    found = {row["title"]: row for row in rows(site, "channel=dishub")}

    assert found["Kami"]["relation"] == "own"
    assert found["Kami"]["repost"] is None
    assert found["Mereka"]["relation"] == "repost"
    assert found["Mereka"]["repost"] == {
        "agency": {"slug": "dishub", "name": "Dinas Dishub", "short_name": "DISHUB"},
        "comment": 'Kata "mereka"',
        "place": "Sepinggan",
        "at": "2026-11-24T01:00:00Z",
    }
    assert found["Mereka"]["agency"]["slug"] == "dpu"
    assert found["Mereka"]["credit_line"] == "Sumber: Dinas Dpu"
    assert found["Mereka"]["canonical_url"] == f"http://localhost/go/{found['Mereka']['id']}"
    assert ours.id == found["Kami"]["id"]


def test_a_repost_is_relative_to_the_channels_asked_for(app: Flask, site: Caller) -> None:
    item = add_published_post(app, title="Mereka", tags=["jalan"], kind="berita")
    add_agencies(app, "dinkes")
    carry(app, item, "dishub", "kota")

    assert relations(site, "") == {"Mereka": "own"}
    assert relations(site, "agency=dpu") == {"Mereka": "own"}
    assert relations(site, "channel=dpu,dishub") == {"Mereka": "own"}
    assert relations(site, "channel=dishub,kota") == {"Mereka": "repost"}
    assert rows(site, "channel=kota,dishub")[0]["repost"]["agency"]["slug"] == "dishub"
    assert relations(site, "channel=dinkes") == {}
    assert relations(site, "agency=dishub") == {}
    assert relations(site, "agency=dpu&channel=dishub") == {"Mereka": "repost"}
    for more in (
        "tag=jalan",
        "kind=berita",
        "sort=updated_at",
        "count=exact",
        "count=exact&tag=jalan",
        "include=agency",
    ):
        assert relations(site, f"channel=dishub&{more}") == {"Mereka": "repost"}, more
    assert rows(site, "channel=dishub&fields=title,repost")[0].keys() == {"title", "repost"}
    assert rows(site, "channel=dishub&fields=body_html,relation")[0]["relation"] == "repost"


def test_the_detail_says_who_carries_it(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    before = site.get(f"/v1/posts/{item.id}")
    carry(app, item, "kota", "dishub")

    after = site.get(f"/v1/posts/{item.id}", headers={"If-None-Match": before.headers["ETag"]})

    assert before.json["data"]["reposted_by"] == []  # type: ignore[index]
    assert after.status_code == 200
    data = after.json["data"]  # type: ignore[index]
    assert data["reposted_by"] == ["dishub", "kota"]
    assert (data["relation"], data["repost"]) == ("own", None)
    assert data["social_text"].endswith(data["canonical_url"])
    moved = {"reposted_by", "changed_at"}
    assert data["changed_at"] > before.json["data"]["changed_at"]  # type: ignore[index]
    unchanged = {name: value for name, value in data.items() if name not in moved}
    assert unchanged == {n: v for n, v in before.json["data"].items() if n not in moved}  # type: ignore[index]


def test_lists_page_through_carried_and_own_in_one_order(app: Flask, site: Caller, moment: Any) -> None:
    for number in range(6):
        item = add_published_post(app, title=f"Berita {number}", agency="dishub" if number % 2 else "dpu")
        if number % 2 == 0:
            carry(app, item, "dishub")
        moment(timedelta(minutes=1))

    found, link = [], "/v1/posts?channel=dishub&limit=2"
    while link:
        page = site.get(link).json
        found += [(row["title"], row["relation"]) for row in page["data"]]  # type: ignore[index]
        link = page["links"]["next"]  # type: ignore[index]

    assert found == [(f"Berita {n}", "own" if n % 2 else "repost") for n in (5, 4, 3, 2, 1, 0)]


def test_lists_with_reposts_take_no_statement_more(app: Flask, site: Caller) -> None:
    for number in range(5):
        carry(app, add_published_post(app, title=f"Berita {number}"), "dishub")
    rows(site, "channel=dishub&limit=3")

    with counted_statements(app) as statements:
        assert len(rows(site, "channel=dishub&limit=100")) == 5

    assert len(statements) == 2


def test_a_correction_reaches_every_channel_with_the_next_read(app: Flask, site: Caller) -> None:
    item = add_published_post(app, title="Salah")
    carry(app, item, "dishub", comment="Simak")
    answer = site.get("/v1/posts?channel=dishub")

    edit(app, item, title="Benar")

    again = site.get("/v1/posts?channel=dishub", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 200
    (row,) = again.json["data"]  # type: ignore[index]
    assert (row["title"], row["relation"], row["repost"]["comment"]) == ("Benar", "repost", "Simak")
    detail = site.get(f"/v1/posts/{item.id}").json["data"]  # type: ignore[index]
    assert detail["reposted_by"] == ["dishub"]


@pytest.mark.parametrize(("standing", "status"), [(Standing.GONE, 410), (Standing.VANISHED, 404)])
def test_a_withdrawal_empties_every_channel_and_coming_back_fills_it_again(
    app: Flask, site: Caller, people: People, standing: Standing, status: int
) -> None:
    limited = people.website(agencies=["dishub"])
    item = add_published_post(app, title="Mereka")
    carry(app, item, "dishub")
    assert relations(site, "channel=dishub") == {"Mereka": "repost"}

    item = take_back(app, item, standing, "Keliru." if standing is Standing.GONE else None)

    assert rows(site, "channel=dishub") == []
    for caller in (site, limited):
        # Whoever may hold a copy is told that it is gone.
        assert caller.get(f"/v1/posts/{item.id}").status_code == status
    with app.app_context():
        publish_item(POST, CENTRAL, item.id, seen(item), **NEWS)
    assert relations(limited, "channel=dishub") == {"Mereka": "repost"}


def test_an_ended_repost_is_gone_from_the_channel_at_once(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    carry(app, item, "dishub", "kota")
    rows(site, "channel=dishub")
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")

    assert rows(site, "channel=dishub") == []
    assert len(rows(site, "channel=kota")) == 1
    assert site.get(f"/v1/posts/{item.id}").json["data"]["reposted_by"] == ["kota"]  # type: ignore[index]


def test_where_it_appears_as_an_own_one_the_repost_does_not_count(app: Flask, site: Caller) -> None:
    item = add_published_post(app, title="Mereka")
    carry(app, item, "kota")

    item = edit(app, item, channel="kota")
    assert relations(site, "channel=kota") == {"Mereka": "own"}

    edit(app, item, channel=None)
    assert relations(site, "channel=kota") == {"Mereka": "repost"}


def test_a_limited_key_shows_what_its_agencies_carry(app: Flask, site: Caller, people: People) -> None:
    limited = people.website(agencies=["dishub"])
    carried = add_published_post(app, title="Diteruskan")
    other = add_published_post(app, title="Lain")
    add_published_post(app, title="Milik sendiri", agency="dishub")
    carry(app, carried, "dishub")

    assert relations(limited, "channel=dishub") == {"Diteruskan": "repost", "Milik sendiri": "own"}
    assert relations(limited, "agency=dpu&channel=dishub") == {"Diteruskan": "repost"}
    assert relations(limited, "") == {"Milik sendiri": "own"}
    assert relations(limited, "channel=dpu") == {}
    assert limited.get(f"/v1/posts/{carried.id}").status_code == 200
    assert limited.get(f"/v1/posts/{other.id}").status_code == 404
    items = limited.get(f"/v1/items?ids={carried.id},{other.id}").json
    assert [row["id"] for row in items["data"]] == [carried.id]  # type: ignore[index]
    assert items["meta"]["missing"] == [other.id]  # type: ignore[index]
    for item, status in ((carried, 200), (other, 404)):
        assert limited.get(f"/v1/resolve?type=post&agency=dpu&slug={item.slug}").status_code == status

    with app.app_context():
        end_item_repost(POST, CENTRAL, carried.id, "dishub")
    assert limited.get(f"/v1/posts/{carried.id}").status_code == 404


def test_a_key_of_the_city_opens_the_city_s_channel(app: Flask, people: People, site: Caller) -> None:
    limited = people.website(agencies=["kota"])
    item = add_published_post(app, title="Untuk kota", channel="kota")
    document = add_published_document(app, channel="kota")

    assert relations(limited, "channel=kota") == {"Untuk kota": "own"}
    assert relations(limited, "") == {}
    assert limited.get(f"/v1/posts/{item.id}").status_code == 200
    assert limited.get(f"/v1/documents/{document.id}").status_code == 200
