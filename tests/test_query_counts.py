"""What a request costs in statements does not depend on how much there is: the same for one row and for a hundred."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.agencies.models import Agency
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.permissions import Role
from cms.documents.content import DOCUMENT
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.posts.content import POST
from cms.taxonomy.models import Category
from tests.conftest import counted_statements
from tests.factories import (
    CENTRAL,
    NEWS,
    add_agencies,
    add_areas,
    add_categories,
    add_city,
    add_consumer,
    add_information_kinds,
    add_key,
    add_office,
    document_content,
    post_content,
    seen,
)
from tests.media.library import uploaded
from tests.media.pictures import jpeg
from tests.people import Caller, People

MANY = 100
# Who is asking (1), and what for.
MOST_FOR_A_LIST = 3
# One of them reads the edition before the lock, and whether anything must be computed again.
MOST_FOR_A_PUBLISH = 16
LISTS = (
    "users",
    "agencies",
    "areas",
    "categories",
    "offices",
    "information-kinds",
    "consumers",
    "posts",
    "documents",
    "posts?agency=dpu&state=draft&kind=pengumuman",
)


@pytest.fixture
def people(app: Flask, client: FlaskClient) -> People:
    add_city(app)
    return People(app, client)


def fill(app: Flask) -> None:
    """A hundred of everything that a list shows."""
    with app.app_context():
        for number in range(MANY):
            create_item(POST, CENTRAL, POST.completed(post_content(title=f"Judul {number}")))
            create_item(DOCUMENT, CENTRAL, DOCUMENT.completed(document_content(title=f"Judul {number}")))
        with unit_of_work() as unit:
            unit.add(
                *(Agency(slug=f"dinas-{n}", name="Dinas", short_name="D", kind="dinas", **_born()) for n in range(MANY))
            )
            unit.add(*(Category(slug=f"tema-{n}", name_id="Tema", name_en="Theme", **_born()) for n in range(MANY)))
    add_areas(app, {f"64.71.{number:02d}": "kecamatan" for number in range(10, 98)})
    add_information_kinds(app, *(f"BK-{number}" for number in range(MANY)))
    for _ in range(MANY):
        add_consumer(app)
        add_office(app)


def _born() -> dict[str, Any]:
    return {"created_at": clock.now(), "updated_at": clock.now()}


def counted(app: Flask, caller: Caller, path: str) -> tuple[int, int]:
    """How many rows the list has, and how many statements it took."""
    with counted_statements(app) as statements:
        answer = caller.get(path)
    assert answer.status_code == 200, answer.json
    return len(answer.json["data"]), len(statements)  # type: ignore[index]


def test_management_lists_take_the_same_statements_for_one_row_and_for_a_page(app: Flask, people: People) -> None:
    admin, central = people.person(Role.ADMIN), people.person(Role.CENTRAL_EDITOR)
    fill(app)
    for _ in range(MANY):
        people.stranger()

    for path in LISTS:
        caller = central if path.startswith(("posts", "documents")) else admin
        join = "&" if "?" in path else "?"
        one = counted(app, caller, f"/manage/v1/{path}{join}limit=1")
        page = counted(app, caller, f"/manage/v1/{path}{join}limit=100")
        assert one[0] == 1, path
        assert page[0] > 80, path
        assert one[1] == page[1] <= MOST_FOR_A_LIST, path


def test_the_keys_of_a_consumer_take_the_same_statements_for_one_and_for_a_hundred(app: Flask, people: People) -> None:
    admin, consumer = people.person(Role.ADMIN), add_consumer(app)
    for _ in range(MANY):
        add_key(app, consumer)

    one = counted(app, admin, f"/manage/v1/consumers/{consumer}/keys?limit=1")
    page = counted(app, admin, f"/manage/v1/consumers/{consumer}/keys?limit=100")

    assert (one[0], page[0]) == (1, MANY)
    assert one[1] == page[1]


DELIVERY_LISTS = (
    "posts",
    "documents",
    "posts?include=agency",
    "posts?agency=dpu&kind=pengumuman",
    "agencies",
    "areas",
    "offices",
)


def test_delivery_lists_take_the_same_statements_for_one_row_and_for_a_page(app: Flask, people: People) -> None:
    site = people.website()
    add_areas(app, {f"64.71.{number:02d}": "kecamatan" for number in range(10, 98)})
    add_agencies(app, *(f"dinas-{number}" for number in range(MANY)))
    for _ in range(MANY):
        add_office(app)
    with app.app_context():
        for number in range(MANY):
            for kind, content in ((POST, post_content()), (DOCUMENT, document_content())):
                item = create_item(kind, CENTRAL, kind.completed({**content, "title": f"Judul {number}"})).item
                publish_item(kind, CENTRAL, item.id, seen(item))
    # What a process knows once it has answered: the reference data, and how far each owner and channel is.
    site.get("/v1/posts?agency=kota")

    for path in DELIVERY_LISTS:
        join = "&" if "?" in path else "?"
        one = counted(app, site, f"/v1/{path}{join}limit=1")
        page = counted(app, site, f"/v1/{path}{join}limit=100")
        assert one[0] == 1, path
        assert page[0] > 80, path
        assert one[1] == page[1] <= 2, path


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        # The heads of the log, which also tell that the kept answer is stale, and the page.
        ("/v1/posts", 2),
        ("/v1/items?ids={id}", 2),
        # The heads with what is live of the item, then again with the item itself.
        ("/v1/posts/{id}", 2),
    ],
)
def test_an_answer_whose_kept_one_is_stale_reads_the_heads_once(
    app: Flask, people: People, path: str, statements: int
) -> None:
    site = people.website()
    with app.app_context():
        item = create_item(POST, CENTRAL, POST.completed(post_content())).item
        item = publish_item(POST, CENTRAL, item.id, seen(item)).item
    path = path.format(id=item.id)
    kept = site.get(path)
    with counted_statements(app) as counted:
        assert site.get(path).data == kept.data
    assert len(counted) == 1

    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, {"title": "Baru"}, seen(item)).item
        publish_item(POST, CENTRAL, item.id, seen(changed), **NEWS)
    with counted_statements(app) as counted:
        assert site.get(path).headers["ETag"] != kept.headers["ETag"]
    assert len(counted) == statements, counted


def test_publishing_takes_the_same_statements_however_much_is_published(app: Flask, people: People) -> None:
    editor = people.person(Role.AGENCY_EDITOR, "dpu")
    add_categories(app, "lalu-lintas")
    counts = []
    for number in range(21):
        made = editor.post("/manage/v1/posts", post_content(title=f"Judul {number}"))
        path = f"/manage/v1/posts/{made.json['data']['id']}/publish"  # type: ignore[index]
        with counted_statements(app) as statements:
            assert editor.post(path, {}, match=made.headers["ETag"]).status_code == 200
        counts.append(len(statements))

    assert set(counts) == {MOST_FOR_A_PUBLISH}


def test_what_a_write_costs_in_statements(app: Flask, people: People) -> None:
    """Twice each asks who it is: before the request is read, and before the commit. What an item shows of colleagues comes last."""
    editor = people.person(Role.AGENCY_EDITOR, "dpu")
    with counted_statements(app) as creating:
        made = editor.post("/manage/v1/posts", post_content())
    path = f"/manage/v1/posts/{made.json['data']['id']}"  # type: ignore[index]
    with counted_statements(app) as changing:
        changed = editor("PATCH", path, match=made.headers["ETag"], json={"summary": "Lain."})
    with counted_statements(app) as publishing:
        editor.post(f"{path}/publish", {}, match=changed.headers["ETag"])

    counts = [len(each) for each in (creating, changing, publishing)]
    assert counts == [11, 10, MOST_FOR_A_PUBLISH], (creating, changing, publishing)
    assert not [each for each in creating if each.startswith("UPDATE items")]


def test_a_create_writes_the_row_of_its_item_once_and_images_are_looked_up_once_before_and_once_inside(
    app: Flask, people: People
) -> None:
    editor = people.person(Role.AGENCY_EDITOR, "dpu")
    image = uploaded(editor, jpeg(), alt="Jalan")["id"]
    body = f"![Jalan](/v1/media/{image}/content) bersama [mitra](https://mitra-jaya.com/)."
    with counted_statements(app) as statements:
        made = editor.post("/manage/v1/posts", post_content(body=body, cover=image))

    assert made.status_code == 201
    assert made.json is not None
    assert [reason["code"] for reason in made.json["data"]["hold"]] == ["unknown_domain"]
    assert [each for each in statements if each.startswith(("INSERT INTO items", "UPDATE items"))] == [
        each for each in statements if each.startswith("INSERT INTO items")
    ]
    assert sum("FROM images" in each for each in statements) == 2

    path, central = f"/manage/v1/posts/{made.json['data']['id']}", people.person(Role.CENTRAL_EDITOR)
    for step in ("submit", "approve"):
        made = central.post(f"{path}/{step}", {}, match=made.headers["ETag"])
        assert made.status_code == 200, made.json
    with counted_statements(app) as statements:
        assert central.post(f"{path}/publish", {}, match=made.headers["ETag"]).status_code == 200
    assert sum("FROM images" in each for each in statements) == 1
