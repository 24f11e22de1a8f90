"""Search: what is found, in which order, and that it is never more than a list would show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cms.publishing.models import Standing
from tests.delivery.carrying import carry, edit, take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.factories import add_agencies, add_post, add_published_document, add_published_post
from tests.people import Caller, People
from tests.search.searching import answer, follow, hits, titles

HOUR = timedelta(hours=1)
Moment = Callable[[timedelta], None]
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def website(people: People) -> Caller:
    return people.website()


def test_every_form_of_a_word_is_found_in_titles_and_texts_of_all_types(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Penutupan Jalan Ahmad Yani", body="Mulai Senin.")
    add_published_document(app, title="Rencana 2026", summary="Jalan yang ditutup tahun ini.")
    add_published_post(app, title="Layanan KTP", summary="Pindah loket.", body="Buka Senin.")
    follow(app)

    assert titles(website, "menutup jalan") == ["Penutupan Jalan Ahmad Yani", "Rencana 2026"]
    assert titles(website, "menutup jalan", type="document") == ["Rencana 2026"]
    assert titles(website, "ktp senin") == ["Layanan KTP"]
    assert sorted(titles(website, "ktp ahmad")) == ["Layanan KTP", "Penutupan Jalan Ahmad Yani"]
    assert answer(website, "ktp ahmad")["meta"]["matched"] == "most"
    assert titles(website, "dokumen !!! \"' --") == []
    assert answer(website, "?!")["meta"]["total"] == {"value": 0, "relation": "eq"}


def test_a_draft_a_vanished_item_and_an_old_edition_are_never_found(app: Flask, website: Caller) -> None:
    add_post(app, title="Kucing draf")
    item = add_published_post(app, title="Kucing lama")
    gone = add_published_post(app, title="Kucing hilang")
    follow(app)
    assert sorted(titles(website, "kucing")) == ["Kucing hilang", "Kucing lama"]

    # At once: the index has not followed yet.
    edit(app, item, title="Anjing baru")
    take_back(app, gone, Standing.GONE, "Keliru.")
    assert titles(website, "kucing") == []
    follow(app)
    assert titles(website, "kucing") == []
    assert titles(website, "anjing") == ["Anjing baru"]


def test_a_withdrawn_item_is_found_with_its_notice_as_lists_show_it(app: Flask, website: Caller) -> None:
    item = add_published_post(app, title="Jadwal lama")
    take_back(app, item, Standing.WITHDRAWN, "Tidak berlaku.")
    follow(app)

    (hit,) = hits(website, "jadwal")
    assert hit["withdrawn"]["explanation"] == "Tidak berlaku."


def test_a_schedule_counts_on_the_second_whether_or_not_the_index_has_followed(
    app: Flask, website: Caller, moment: Moment
) -> None:
    schedule(app, add_post(app, title="Besok terbit"), HOUR, 2 * HOUR)
    follow(app)
    assert titles(website, "besok") == []

    moment(HOUR)
    assert titles(website, "besok") == ["Besok terbit"]
    moment(HOUR)
    assert titles(website, "besok") == []


def test_a_key_finds_what_its_lists_show(app: Flask, people: People) -> None:
    add_published_post(app, title="Banjir di kota", agency="dpu")
    shared = add_published_post(app, title="Banjir di terminal", agency="dishub")
    carry(app, shared, "dpu", comment="Penting.")
    follow(app)
    dpu, dishub = people.website(agencies=["dpu"]), people.website(agencies=["dishub"])

    assert titles(dpu, "banjir") == ["Banjir di kota"]
    assert titles(dishub, "banjir") == ["Banjir di terminal"]
    assert sorted(titles(dpu, "banjir", channel="dpu")) == ["Banjir di kota", "Banjir di terminal"]
    assert titles(dpu, "banjir", channel="dpu", relation="own") == ["Banjir di kota"]
    (hit,) = hits(dpu, "banjir", channel="dpu", relation="repost")
    assert (hit["title"], hit["relation"], hit["repost"]["comment"]) == ("Banjir di terminal", "repost", "Penting.")
    assert titles(dpu, "banjir", agency="dishub") == []


@pytest.mark.parametrize(
    "filters",
    [
        {"agency": "dishub"},
        {"tag": "pohon"},
        {"kind": "berita"},
        {"category": "infrastruktur"},
        {"class": "berkala"},
        {"year": "2025"},
        {"area": "64.71"},
        {"slug": "pohon-satu"},
        {"language": "id"},
        {"published_after": "2026-11-24T01:00:01Z"},
        {"updated_after": "2026-11-24T00:00:00Z"},
        {"changed_after": "2027-01-01T00:00:00Z"},
        {"valid_at": "2026-11-25T00:00:00Z"},
        {"event_after": "2026-11-25"},
        {"agency": "dpu,dishub", "kind": "berita,pengumuman", "tag": "pohon,daun"},
    ],
)
def test_a_filter_leaves_what_the_lists_have(
    app: Flask, website: Caller, filters: dict[str, str], moment: Moment
) -> None:
    add_published_post(app, title="Pohon satu", slug="pohon-satu", kind="berita", tags=["pohon"], areas=["64.71.06"])
    moment(timedelta(seconds=5))
    add_published_post(app, title="Pohon dua", agency="dishub", category="infrastruktur", tags=["pohon", "daun"])
    add_published_post(
        app, title="Pohon tiga", kind="agenda", event_date="2026-12-01", valid_until="2026-11-24T09:00:00Z"
    )
    add_published_document(app, title="Pohon empat", year=2025)
    add_published_document(app, title="Pohon lima", **{"class": "setiap_saat"})
    follow(app)

    of_lists = set()
    for path in ("posts", "documents"):
        found = website.get(f"/v1/{path}", query_string=filters)
        # A list refuses a filter that its type does not have; search finds nothing of that type with it.
        if found.status_code == 200:
            of_lists |= {row["title"] for row in found.json["data"]}
    assert set(titles(website, "pohon", **filters)) == of_lists


def test_the_title_counts_more_than_the_summary_and_that_more_than_the_text(app: Flask, website: Caller) -> None:
    for place in ("body", "summary", "title"):
        texts = {"title": f"Berita {place}", "summary": "Ringkas.", "body": "Isi."}
        add_published_post(app, **{**texts, place: f"{texts[place]} Jembatan."}, slug=place)
    follow(app)

    assert titles(website, "jembatan") == ["Berita title Jembatan.", "Berita summary", "Berita body"]
    assert titles(website, "jembatan", limit=1) == ["Berita title Jembatan.", "Berita summary", "Berita body"]


def test_a_younger_item_comes_before_an_older_one_with_the_same_words(
    app: Flask, website: Caller, moment: Moment
) -> None:
    for name in ("satu", "dua", "tiga"):
        add_published_post(app, title=f"Taman {name}")
        moment(timedelta(days=2))
    follow(app)

    assert titles(website, "taman") == ["Taman tiga", "Taman dua", "Taman satu"]
    assert titles(website, "taman", sort="-published_at", limit=2) == ["Taman tiga", "Taman dua", "Taman satu"]


def test_words_in_quotation_marks_follow_each_other(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Uji KIR kendaraan", summary="Gratis.")
    add_published_post(app, title="Kendaraan", summary="KIR: tanpa uji.")
    add_published_post(app, title="Di akhir uji", summary="KIR di awal ringkasan.")
    follow(app)

    assert titles(website, '"uji kir"') == ["Uji KIR kendaraan"]
    assert len(titles(website, "uji kir")) == 3


def test_the_match_shows_where_and_is_safe_in_a_page(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Harga <b>beras</b> & gula", summary="Turun.", body="Kata pedagang, beras turun <3.")
    follow(app)

    (hit,) = hits(website, "beras")
    assert hit["match"]["title"] == "Harga &lt;b&gt;<mark>beras</mark>&lt;/b&gt; &amp; gula"
    assert hit["match"]["text"] == "Kata pedagang, <mark>beras</mark> turun &lt;3."


def test_the_answer_says_how_far_the_index_is(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Jembatan")
    follow(app)
    before = answer(website, "jembatan")
    assert before["meta"]["understood"] == ["jembatan"]
    add_published_post(app, title="Jembatan lagi")
    behind = answer(website, "jembatan")
    assert behind["meta"]["sequence"] == before["meta"]["sequence"]
    assert len(behind["data"]) == 1

    follow(app)
    after = answer(website, "jembatan")
    assert after["meta"]["sequence"] > before["meta"]["sequence"]
    assert len(after["data"]) == 2


def test_fields_narrow_a_hit(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Pasar")
    follow(app)

    (hit,) = hits(website, "pasar", fields="title,body_text")
    assert set(hit) == {"title", "body_text", "match"}


def test_a_cursor_is_good_for_its_question_alone(app: Flask, website: Caller) -> None:
    add_agencies(app, "lain")
    for number in range(3):
        add_published_post(app, title=f"Kebun {number}", slug=f"kebun-{number}")
    follow(app)
    cursor = answer(website, "kebun", limit=1)["links"]["next"].partition("cursor=")[2]

    assert website.get(f"/v1/search?q=kebun&limit=1&cursor={cursor}").status_code == 200
    other = website.get(f"/v1/search?q=lain&cursor={cursor}")
    assert (other.status_code, other.json["code"]) == (400, "invalid_cursor")


def test_a_relation_is_one_to_a_channel(website: Caller) -> None:
    for relation in ("own", "repost"):
        refused = website.get(f"/v1/search?q=pasar&relation={relation}")
        assert (refused.status_code, refused.json["code"]) == (400, "invalid_parameter")
