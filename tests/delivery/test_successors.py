"""A site that goes on under the name of a successor shows and resolves what its predecessors published."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core.db import unit_of_work
from cms.core.permissions import system_actor
from cms.publishing.models import Standing
from tests.conftest import counted_statements
from tests.delivery.carrying import carry, edit, relations, rows, take_back
from tests.factories import add_agencies, add_city, add_published_document, add_published_post
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    add_agencies(app, "dinas-lama", "dinas-baru")
    return people.website()


def merge(app: Flask, slug: str = "dinas-lama", into: str = "dinas-baru") -> None:
    with app.app_context(), unit_of_work() as unit:
        agency = unit.session.get_one(Agency, slug)
        agency.successor, agency.valid_to = into, date(2026, 1, 1)
        record(unit, Action.AGENCY_UPDATED, slug, system_actor("test"))


def resolved(site: Caller, agency: str, slug: str, type: str = "post") -> tuple[object, ...]:
    answer = site.get(f"/v1/resolve?type={type}&agency={agency}&slug={slug}")
    if answer.status_code == 404:
        return ("unknown",)
    assert answer.status_code == 200, answer.text
    data = answer.json["data"]  # type: ignore[index]
    return data["status"], data["id"], data["agency"], data["slug"], data["to"]


def test_the_channel_of_a_successor_shows_what_stood_on_those_of_its_predecessors(app: Flask, site: Caller) -> None:
    add_published_post(app, title="Lama", agency="dinas-lama")
    add_published_post(app, title="Baru", agency="dinas-baru")
    carried = add_published_post(app, title="Dibawa", agency="dishub")
    add_published_post(app, title="Lain", agency="dishub")
    carry(app, carried, "dinas-lama")
    before = site.get("/v1/posts?channel=dinas-baru")
    merge(app)

    everything = {"Lama": "own", "Baru": "own", "Dibawa": "repost"}
    assert relations(site, "channel=dinas-baru") == everything
    assert relations(site, "channel=dinas-baru&sort=-updated_at&count=exact") == everything
    assert relations(site, "channel=dinas-lama") == {"Lama": "own", "Dibawa": "repost"}
    assert {row["agency"]["slug"] for row in rows(site, "channel=dinas-baru&agency=dinas-baru")} == {
        "dinas-lama",
        "dinas-baru",
    }
    assert site.get("/v1/posts?channel=dinas-baru").headers["ETag"] != before.headers["ETag"]


def test_a_key_of_the_successor_opens_the_channels_of_its_predecessors(
    app: Flask, site: Caller, people: People
) -> None:
    add_published_post(app, title="Lama", agency="dinas-lama")
    carried = add_published_post(app, title="Dibawa", agency="dishub")
    carry(app, carried, "dinas-lama")
    merge(app)
    limited = people.website(agencies=["dinas-baru"])

    assert relations(limited, "channel=dinas-baru") == {"Lama": "own", "Dibawa": "repost"}


def test_an_address_under_the_name_of_the_successor_leads_to_the_item(app: Flask, site: Caller) -> None:
    post = add_published_post(app, title="Kabar lama", agency="dinas-lama")
    document = add_published_document(app, agency="dinas-lama")
    assert resolved(site, "dinas-baru", post.slug) == ("unknown",)
    merge(app)

    here = ("live", post.id, "dinas-lama", post.slug, None)
    assert resolved(site, "dinas-baru", post.slug) == here
    assert resolved(site, "dinas-lama", post.slug) == here
    assert resolved(site, "dinas-baru", document.slug, "document")[:2] == ("live", document.id)
    assert resolved(site, "dinas-baru", "tidak-ada") == ("unknown",)
    assert resolved(site, "dishub", post.slug) == ("unknown",)


def test_the_successor_s_own_address_comes_first(app: Flask, site: Caller) -> None:
    old = add_published_post(app, title="Sama", agency="dinas-lama")
    new = add_published_post(app, title="Sama", agency="dinas-baru")
    merge(app)

    assert old.slug == new.slug
    assert resolved(site, "dinas-baru", new.slug)[1] == new.id
    assert resolved(site, "dinas-lama", old.slug)[1] == old.id


def test_what_moved_or_is_gone_is_told_under_the_successor_as_well(app: Flask, site: Caller) -> None:
    moved = add_published_post(app, title="Pindah", agency="dinas-lama")
    gone = add_published_post(app, title="Hilang", agency="dinas-lama")
    edit(app, moved, slug="alamat-baru")
    take_back(app, gone, Standing.GONE, "Salah.")
    merge(app)

    page = f"http://localhost/go/{moved.id}"
    assert resolved(site, "dinas-baru", moved.slug) == ("moved", moved.id, "dinas-lama", "alamat-baru", page)
    assert resolved(site, "dinas-baru", "alamat-baru") == ("live", moved.id, "dinas-lama", "alamat-baru", None)
    assert resolved(site, "dinas-baru", gone.slug)[:2] == ("gone", gone.id)


def test_predecessors_cost_no_statement_more(app: Flask, site: Caller) -> None:
    post = add_published_post(app, agency="dinas-lama")
    merge(app)
    site.get("/v1/posts?agency=kota")

    for path in (f"/v1/resolve?type=post&agency=dinas-baru&slug={post.slug}", "/v1/posts?channel=dinas-baru"):
        with counted_statements(app) as statements:
            assert site.get(path).status_code == 200
        assert len(statements) == 2
