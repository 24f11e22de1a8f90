"""What lists can be asked for beside owner, channel and words: spans, events, addresses, ids, relations; and what is told of what matches nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.delivery.types import sorts_of
from cms.documents.delivered import DELIVERED_DOCUMENTS
from cms.posts.delivered import DELIVERED_POSTS
from tests.conftest import counted_statements
from tests.delivery.carrying import carry, rows
from tests.factories import add_categories, add_city, add_published_document, add_published_post, post_content
from tests.people import Caller, People


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key that shows everything."""
    add_city(app)
    return people.website()


def titles(site: Caller, query: str, path: str = "posts") -> list[str]:
    answer = site.get(f"/v1/{path}?{query}")
    assert answer.status_code == 200, answer.text
    return [row["title"] for row in answer.json["data"]]  # type: ignore[index]


def warned(site: Caller, path: str) -> list[str]:
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json["meta"].get("warnings", [])]  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("posts?kind=kabar", "kind"),
        ("posts?kind=berita,kabar", "kind"),
        ("posts?language=xx", "language"),
        ("documents?language=id,en-GB", "language"),
        ("documents?class=rahasia", "class"),
        ("documents?class=dikecualikan", "class"),
        ("posts?channel=dpu&relation=carried", "relation"),
        ("posts?relation=own", "relation"),
        ("agencies?kind=kantor", "kind"),
        ("areas?level=rt", "level"),
        ("tags?type=news", "type"),
        ("documents?sort=event_date", "sort"),
        ("documents?valid_at=2026-11-24T01:00:00Z", "valid_at"),
        ("posts?event_after=2026-13-01", "event_after"),
        ("posts?event_before=tomorrow", "event_before"),
        ("posts?ids=1", "ids"),
    ],
)
def test_a_value_outside_of_a_closed_list_is_refused(site: Caller, path: str, parameter: str) -> None:
    answer = site.get(f"/v1/{path}")

    assert answer.status_code == 400, answer.text
    assert [each["parameter"] for each in answer.json["errors"]] == [parameter]  # type: ignore[index]


def test_open_words_that_match_nothing_are_told(app: Flask, site: Caller, people: People) -> None:
    item = add_published_post(app, title="Kami", tags=["jalan"])
    add_published_document(app, year=2026)
    nobody = "019ac1a0-7c00-7000-8000-00000000000a"

    assert warned(site, "/v1/posts?tag=jalan") == []
    assert warned(site, "/v1/posts?tag=sungai") == ["unknown_tag"]
    assert warned(site, "/v1/posts?tag=jalan,sungai,laut") == ["unknown_tag", "unknown_tag"]
    assert warned(site, "/v1/posts?slug=kami,mereka&agency=tidak-ada") == [
        "unknown_agency",
        "unknown_slug",
        "unknown_slug",
    ]
    assert warned(site, "/v1/posts?tag=jalan&kind=berita") == []
    assert warned(site, "/v1/documents?year=1999") == ["unknown_year"]
    assert warned(site, f"/v1/posts?ids={item.id},{nobody}") == ["unknown_id"]
    assert warned(site, f"/v1/posts?ids={item.id}&kind=berita") == []
    assert warned(site, "/v1/agencies?parent=tidak-ada") == ["unknown_parent"]
    assert warned(site, "/v1/areas?parent=64.71,64.99") == ["unknown_parent"]
    assert warned(site, "/v1/tags?agency=tidak-ada") == ["unknown_agency"]
    # What a key does not show does not exist for it.
    limited = people.website(agencies=["dishub"])
    assert warned(limited, "/v1/posts?tag=jalan") == ["unknown_tag"]
    assert warned(limited, f"/v1/posts?ids={item.id}") == ["unknown_id"]


