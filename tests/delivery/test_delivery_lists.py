"""Lists of the delivery plane: filters, sorts, cursors, sparse fields, includes, counts, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core.db import unit_of_work
from cms.core.permissions import system_actor
from tests.conftest import counted_statements
from tests.factories import add_city, add_published_document, add_published_post
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key, in a city with an area tree."""
    add_city(app)
    return people.website()


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["data"]]


def test_newest_posts_come_first_and_the_page_says_where_it_goes_on(app: Flask, site: Caller, moment: Any) -> None:
    publish_one_a_minute(app, moment, 5)

    first = site.get("/v1/posts?limit=2")
    second = site.get(first.json["links"]["next"])
    third = site.get(second.json["links"]["next"])

    assert titles(first) + titles(second) + titles(third) == [
        "Berita 4",
        "Berita 3",
        "Berita 2",
        "Berita 1",
        "Berita 0",
    ]
    assert third.json["links"]["next"] is None
    assert first.headers["Link"] == f'<{first.json["links"]["next"]}>; rel="next"'


def publish_one_a_minute(app: Flask, moment: Any, count: int, **values: Any) -> None:
    for number in range(count):
        add_published_post(app, title=f"Berita {number}", **values)
        moment(timedelta(minutes=1))


@pytest.mark.parametrize("sort", ["published_at", "-published_at", "updated_at", "-updated_at"])
def test_every_sort_pages_through_all_items_once(app: Flask, site: Caller, moment: Any, sort: str) -> None:
    publish_one_a_minute(app, moment, 5)

    found, link = [], f"/v1/posts?limit=2&sort={sort}"
    while link:
        page = site.get(link)
        found += titles(page)
        link = page.json["links"]["next"]

    expected = [f"Berita {number}" for number in range(5)]
    assert found == (expected[::-1] if sort.startswith("-") else expected)


def test_filters_narrow_and_a_comma_means_any_of(app: Flask, site: Caller) -> None:
    add_published_post(app, title="A", agency="dpu", kind="berita", tags=["jalan", "banjir"], areas=["64.71.06.1005"])
    add_published_post(app, title="B", agency="dishub", kind="pengumuman", tags=["jalan"], category="infrastruktur")
    add_published_post(app, title="C", agency="dishub", kind="berita", tags=["parkir"], areas=["64.71"])

    def asked(query: str) -> set[str]:
        return set(titles(site.get(f"/v1/posts?{query}")))

    assert asked("tag=jalan") == {"A", "B"}
    assert asked("tag=jalan,parkir") == {"A", "B", "C"}
    assert asked("tag=jalan,banjir&count=exact") == {"A", "B"}
    assert asked("agency=dishub") == {"B", "C"}
    assert asked("agency=dishub,dpu&tag=jalan") == {"A", "B"}
    assert asked("agency=dishub&tag=jalan&kind=berita") == set()
    assert asked("kind=berita&area=64.71") == {"A", "C"}
    assert asked("area=64.71.06") == {"A"}
    assert asked("category=infrastruktur") == {"B"}
    assert asked("channel=dishub") == {"B", "C"}
    assert asked("language=id&sort=-updated_at&tag=jalan") == {"A", "B"}
    assert asked("published_after=2026-11-24T00:00:00Z") == {"A", "B", "C"}
    assert asked("published_before=2026-11-24T00:00:00Z") == set()
    assert asked("updated_after=2026-11-24T08:00:00%2B08:00") == {"A", "B", "C"}


def test_documents_are_filtered_by_their_legal_class_and_year(app: Flask, site: Caller) -> None:
    add_published_document(app, title="Rencana", year=2026, information_kinds=["BK-A"])
    add_published_document(app, title="Arsip", year=2019, **{"class": "setiap_saat"})

    assert titles(site.get("/v1/documents?class=berkala&year=2025,2026")) == ["Rencana"]
    assert titles(site.get("/v1/documents?information_kind=BK-A")) == ["Rencana"]
    assert titles(site.get("/v1/documents?class=setiap_saat")) == ["Arsip"]


@pytest.mark.parametrize(
    "query", ["tag=jalan", "agency=dpu", "", "tag=tidak-ada", "sort=updated_at", "tag=jalan,banjir"]
)
def test_an_exact_count_is_that_of_the_filter_on_every_page(app: Flask, site: Caller, query: str) -> None:
    for number in range(3):
        add_published_post(app, title=f"Berita {number}", tags=["jalan", "banjir"])

    page = site.get(f"/v1/posts?limit=2&count=exact&{query}")

    expected = 0 if "tidak" in query else 3
    assert page.json["meta"]["total"] == {"value": expected, "relation": "eq"}
    if page.json["links"]["next"]:
        following = site.get(page.json["links"]["next"])
        assert following.json["meta"]["total"]["value"] == expected
        assert len(following.json["data"]) == 1


