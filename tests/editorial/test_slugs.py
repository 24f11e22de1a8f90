"""Addresses: made from titles, unique per agency, never given to another item."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from cms.core.db import session
from cms.core.errors import DomainError
from cms.editorial.items.models import Item, ItemSlug
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.editorial.items.slugs import base_slug, follows_title
from cms.posts.content import POST
from tests.editorial.city import AUTHOR, CENTRAL, EDITOR, STRANGER, Caller, post

pytestmark = pytest.mark.usefixtures("city")
Callers = dict[str, Caller]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Penutupan Jalan “MT Haryono”", "penutupan-jalan-mt-haryono"),
        ("Éxtra 100%", "extra-100"),
        ("北京", "bei-jing"),
        ("!!!", "post"),
        ("kata " * 40, "-".join(["kata"] * 19)),
    ],
)
def test_a_slug_is_ascii_and_ends_with_a_whole_word(title: str, slug: str) -> None:
    assert base_slug(title, "post") == slug


def test_a_numbered_slug_still_follows_its_title() -> None:
    assert follows_title("berita-2", "Berita", "post")
    assert not follows_title("berita-kota", "Berita", "post")
    assert not follows_title("berita-kota-2", "Berita", "post")


def _slug_of(answer: object) -> str:
    return answer.json["data"]["slug"]


def test_equal_titles_are_numbered_per_agency(callers: Callers) -> None:
    slugs = [_slug_of(callers["author"]("POST", "posts", post(title="Berita"))) for _ in range(3)]
    assert slugs == ["berita", "berita-2", "berita-3"]
    assert _slug_of(callers["stranger"]("POST", "posts", post(title="Berita", agency="dishub"))) == "berita"


def test_a_reserved_word_gets_a_number(callers: Callers) -> None:
    assert _slug_of(callers["author"]("POST", "posts", post(title="Cari"))) == "cari-2"


def test_a_chosen_slug_that_is_taken_is_refused(callers: Callers) -> None:
    callers["author"]("POST", "posts", post(slug="berita"))
    refused = callers["author"]("POST", "posts", post(slug="berita"))
    assert (refused.status_code, refused.json["code"]) == (409, "slug_taken")
    assert refused.json["errors"][0]["pointer"] == "/slug"


def test_before_publication_a_made_slug_follows_the_title_and_a_chosen_one_stays(callers: Callers) -> None:
    author = callers["author"]
    made = author("POST", "posts", post(title="Satu")).json["data"]["id"]
    chosen = author("POST", "posts", post(title="Satu", slug="pilihan")).json["data"]["id"]

    assert _slug_of(author("PATCH", f"posts/{made}", {"title": "Dua"}, match='"v1"')) == "dua"
    assert _slug_of(author("PATCH", f"posts/{chosen}", {"title": "Dua"}, match='"v1"')) == "pilihan"
    assert _slug_of(author("PATCH", f"posts/{chosen}", {"slug": None}, match='"v2"')) == "dua-2"
    assert _slug_of(author("POST", "posts", post(slug="satu"))) == "satu"


def test_after_publication_only_a_new_slug_changes_the_address_and_the_old_one_stays_taken(callers: Callers) -> None:
    author, editor = callers["author"], callers["editor"]
    path = f"posts/{author('POST', 'posts', post(title='Satu')).json['data']['id']}"
    editor("POST", f"{path}/publish", {}, match='"v1"')

    assert _slug_of(author("PATCH", path, {"title": "Dua"}, match='"v2"')) == "satu"
    assert _slug_of(author("PATCH", path, {"slug": "dua"}, match='"v3"')) == "dua"
    assert author("POST", "posts", post(slug="satu")).status_code == 409
    assert _slug_of(author("POST", "posts", post(title="Satu"))) == "satu-2"
    assert _slug_of(author("PATCH", path, {"slug": "satu"}, match='"v4"')) == "satu"


def test_moving_a_draft_to_another_agency_takes_a_slug_there(callers: Callers) -> None:
    callers["stranger"]("POST", "posts", post(title="Satu", agency="dishub"))
    path = f"posts/{callers['central']('POST', 'posts', post(title='Satu')).json['data']['id']}"
    assert _slug_of(callers["central"]("PATCH", path, {"agency": "dishub"}, match='"v1"')) == "satu-2"
    assert _slug_of(callers["author"]("POST", "posts", post(title="Satu"))) == "satu"


def test_writers_of_the_same_title_at_once_all_succeed(app: Flask) -> None:
    def write(_number: int) -> str:
        with app.app_context():
            return create_item(POST, AUTHOR, post(title="Serentak")).item.slug

    with ThreadPoolExecutor(8) as threads:
        slugs = list(threads.map(write, range(24)))

    assert sorted(slugs) == sorted(["serentak", *(f"serentak-{number}" for number in range(2, 26))][:24])
    with app.app_context():
        assert set(session.scalars(select(ItemSlug.item_id))) == set(session.scalars(select(Item.id)))


def test_of_two_editors_who_read_the_same_version_one_is_told(app: Flask) -> None:
    with app.app_context():
        item = create_item(POST, AUTHOR, post()).item

    def publish() -> None:
        publish_item(POST, EDITOR, item.id, frozenset({1}))

    def patch() -> None:
        update_item(POST, CENTRAL, item.id, {"summary": "Lain."}, frozenset({1}))

    def attempt(write: object) -> str:
        with app.app_context():
            try:
                write()
            except DomainError as error:
                return error.code
        return "done"

    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(attempt, [publish, patch] * 3))

    assert sorted(results) == ["done", *["stale_version"] * 5]


def test_strangers_race_for_nothing(app: Flask) -> None:
    with app.app_context():
        item = create_item(POST, AUTHOR, post()).item
        with pytest.raises(DomainError) as caught:
            update_item(POST, STRANGER, item.id, {"summary": "x"}, frozenset({1}))
        assert caught.value.code == "not_found"
