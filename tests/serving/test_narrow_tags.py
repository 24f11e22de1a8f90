"""The tag of a list moves only for what the list can show: its owners, its channels, its type; and body and header name one position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from cms.core.db import session
from cms.core.permissions import Role
from cms.editorial.items.models import Item
from cms.editorial.reposts.services import end_item_repost
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.conftest import counted_statements
from tests.delivery.carrying import carry, edit, take_back
from tests.factories import (
    CENTRAL,
    add_categories,
    add_city,
    add_post,
    add_published_document,
    add_published_post,
    post_content,
)
from tests.people import Caller, People

OF_DPU, OF_DISHUB = (
    {"agency=dpu", "channel=dpu", "agency=dpu&channel=dishub"},
    {"agency=dishub", "channel=dishub", "limited to dishub"},
)
LISTS = {*OF_DPU, *OF_DISHUB, "channel=kota", "tag=jalan", "documents"}
Act = Callable[[Flask, Item], Any]


@pytest.fixture
def world(app: Flask, people: People) -> tuple[Caller, Caller, Item]:
    """A website that sees all, one that is limited to dishub, and a post of dpu; dishub carries another one."""
    add_city(app)
    item = add_published_post(app, title="Jalan", tags=["jalan"])
    carry(app, add_published_post(app, title="Dibawa"), "dishub")
    return people.website(), people.website(agencies=["dishub"]), item


def tags(world: tuple[Caller, Caller, Item]) -> dict[str, tuple[str | None, Any]]:
    """Tag and content of each list."""
    site, limited, _item = world
    found = {}
    for name in LISTS:
        path = "/v1/documents" if name == "documents" else f"/v1/posts?{name}" if "=" in name else "/v1/posts"
        answer = (limited if name.startswith("limited") else site).get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Seq"] == str(answer.json["meta"]["sequence"])  # type: ignore[index]
        found[name] = answer.headers["ETag"], answer.json["data"]  # type: ignore[index]
    return found


def end_carrying(app: Flask, item: Item) -> None:
    carry(app, item, "dishub")
    with app.app_context():
        end_item_repost(POST, CENTRAL, item.id, "dishub")


ALL_POSTS = {"tag=jalan"}
ACTS: dict[str, tuple[Act, set[str]]] = {
    "another agency publishes": (lambda app, _: add_published_post(app, agency="dishub"), OF_DISHUB | ALL_POSTS),
    "the owner publishes": (lambda app, _: add_published_post(app), OF_DPU | ALL_POSTS),
    "a document": (lambda app, _: add_published_document(app), {"documents"}),
    "on the city's channel": (
        lambda app, _: add_published_post(app, channel="kota"), OF_DPU | ALL_POSTS | {"channel=kota"},
    ),
    "edited": (lambda app, item: edit(app, item, title="Lain"), OF_DPU | ALL_POSTS),
    "taken back": (lambda app, item: take_back(app, item, Standing.GONE, "Ditarik."), OF_DPU | ALL_POSTS),
    "withdrawn": (lambda app, item: take_back(app, item, Standing.WITHDRAWN, "Batal."), OF_DPU | ALL_POSTS),
    "carried": (
        lambda app, item: carry(app, item, "dishub"), OF_DPU | ALL_POSTS | {"channel=dishub"},
    ),
    "carried no longer": (
        end_carrying, OF_DPU | ALL_POSTS | {"channel=dishub"},
    ),
    "a draft": (lambda app, _: add_post(app), set()),
    "a category": (lambda app, _: add_categories(app, "lain"), set()),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_the_tag_of_a_list_moves_with_what_it_can_show_and_with_nothing_else(
    app: Flask, world: tuple[Caller, Caller, Item], act: str
) -> None:
    before = tags(world)
    ACTS[act][0](app, world[2])
    after = tags(world)

    moved = {name for name in LISTS if before[name][0] != after[name][0]}
    # Of two sets that are as large, it depends on the owners.
    assert moved == ACTS[act][1]
    assert {name for name in LISTS if before[name][1] != after[name][1]} <= moved


def test_reference_data_move_the_tags_of_what_shows_them(
    app: Flask, world: tuple[Caller, Caller, Item], people: People
) -> None:
    site, admin = world[0], people.person(Role.ADMIN)
    embedding = "/v1/posts?agency=dpu&include=agency"
    before, embedded = tags(world), site.get(embedding).headers["ETag"]
    renamed = admin("PATCH", "/manage/v1/agencies/dishub", match="v1", json={"contact": {"phone": "0542-123456"}})
    assert renamed.status_code == 200, renamed.json
    after = tags(world)

    assert after == before
    assert site.get(embedding).headers["ETag"] != embedded

    renamed = admin("PATCH", "/manage/v1/agencies/dishub", match="v2", json={"short_name": "Dishub Kota"})
    assert renamed.status_code == 200, renamed.json
    after = tags(world)
    assert {name for name in LISTS if before[name][0] != after[name][0]} == {
        "channel=dishub",
        "agency=dpu&channel=dishub",
    }
    assert after["channel=dishub"][1][0]["repost"]["agency"]["short_name"] == "Dishub Kota"


def test_a_list_that_has_not_moved_is_304_without_being_computed(
    app: Flask, world: tuple[Caller, Caller, Item]
) -> None:
    site = world[0]
    tag = site.get("/v1/posts?agency=dpu").headers["ETag"]
    add_published_post(app, agency="dishub")

    with counted_statements(app) as statements:
        answer = site.get("/v1/posts?agency=dpu", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["ETag"]) == (304, tag)
    assert not [each for each in statements if "card_json" in each]
    # The heads, and once after each publication how far the channels are.
    assert len(statements) == 2
    with counted_statements(app) as statements:
        assert site.get("/v1/posts?channel=dishub").status_code == 200
    assert len(statements) == 2


def test_body_and_header_name_the_same_position_in_every_answer(
    app: Flask, world: tuple[Caller, Caller, Item], people: People
) -> None:
    site, _limited, item = world
    people.person(Role.AUTHOR, "dpu").post("/manage/v1/posts", post_content(title="Draf"))
    paths = (
        "posts", f"posts/{item.id}", "documents", f"items?ids={item.id}", "agencies", "agencies/dpu", "areas", "categories", "tags",
        "resolve?type=post&agency=dpu&slug=jalan", "whoami", "capabilities", "posts?agency=dpu&include=agency", "posts?channel=kota",
    )  # fmt: skip
    for path in paths:
        first, kept = site.get(f"/v1/{path}"), site.get(f"/v1/{path}")
        unchanged = site.get(f"/v1/{path}", headers={"If-None-Match": first.headers["ETag"]})
        assert unchanged.status_code == 304, path
        told = {answer.headers["Content-Seq"] for answer in (first, kept, unchanged)}
        assert told == {str(first.json["meta"]["sequence"])}, path  # type: ignore[index]
        assert len({answer.headers["Content-Epoch"] for answer in (first, kept, unchanged)}) == 1


def test_a_write_can_be_demanded_of_a_list_that_it_does_not_move(
    app: Flask, world: tuple[Caller, Caller, Item], people: People
) -> None:
    site, editor = world[0], people.person(Role.AGENCY_EDITOR, "dishub")
    made = editor.post("/manage/v1/posts", post_content(agency="dishub", title="Draf"))
    demand = {"Min-Seq": made.headers["Content-Seq"]}

    assert site.get("/v1/posts?agency=dpu", headers=demand).status_code == 200
    with app.app_context():
        assert session.get(Item, made.json["data"]["id"]) is not None  # type: ignore[index]