def test_what_holds_at_a_moment(app: Flask, site: Caller) -> None:
    spans = {
        "Selalu": (None, None),
        "Kemarin": ("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        "Hari ini": ("2026-11-24T00:00:00Z", "2026-11-24T10:00:00Z"),
        "Mulai besok": ("2026-11-25T00:00:00Z", None),
        "Sampai besok": (None, "2026-11-25T00:00:00Z"),
    }
    for title, (begin, end) in spans.items():
        add_published_post(app, title=title, valid_from=begin, valid_until=end)

    def holding(moment: str) -> set[str]:
        return set(titles(site, f"valid_at={moment}"))

    assert holding("2026-11-24T00:00:00Z") == {"Selalu", "Hari ini", "Sampai besok"}
    assert holding("2026-11-24T10:00:00Z") == {"Selalu", "Sampai besok"}
    assert holding("2026-11-25T08:00:00%2B08:00") == {"Selalu", "Mulai besok"}
    assert holding("2026-11-22T00:00:00Z") == {"Selalu", "Kemarin", "Sampai besok"}


@pytest.mark.parametrize("parameter", ["valid_at", "event_after", "event_before"])
def test_moments_beyond_what_can_be_asked_are_refused_with_the_limit(app: Flask, site: Caller, parameter: str) -> None:
    add_published_post(app, title="Selalu", kind="agenda", event_date="2026-12-05")
    days = ["1969-12-31", "0001-01-01", "9999-12-31"] if parameter != "valid_at" else []

    for moment in [
        *days,
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ]:
        answer = site.get(f"/v1/posts?{parameter}={moment}")
        assert answer.status_code == 400, answer.text
        (error,) = answer.json["errors"]  # type: ignore[index]
        limit = "9999-12-30T23:59:59Z" if moment > "2000" else "1970-01-01T00:00:00Z"
        assert (error["parameter"], limit in error["detail"]) == (parameter, True)
    assert titles(site, "valid_at=1970-01-01T00:00:00Z") == titles(site, "valid_at=9999-12-30T23:59:59Z") == ["Selalu"]
    assert titles(site, "event_after=1970-01-01&event_before=9999-12-30") == ["Selalu"]


def test_an_agenda_is_found_by_when_it_takes_place(app: Flask, site: Caller) -> None:
    """The city's day begins at 16.00 UTC of the day before."""
    events: dict[str, dict[str, Any]] = {
        "Tanpa jadwal": {},
        "Pagi": {"event": {"begin": "2026-12-05T00:00:00Z", "end": "2026-12-05T04:00:00Z", "place": "Taman Bekapai"}},
        "Malam": {"event": {"begin": "2026-12-04T18:00:00Z"}},
        "Pekan": {"event": {"begin": "2026-12-03T00:00:00Z", "end": "2026-12-09T00:00:00Z"}},
        "Sehari": {"event_date": "2026-12-06"},
    }
    for title, values in events.items():
        add_published_post(app, title=title, kind="agenda", **values)

    assert titles(site, "kind=agenda&sort=event_date") == ["Pekan", "Malam", "Pagi", "Sehari"]
    assert titles(site, "sort=-event_date&limit=2") == ["Sehari", "Pagi"]
    assert titles(site, "sort=event_date&event_after=2026-12-05T04:00:00Z") == ["Pekan", "Malam", "Sehari"]
    assert titles(site, "sort=event_date&event_after=2026-12-04&event_before=2026-12-06") == ["Pekan", "Malam", "Pagi"]
    assert titles(site, "sort=event_date&event_after=2026-12-05") == ["Pekan", "Sehari"]
    assert titles(site, "sort=event_date&event_before=2026-12-05") == ["Pekan"]
    assert set(titles(site, "event_before=2027-01-01&agency=dpu")) == {"Pekan", "Malam", "Pagi", "Sehari"}

    cards = {row["title"]: (row["event_date"], row["event"]) for row in rows(site, "kind=agenda")}
    assert cards["Pagi"] == ("2026-12-05", events["Pagi"]["event"])
    assert cards["Malam"] == ("2026-12-05", {"begin": "2026-12-04T18:00:00Z", "end": None, "place": None})
    assert cards["Sehari"] == ("2026-12-06", None)
    assert cards["Tanpa jadwal"] == (None, None)


def test_all_items_that_are_asked_for_by_id_are_on_one_page(app: Flask, site: Caller) -> None:
    ids = [add_published_post(app, title=f"Berita {number}").id for number in range(23)]
    for limit in ("", "&limit=1", "&limit=50"):
        page = site.get(f"/v1/posts?ids={','.join(ids)}{limit}").json
        assert {row["id"] for row in page["data"]} == set(ids)  # type: ignore[index]
        assert page["links"]["next"] is None  # type: ignore[index]
    assert len(rows(site, f"ids={ids[0]},{ids[1]}&limit=1")) == 2


def test_the_next_page_of_an_agenda_goes_on_where_this_one_ends(app: Flask, site: Caller) -> None:
    for number in range(5):
        add_published_post(app, title=f"Acara {number}", event_date=f"2026-12-0{1 + number // 2}")
    found, link = [], "/v1/posts?sort=-event_date&limit=2"
    while link:
        page = site.get(link).json
        found += [row["title"] for row in page["data"]]  # type: ignore[index]
        link = page["links"]["next"]  # type: ignore[index]
    assert found == [f"Acara {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"event": {"begin": "2026-12-05T04:00:00Z", "end": "2026-12-05T04:00:00Z"}}, "/event/end"),
        ({"event": {"begin": "2026-12-05T04:00:00Z", "end": "2028-12-05T04:00:00Z"}}, "/event/end"),
        ({"event": {"end": "2026-12-05T04:00:00Z"}}, "/event/begin"),
        ({"event": {"begin": "2026-12-05T18:00:00Z"}, "event_date": "2026-12-05"}, "/event_date"),
        ({"event": {"begin": "besok"}}, "/event/begin"),
        ({"event": {"place": "x" * 201}}, "/event/place"),
    ],
)
def test_an_event_that_cannot_be_is_refused_at_its_place(people: People, values: dict[str, Any], pointer: str) -> None:
    answer = people.person(Role.AUTHOR, "dpu").post("/manage/v1/posts", post_content(kind="agenda", **values))

    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]  # type: ignore[index]


