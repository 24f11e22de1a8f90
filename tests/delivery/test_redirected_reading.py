"""A redirect tells a key only of a target that the key shows; who does not see the target reads as if it were gone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.editorial.items.models import Item
from cms.editorial.reposts.services import end_item_repost
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.conftest import counted_statements
from tests.delivery.carrying import carry, take_back
from tests.factories import CENTRAL, add_city, add_published_post
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website whose key shows everything."""
    add_city(app)
    return people.website()


@pytest.fixture
def limited(site: Caller, people: People) -> Caller:
    """A website whose key shows one agency."""
    return people.website(agencies=["dishub"])


@pytest.fixture
def moved(app: Flask, site: Caller) -> tuple[Item, Item]:
    """A post of `dishub` that was sent to one of `dpu`, and that one."""
    source = add_published_post(app, title="Asal", agency="dishub")
    target = add_published_post(app, title="Tujuan rahasia", agency="dpu")
    take_back(app, source, Standing.REDIRECTED, "Digabung.", target.id)
    return source, target


def told(caller: Caller, source: Item) -> tuple[dict[str, Any], tuple[str, str | None]]:
    """What its address and its detail tell, each asked twice: computed and from memory."""
    address, detail = f"/v1/resolve?type=post&agency=dishub&slug={source.slug}", f"/v1/posts/{source.id}"
    resolved, again = caller.get(address), caller.get(address)
    assert (resolved.status_code, resolved.data) == (200, again.data)
    gone = [caller.get(detail) for _ in range(2)]
    assert {answer.status_code for answer in gone} == {410}
    assert gone[0].json["alternative"] == gone[1].json["alternative"]
    assert (resolved.json["data"]["explanation"], gone[0].json["explanation"]) == ("Digabung.", "Digabung.")
    return resolved.json["data"], (gone[0].json["code"], gone[0].json["alternative"])


def unknown(source: Item) -> tuple[dict[str, Any], tuple[str, None]]:
    address = {"status": "gone", "id": source.id, "type": "post", "agency": None, "slug": None}
    address |= {"canonical_url": None, "to": None, "explanation": "Digabung."}
    return address, ("gone", None)


def known(target: Item) -> tuple[dict[str, Any], tuple[str, str]]:
    page = f"http://localhost/go/{target.id}"
    found = {"status": "moved", "id": target.id, "type": "post", "agency": "dpu", "slug": target.slug, "to": page}
    return {**found, "canonical_url": page, "explanation": "Digabung."}, ("redirected", page)


def test_a_key_hears_nothing_of_a_target_that_it_does_not_show(
    site: Caller, limited: Caller, moved: tuple[Item, Item]
) -> None:
    source, target = moved

    assert limited.get(f"/v1/posts/{target.id}").status_code == 404
    assert told(limited, source) == unknown(source)
    assert told(site, source) == known(target)


def test_a_target_that_is_carried_by_an_agency_of_the_key_is_told_as_long_as_it_is_carried(
    app: Flask, limited: Caller, moved: tuple[Item, Item]
) -> None:
    source, target = moved
    address = f"/v1/resolve?type=post&agency=dishub&slug={source.slug}"
    assert told(limited, source) == unknown(source)
    before = limited.get(address).headers["ETag"]

    carry(app, target, "dishub")
    assert told(limited, source) == known(target)
    during = limited.get(address, headers={"If-None-Match": before})
    assert during.status_code == 200

    with app.app_context():
        end_item_repost(POST, CENTRAL, target.id, "dishub")
    assert told(limited, source) == unknown(source)
    assert limited.get(address, headers={"If-None-Match": during.headers["ETag"]}).status_code == 200


def test_the_address_where_a_hidden_target_was_sent_is_not_told(
    app: Flask, site: Caller, limited: Caller, moved: tuple[Item, Item]
) -> None:
    source, target = moved
    take_back(app, target, Standing.REDIRECTED, to="/layanan/drainase")

    assert told(limited, source) == unknown(source)
    assert told(site, source)[1] == ("redirected", "/layanan/drainase")


def test_a_chain_through_a_hidden_item_ends_at_one_that_the_key_shows(
    app: Flask, limited: Caller, moved: tuple[Item, Item]
) -> None:
    source, between = moved
    last = add_published_post(app, title="Akhir", agency="dishub")
    take_back(app, between, Standing.REDIRECTED, to=last.id)

    address, detail = told(limited, source)

    assert (address["status"], address["id"], address["agency"]) == ("moved", last.id, "dishub")
    assert detail == ("redirected", f"http://localhost/go/{last.id}")


def test_whether_the_key_shows_the_target_costs_one_statement(
    app: Flask, site: Caller, limited: Caller, moved: tuple[Item, Item]
) -> None:
    path = f"/v1/posts/{moved[0].id}"
    costs = {}
    for name, caller in (("all", site), ("limited", limited)):
        caller.get(path)
        with counted_statements(app) as statements:
            caller.get(path)
        costs[name] = len(statements)

    # The heads with the item, and its target; with agencies in the key also who carries the target.
    assert costs == {"all": 2, "limited": 3}
