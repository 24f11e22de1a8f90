"""The index: late texts of files, rebuilding while others write, and what both databases are given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask

from cms.core.db import session
from cms.core.permissions import Role
from cms.documents.content import DOCUMENT
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.file_texts.extracting import FoundText
from cms.file_texts.models import FileText
from cms.file_texts.services import keep_recognised, keep_text
from cms.publishing.models import Publication
from cms.publishing.searched import OF_EVERY_ITEM, Weight, texts_at
from cms.search.entries import GAP, MOST_PLACED, MOST_PLACES, Source, entry_of, first_id
from cms.search.models import SearchEntry
from cms.search.tasks import index_new_texts, rebuild_index
from tests.documents.uploads import send
from tests.factories import CENTRAL, add_document, add_published_post, seen
from tests.file_texts.samples import pdf
from tests.people import Caller, People
from tests.search.searching import answer, follow, hits, titles

Moment = Callable[[timedelta], None]
SEARCHED = tuple(OF_EVERY_ITEM.items())


@pytest.fixture
def website(people: People, city: None) -> Caller:
    return people.website()


def source(title: str = "", body: str = "", file_words: str = "") -> Source:
    full = f'{{"title":"{title}","summary":null,"tags":[],"body_text":"{body}","agency":{{}}}}'
    return Source("post", "dpu", full, '[["channel","dpu",null],["channel","kota",""]]', file_words)


def published_file(app: Flask, people: People) -> str:
    """A published document with a file; returns the digest of its bytes."""
    item = add_document(app, title="Laporan tahunan", summary="Laporan dinas.")
    sent = send(people.person(Role.AUTHOR, "dpu"), item.id, pdf("Belum dibaca")).json["data"]  # type: ignore[index]
    with app.app_context():
        current = session.get_one(Item, item.id)
        files = [{"id": sent["id"], "label": "Lampiran", "role": "content", "variant": "original", "language": None}]
        changed = update_item(DOCUMENT, CENTRAL, item.id, {"files": files}, seen(current)).item
        publish_item(DOCUMENT, CENTRAL, item.id, seen(changed))
    return str(sent["sha256"])


def test_the_text_of_a_file_that_is_read_later_is_found_with_its_page(
    app: Flask, website: Caller, people: People, moment: Moment
) -> None:
    digest = published_file(app, people)
    follow(app)
    assert titles(website, "drainase") == []
    with app.app_context():
        keep_text(
            digest,
            FoundText([(1, None, "Kata pengantar"), (2, None, "Saluran drainase kota")], without_text=[3], pages=3),
        )
        assert not index_new_texts()
    moment(timedelta(seconds=10))

    (hit,) = hits(website, "laporan drainase")
    assert hit["match"]["file"]["page"] == 2
    assert hit["match"]["file"]["label"] == "Lampiran"
    assert hit["match"]["text"] == "Saluran <mark>drainase</mark> kota"
    (own,) = hits(website, "laporan tahunan")
    assert own["match"]["file"] is None

    with app.app_context():
        keep_recognised(digest, 3, "Gorong-gorong")
        index_new_texts()
        assert not session.get_one(FileText, digest).is_new
    moment(timedelta(seconds=10))
    (hit,) = hits(website, "gorong")
    assert hit["match"]["file"]["page"] == 3


def test_what_stands_in_the_item_counts_more_than_what_stands_in_its_file(
    app: Flask, website: Caller, people: People
) -> None:
    digest = published_file(app, people)
    add_published_post(app, title="Berita", body="Drainase kota.", slug="berita")
    with app.app_context():
        keep_text(digest, FoundText([(1, None, "drainase kota")], without_text=[], pages=1))
    follow(app)

    assert titles(website, "drainase kota") == ["Berita", "Laporan tahunan"]


def test_the_index_is_rebuilt_while_others_publish(app: Flask, website: Caller) -> None:
    for number in range(60):
        add_published_post(app, title=f"Sawah {number}", slug=f"sawah-{number}")
    follow(app)
    seen_while = []

    def progress(done: int) -> None:
        seen_while.append((done, len(list(hits(website, "sawah", limit=100)))))
        if len(seen_while) == 1:
            writer = threading.Thread(target=lambda: add_published_post(app, title="Sawah baru", slug="sawah-baru"))
            writer.start()
            writer.join()

    with app.app_context():
        assert rebuild_index(progress) in {60, 61}
    follow(app)

    assert [found for _, found in seen_while[:1]] == [60]
    assert len(titles(website, "sawah", limit=100)) == 61
    with app.app_context():
        current = session.query(Publication).where(Publication.superseded_sequence.is_(None)).count()
        assert session.query(SearchEntry).count() == current


def test_the_command_rebuilds_and_says_how_much(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Ladang")

    ran = app.test_cli_runner().invoke(args=["cms", "search", "rebuild"])
    assert ran.exit_code == 0, ran.output
    assert "Indexed 1 published item" in ran.output
    assert titles(website, "ladang") == ["Ladang"]


def test_facets_count_what_the_lists_have_each_without_its_own_filter(app: Flask, website: Caller) -> None:
    places = [("dpu", "berita", 2), ("dishub", "berita", 1), ("dishub", "pengumuman", 3)]
    for agency, kind, count in places:
        for number in range(count):
            name = f"{agency}-{kind}-{number}"
            add_published_post(app, title=f"Parkir {name}", slug=name, agency=agency, kind=kind, tags=["pasar"])
    follow(app)

    found = answer(website, "parkir", facets="type,agency,tag,year")["meta"]["facets"]
    assert found["agency"] == [
        {"value": "dishub", "label": "Dinas Dishub", "count": 4},
        {"value": "dpu", "label": "Dinas Dpu", "count": 2},
    ]
    assert found["type"] == [{"value": "post", "label": "post", "count": 6}]
    assert (found["tag"], found["year"]) == ([{"value": "pasar", "label": "pasar", "count": 6}], [])
    narrowed = answer(website, "parkir", facets="type,agency,tag", agency="dpu", kind="berita")["meta"]["facets"]
    assert [(each["value"], each["count"]) for each in narrowed["agency"]] == [("dpu", 2), ("dishub", 1)]
    assert narrowed["tag"][0]["count"] == 2
    for each in narrowed["agency"]:
        listed = website.get(f"/v1/posts?agency={each['value']}&kind=berita&count=exact").json["meta"]["total"]["value"]
        assert each["count"] == listed


def test_nothing_that_a_reader_can_send_is_syntax_or_an_error(app: Flask, website: Caller) -> None:
    add_published_post(app, title="Kolam renang")
    follow(app)
    random = Random(11)
    pieces = [
        "kolam", "renang", '"', "'", "*", "(", ")", "AND", "OR", "NOT", "NEAR", ":", "&", "|", "!", "<->", "-", "^", "+", "\\", "%", "\0",
        "t_kolam", "_agency:dpu", "placed:", "{more}", "😀", "مدينة", "\u202e", "ﬁ", "İ", "\ud83d"[:0], "١٢", "188.45/12/2026", "é", "ß", " ",
    ]  # fmt: skip
    for _ in range(150):
        q = " ".join(random.choices(pieces, k=random.randint(1, 12)))
        found = website.get("/v1/search", query_string={"q": q})
        assert found.status_code in {200, 400}, (q, found.text)
    assert titles(website, "kolam OR mobil") == []
    assert titles(website, "t_kolam") == []
    assert titles(website, "kolam " * 100) == ["Kolam renang"]
    assert website.get("/v1/search").status_code == 400


def test_an_entry_has_marks_for_places_and_terms_and_gaps_between_texts() -> None:
    entry = entry_of(source("Jalan baru", "jalan jalan jalan", "jalan lurah"), SEARCHED)

    assert entry.placed == ("jalan", "baru", GAP, "jalan", "jalan", "jalan", GAP)
    assert {"t_jalan", "t_baru", "m_jalan", "f_lurah", "_channel:kota", "_own:dpu"} <= set(entry.more)
    assert not {"f_jalan", "lurah", "_own:kota"} & set(entry.more)


def test_long_texts_are_found_by_all_their_words_and_placed_within_bounds() -> None:
    words = " ".join(f"{number}" for number in range(20_000))
    entry = entry_of(source("Judul", words), SEARCHED)
    assert len(entry.placed) == MOST_PLACED
    assert set(map(str, range(20_000))) <= {*entry.placed, *entry.more}

    often = entry_of(source("Judul", "sama " * 1_000), SEARCHED)
    assert often.placed.count("sama") == MOST_PLACES


def test_ids_rise_with_the_moment_of_publication() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)

    assert first_id(first, 70_000) < first_id(first + timedelta(seconds=1), 1)


def test_texts_are_taken_from_lists_and_objects() -> None:
    full = {"files": [{"label": "Satu"}, {"label": None}, {}], "year": 2026, "agency": {"name": "Dinas"}, "title": "T"}

    assert list(texts_at(full, "files.label")) == ["Satu"]
    assert list(texts_at(full, "year")) == ["2026"]
    assert list(texts_at(full, "agency.name")) == ["Dinas"]
    assert list(texts_at(full, "missing.name")) == []
    assert set(OF_EVERY_ITEM.values()) == set(Weight)