def test_own_and_carried_posts_of_a_channel_are_told_apart(app: Flask, site: Caller) -> None:
    add_published_post(app, agency="dishub", title="Kami")
    theirs = add_published_post(app, title="Mereka", tags=["jalan"])
    add_published_post(app, title="Bukan")
    carry(app, theirs, "dishub", "kota")

    assert titles(site, "channel=dishub&relation=own") == ["Kami"]
    assert titles(site, "channel=dishub&relation=repost") == ["Mereka"]
    assert titles(site, "channel=dishub&relation=repost&tag=jalan") == ["Mereka"]
    assert titles(site, "channel=dishub&relation=own&tag=jalan") == []
    assert titles(site, "channel=dishub,kota&relation=repost&count=exact") == ["Mereka"]
    # Its owner's channel has it as its own, whoever else carries it.
    assert titles(site, "channel=dishub,dpu&relation=repost") == []
    assert set(titles(site, "channel=dishub,dpu&relation=own&sort=updated_at")) == {"Kami", "Mereka", "Bukan"}


@pytest.mark.parametrize("path", ["posts", "documents"])
def test_addresses_and_ids_find_items_among_what_the_other_filters_leave(
    app: Flask, site: Caller, people: People, path: str
) -> None:
    add = add_published_post if path == "posts" else add_published_document
    first, second = add(app, title="Satu"), add(app, title="Dua", agency="dishub")
    add(app, title="Satu", agency="dishub")

    assert sorted(titles(site, "slug=satu", path)) == ["Satu", "Satu"]
    assert titles(site, "slug=satu,dua&agency=dpu&sort=-updated_at", path) == ["Satu"]
    assert sorted(titles(site, f"ids={first.id},{second.id}", path)) == ["Dua", "Satu"]
    assert titles(site, f"ids={first.id},{second.id}&agency=dishub&count=exact", path) == ["Dua"]
    assert titles(site, f"ids={first.id},{second.id}&slug=satu", path) == ["Satu"]
    assert titles(people.website(agencies=["dpu"]), f"ids={first.id},{second.id}", path) == ["Satu"]