def test_a_cursor_of_another_list_is_refused(app: Flask, site: Caller) -> None:
    for number in range(2):
        add_published_post(app, title=f"Berita {number}", tags=["jalan"])
    link = site.get("/v1/posts?limit=1&tag=jalan").json["links"]["next"]

    other = site.get(link.replace("tag=jalan", "tag=parkir"))
    altered = site.get(link.replace("cursor=", "cursor=x"))

    assert (other.status_code, other.json["code"]) == (400, "invalid_cursor")
    assert (altered.status_code, altered.json["code"]) == (400, "invalid_cursor")
    assert site.get(link.replace("limit=1", "limit=5")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "foo=1",
        "filter[author.password]=x",
        "where[author][email]=x",
        "sort=title;drop table",
        "sort=-unknown",
        "limit=101",
        "limit=0",
        "limit=1_0",
        "sort=published_at&sort=updated_at",
        "fields=title,password",
        "include=author",
        "count=all",
        "published_after=yesterday",
        "area=64.71'--",
        "search=x",
    ],
)
def test_what_is_not_declared_is_refused_with_a_name(site: Caller, query: str) -> None:
    answer = site.get(f"/v1/posts?{query}")

    assert answer.status_code == 400
    assert answer.json["code"] == "invalid_parameter"
    assert answer.json["errors"][0]["parameter"]


def test_sparse_fields_and_includes_shape_the_items(app: Flask, site: Caller) -> None:
    add_published_post(app, title="A", areas=["64.71.06"], category="infrastruktur")

    sparse = site.get("/v1/posts?fields=title,body_text").json["data"][0]
    whole = site.get("/v1/posts?include=agency,areas,category").json["data"][0]

    assert set(sparse) == {"title", "body_text"}
    assert whole["agency"]["kind"] == "dinas"
    assert whole["areas"][0]["level"] == "kecamatan"
    assert whole["category"]["name"]["id"] == "Infrastruktur"


def test_an_agency_filter_includes_what_was_merged_into_it(app: Flask, site: Caller, people: People) -> None:
    add_published_post(app, title="Lama", agency="dishub")
    add_published_post(app, title="Baru", agency="dpu")
    merge(app, "dishub", into="dpu")

    assert set(titles(site.get("/v1/posts?agency=dpu"))) == {"Lama", "Baru"}
    assert titles(site.get("/v1/posts?agency=dishub")) == ["Lama"]


def merge(app: Flask, slug: str, into: str) -> None:
    with app.app_context(), unit_of_work() as unit:
        agency = unit.session.get_one(Agency, slug)
        agency.successor, agency.valid_to = into, date(2026, 1, 1)
        record(unit, Action.AGENCY_UPDATED, slug, system_actor("test"))


def test_a_key_limited_to_an_agency_sees_nothing_else(app: Flask, site: Caller, people: People) -> None:
    mine = add_published_post(app, title="Kami", agency="dpu")
    other = add_published_post(app, title="Mereka", agency="dishub")
    limited = people.website(agencies=["dpu"])

    assert titles(limited.get("/v1/posts")) == ["Kami"]
    assert titles(limited.get("/v1/posts?agency=dishub")) == []
    assert limited.get(f"/v1/posts/{mine.id}").status_code == 200
    assert limited.get(f"/v1/posts/{other.id}").status_code == 404
    listed = limited.get(f"/v1/items?ids={mine.id},{other.id}").json
    assert [item["id"] for item in listed["data"]] == [mine.id]
    assert listed["meta"]["missing"] == [other.id]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/posts?agency=tidak-ada", "unknown_agency"),
        ("/v1/posts?channel=tidak-ada", "unknown_channel"),
        ("/v1/posts?category=tidak-ada", "unknown_category"),
        ("/v1/posts?area=64.99", "unknown_area"),
        ("/v1/documents?information_kind=XX-9", "unknown_information_kind"),
    ],
)
def test_a_word_that_means_nothing_gives_nothing_and_a_warning(site: Caller, path: str, code: str) -> None:
    answer = site.get(path)

    assert titles(answer) == []
    assert [warning["code"] for warning in answer.json["meta"]["warnings"]] == [code]


@pytest.mark.parametrize("query", ["", "&tag=jalan", "&agency=dpu&tag=jalan", "&count=exact", "&include=agency"])
def test_the_number_of_statements_does_not_depend_on_the_number_of_items(app: Flask, site: Caller, query: str) -> None:
    for number in range(30):
        add_published_post(app, title=f"Berita {number}", tags=["jalan"])
    site.get("/v1/whoami"), site.get("/v1/posts?agency=kota")

    counts = []
    for limit in (1, 30):
        with counted_statements(app) as statements:
            assert len(site.get(f"/v1/posts?limit={limit}{query}").json["data"]) == limit
        counts.append(len(statements))

    assert counts == [2, 2]
