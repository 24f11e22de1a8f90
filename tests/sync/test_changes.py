"""`/v1/changes`: the log of what readers may know, thin and without waiting."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.changes.services import renew_epoch
from cms.core.db import session
from cms.core.permissions import system_actor
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from cms.sync import changed_lines
from tests.conftest import counted_statements
from tests.factories import CENTRAL, add_post, add_published_document, add_published_post
from tests.people import Caller, People
from tests.stateful.kept_machine import ADMIN
from tests.sync.steps import edit, take_back, whole

pytestmark = pytest.mark.usefixtures("city")


def changes(site: Caller, query: str = "") -> list[dict[str, Any]]:
    """All lines, through small pages."""
    found, address = [], f"/v1/changes?limit=2{query}"
    while True:
        answer = site.get(address)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["data"]) <= 2
        found += answer.json["data"]
        address = answer.json["links"]["next"]
        if answer.json["meta"]["complete"]:
            return found


def test_lines_tell_what_happened_to_what(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    add_post(app, title="Konsep")
    item = edit(app, item, title="Lain")
    take_back(app, item, Standing.GONE, "Batal.")

    lines = changes(site)
    assert [(line["action"], line["id"], line["agency"], line["update"], line["ending"]) for line in lines] == [
        ("post.published", item.id, "dpu", "major", None),
        ("post.published", item.id, "dpu", "major", None),
        ("post.unpublished", item.id, "dpu", None, "gone"),
    ]
    assert [line["sequence"] for line in lines] == sorted(line["sequence"] for line in lines)
    assert lines[0].keys() == {
        "sequence", "recorded_at", "action", "type", "id", "agency", "update", "ending", "cause", "digest",
    }  # fmt: skip
    assert "Batal" not in str(lines)


def test_no_line_tells_of_drafts_or_of_who_did_it(app: Flask, site: Caller) -> None:
    add_post(app, title="Konsep")
    item = add_published_post(app, title="Lain")
    assert [line["id"] for line in changes(site)] == [item.id]


def test_the_digest_is_that_of_a_copy(app: Flask, site: Caller) -> None:
    item = edit(app, add_published_post(app), title="Lain")
    document = add_published_document(app)
    copied = {line["id"]: line["digest"] for line in whole(site)[0]}
    newest = {line["id"]: line["digest"] for line in changes(site)}
    assert {item.id, document.id} == copied.keys()
    assert newest == copied


def test_who_vanished_leaves_no_reason(app: Flask, site: Caller) -> None:
    take_back(app, add_published_post(app), Standing.VANISHED)
    last = changes(site)[-1]
    assert (last["action"], last["ending"], last["digest"]) == ("post.unpublished", None, None)


def test_filters_and_keys_narrow_it(app: Flask, people: People, site: Caller) -> None:
    mine, theirs = add_published_post(app), add_published_post(app, agency="dishub", title="Lain")
    document = add_published_document(app)
    with app.app_context():
        update_agency(ADMIN, "dishub", frozenset({session.get_one(Agency, "dishub").version}), {"name": "Dinas Lain"})
    of_dpu = people.website(agencies=["dpu"])

    assert [line["id"] for line in changes(site, "&type=post")] == [mine.id, theirs.id]
    assert [line["id"] for line in changes(site, "&type=post&agency=dishub")] == [theirs.id]
    assert [line["id"] for line in changes(of_dpu)] == [mine.id, document.id, "dishub"]
    assert [line["id"] for line in changes(site, "&type=agency")] == ["dishub"]


def test_a_key_hears_of_what_its_agency_carries(app: Flask, people: People, site: Caller) -> None:
    item = add_published_post(app)
    with app.app_context():
        repost_item(POST, CENTRAL, item.id, "dishub")
    of_dishub = people.website(agencies=["dishub"])
    assert {line["action"] for line in changes(of_dishub)} == {"post.published", "post.reposted"}
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")
    edit(app, item, title="Lain")
    assert [line["action"] for line in changes(of_dishub)] == ["post.reposted", "post.repost_ended"]


def test_it_goes_on_after_a_position_and_does_not_wait(app: Flask, site: Caller) -> None:
    add_published_post(app)
    after = site.get("/v1/posts").headers
    address = f"/v1/changes?after={after['Content-Epoch']}-{after['Content-Seq']}"
    empty = site.get(address)
    assert (empty.json["data"], empty.json["meta"]["complete"]) == ([], True)
    again = site.get(address, headers={"If-None-Match": empty.headers["ETag"]})
    with counted_statements(app) as counted:
        assert site.get(address, headers={"If-None-Match": empty.headers["ETag"]}).status_code == 304
    assert again.status_code == 304
    assert len(counted) <= 1

    item = add_published_post(app, title="Baru")
    assert [line["id"] for line in site.get(address).json["data"]] == [item.id]


def test_a_position_that_nobody_was_given_is_refused(app: Flask, site: Caller) -> None:
    add_published_post(app)
    newest = site.get("/v1/changes")
    at, epoch = int(newest.headers["Content-Seq"]), newest.headers["Content-Epoch"]
    assert site.get(f"/v1/changes?after={epoch}-{at}").status_code == 200
    refused = site.get(f"/v1/changes?after={epoch}-{at + 1_000}")
    assert (refused.status_code, refused.json["code"]) == (400, "invalid_position")


def test_another_epoch_begins_anew(app: Flask, site: Caller) -> None:
    add_published_post(app)
    address = site.get("/v1/changes?type=post").json["links"]["next"]
    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    answer = site.get(address)
    assert (answer.status_code, answer.json["code"]) == (410, "position_expired")
    assert answer.json["snapshot"] == "http://localhost/v1/changes?type=post&limit=100"


@pytest.mark.parametrize(
    "query", ["after=5", "after=k3v9-", "after=K3-1", "type=user", "agency=A", "limit=501", "wait=0", "wait=61"]
)
def test_what_makes_no_sense_is_refused(site: Caller, query: str) -> None:
    assert site.get(f"/v1/changes?{query}").status_code == 400


def test_many_lines_of_others_end_a_page_early(
    app: Flask, people: People, site: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_lines, "WINDOW", 3)
    items = [
        add_published_post(app, agency=agency, title=f"Kabar {number}")
        for number in range(4)
        for agency in ("dpu", "dishub")
    ]
    assert [line["id"] for line in changes(site, "&agency=dishub")] == [item.id for item in items[1::2]]