def test_categories_and_tags_have_the_counts_of_their_lists(app: Flask, site: Caller, people: People) -> None:
    add_categories(app, "kesehatan")
    one = add_published_post(app, title="A", category="infrastruktur", tags=["jalan", "air"])
    add_published_post(app, title="B", agency="dishub", category="infrastruktur", tags=["jalan"])
    add_published_document(app, title="C", tags=["jalan", "zakat"])
    carry(app, one, "dishub")

    def counts(caller: Caller, path: str) -> dict[str, int]:
        answer = caller.get(f"/v1/{path}")
        assert answer.status_code == 200, answer.text
        return {row["slug"]: row["count"] for row in answer.json["data"]}  # type: ignore[index]

    assert counts(site, "categories") == {"infrastruktur": 2, "kesehatan": 0}
    assert counts(site, "categories?agency=dishub") == {"infrastruktur": 1, "kesehatan": 0}
    assert list(counts(site, "tags").items()) == [("air", 1), ("jalan", 3), ("zakat", 1)]
    assert list(counts(site, "tags?sort=-count&limit=2").items()) == [("jalan", 3), ("air", 1)]
    assert counts(site, "tags?type=post") == {"air": 1, "jalan": 2}
    assert counts(site, "tags?channel=dishub&type=post") == {"air": 1, "jalan": 2}
    assert counts(site, "tags?agency=dishub") == {"jalan": 1}
    assert counts(people.website(agencies=["dishub"]), "tags") == {"jalan": 1}

    for path in ("tags?limit=1", "tags?sort=-count&limit=1", "categories?limit=1"):
        found, link = [], f"/v1/{path}"
        while link:
            page = site.get(link).json
            found += [row["slug"] for row in page["data"]]  # type: ignore[index]
            link = page["links"]["next"]  # type: ignore[index]
        assert found == list(counts(site, path.replace("limit=1", "limit=100")))
    assert {"name", "description", "is_retired"} <= site.get("/v1/categories").json["data"][0].keys()  # type: ignore[index]


def test_a_tag_counts_what_its_list_counts(app: Flask, site: Caller) -> None:
    for number in range(6):
        add_published_post(app, title=f"Berita {number}", tags=["jalan", *["air"][: number % 2]])
    for row in site.get("/v1/tags?type=post").json["data"]:  # type: ignore[index]
        listed = site.get(f"/v1/posts?tag={row['slug']}&count=exact").json["meta"]["total"]["value"]  # type: ignore[index]
        assert listed == row["count"]


def test_a_card_of_a_document_has_every_field_of_a_post_s_card(app: Flask, site: Caller) -> None:
    post, document = add_published_post(app), add_published_document(app)
    cards = site.get(f"/v1/items?ids={post.id},{document.id}").json["data"]  # type: ignore[index]

    assert set(DELIVERED_POSTS.card_fields) <= set(DELIVERED_DOCUMENTS.card_fields)
    assert cards[0].keys() == set(DELIVERED_POSTS.card_fields)
    assert cards[1].keys() == set(DELIVERED_DOCUMENTS.card_fields)
    assert (cards[1]["relation"], cards[1]["repost"], cards[1]["event"]) == ("own", None, None)
    assert cards[1]["credit_line"] == "Sumber: Dinas Dpu"
    assert cards[1]["canonical_url"] == f"http://localhost/go/{document.id}"


@pytest.mark.parametrize(
    "query",
    [
        "slug=berita-1",
        "ids={ids}",
        "valid_at=2026-11-24T01:00:00Z",
        "event_after=2026-01-01&sort=event_date",
        "event_before=2027-01-01",
        "channel=dpu&relation=own",
    ],
)
def test_each_filter_takes_the_statements_of_every_list(app: Flask, site: Caller, query: str) -> None:
    ids = [add_published_post(app, title=f"Berita {number}", event_date="2026-12-01").id for number in range(4)]
    site.get("/v1/posts?agency=kota")

    with counted_statements(app) as statements:
        assert titles(site, query.format(ids=",".join(ids)))
    assert len(statements) == 2


def test_capabilities_name_the_filters_and_sorts_of_each_type(site: Caller) -> None:
    types = site.get("/v1/capabilities").json["data"]["types"]  # type: ignore[index]

    assert {"valid_at", "event_after", "event_before", "slug", "ids", "relation"} <= set(types["post"]["filters"])
    assert {"slug", "ids"} <= set(types["document"]["filters"])
    assert types["post"]["sorts"] == list(sorts_of(DELIVERED_POSTS))
    assert "event_date" not in types["document"]["sorts"]


def test_capabilities_name_the_limits_of_copies_that_their_pages_keep(site: Caller) -> None:
    told = site.get("/v1/capabilities").json["data"]["limits"]["sync"]  # type: ignore[index]

    assert told == {"limit": 500, "max_bytes": 8_000_000, "page_bytes": 4_000_000, "position_days": 400}
    for name in ("limit", "max_bytes"):
        assert site.get(f"/v1/sync?{name}={told[name]}").status_code == 200
        assert site.get(f"/v1/sync?{name}={told[name] + 1}").status_code == 400
