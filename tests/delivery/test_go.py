"""`/go/{id}`: visitors are sent to the page of an item, and nowhere else; where there is none they are told why in two languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cms.agencies.models import Agency
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.editorial.items.models import Item
from cms.publishing.models import Publication, PublishedItem, Standing
from tests.delivery.carrying import take_back
from tests.factories import add_agencies, add_city, add_post, add_published_document, add_published_post

SITE = "https://dpu.balikpapan.example"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def city(app: Flask) -> None:
    add_city(app)
    add_agencies(app, "dpu", "dishub")
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Agency, "dpu").site_url = SITE


@pytest.fixture
def go(app: Flask, client: Any, city: None) -> Any:
    def visit(item: Item | str, query: str = "", **headers: str) -> TestResponse:
        item_id = item if isinstance(item, str) else item.id
        found: TestResponse = client.get(f"/go/{item_id}{query}", headers={**BROWSER, **headers})
        return found

    return visit


def page(answer: TestResponse, status: int) -> str:
    assert (answer.status_code, answer.content_type) == (status, "text/html; charset=utf-8")
    assert 'lang="id"' in answer.text
    assert 'lang="en"' in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def test_a_visitor_is_sent_to_the_page_of_the_item(app: Flask, go: Any) -> None:
    post, document = add_published_post(app, title="Jalan ditutup"), add_published_document(app)
    for item in (post, document):
        for extra in ("", "?fbclid=x&utm_source=y&url=https://evil.example"):
            answer = go(item, extra)
            assert (answer.status_code, answer.headers["Location"]) == (302, f"{SITE}/{item.slug}")
    # A token that is not of this address does no harm.
    assert go(post, Authorization="Bearer smp_nothing").status_code == 302
    assert go(post, Accept="application/json").status_code == 302


@pytest.mark.parametrize("groups", [(), ("feeds", "alerts")])
def test_a_city_that_does_not_want_these_addresses_has_none(
    app: Flask, go: Any, client: Any, monkeypatch: pytest.MonkeyPatch, groups: tuple[str, ...]
) -> None:
    """As if the item had never been: nothing tells an item that is live from one that is not."""
    post = add_published_post(app, title="Jalan ditutup")
    runtime = app.extensions["simpul"]
    without = replace(runtime, settings=replace(runtime.settings, delivery_anonymous=groups))
    monkeypatch.setitem(app.extensions, "simpul", without)
    for item in (post, new_id()):
        told = page(go(item), 404)
        assert "Jalan ditutup" not in told
        assert "Location" not in go(item).headers
        refused = go(item, Accept="application/json")
        assert (refused.status_code, refused.json["code"]) == (404, "not_found")
    assert client.get("/go?url=https://dpu.lama.example/?p=1204", headers=BROWSER).status_code == 404


def test_an_item_without_a_page_is_told_with_its_own_words(app: Flask, go: Any) -> None:
    post = add_published_post(app, agency="dishub", title="Uji <b>KIR</b>", summary="Setiap hari.")
    text = page(go(post), 200)
    assert "Uji &lt;b&gt;KIR&lt;/b&gt;" in text
    assert "Setiap hari." in text
    assert "Sumber: " in text


def test_a_withdrawn_item_is_explained_to_people_and_open_to_programs(app: Flask, go: Any) -> None:
    post = add_published_post(app, title="Lama")
    take_back(app, post, Standing.WITHDRAWN, "Tidak <i>berlaku</i>.")
    text = page(go(post), 200)
    assert "Tidak &lt;i&gt;berlaku&lt;/i&gt;." in text
    assert f'href="{SITE}/lama"' in text
    assert go(post, Accept="application/json").headers["Location"] == f"{SITE}/lama"


def test_what_ended_is_explained_and_what_was_sent_elsewhere_followed(app: Flask, go: Any) -> None:
    first, second, third, away = (add_published_post(app, title=title) for title in ("Satu", "Dua", "Tiga", "Empat"))
    take_back(app, first, Standing.REDIRECTED, None, second.id)
    take_back(app, second, Standing.REDIRECTED, None, third.id)
    assert go(first).headers["Location"] == f"{SITE}/tiga"
    take_back(app, away, Standing.REDIRECTED, None, "/layanan/drainase")
    assert go(away).headers["Location"] == f"{SITE}/layanan/drainase"

    take_back(app, third, Standing.GONE, "Salah tanggal.", f"{SITE}/benar")
    for item in (first, third):
        text = page(go(item), 410)
        assert "Salah tanggal." in text
        assert f'href="{SITE}/benar"' in text
    program = go(third, Accept="application/json")
    assert (program.status_code, program.json["code"], program.json["alternative"]) == (410, "gone", f"{SITE}/benar")


def test_drafts_and_what_vanished_are_like_what_never_was(app: Flask, go: Any) -> None:
    vanished = add_published_post(app, title="Rahasia")
    take_back(app, vanished, Standing.VANISHED)
    pages = {page(go(item), 404) for item in (vanished, add_post(app, title="Konsep"), new_id(), "v1", "x" * 500)}
    assert len(pages) == 1
    assert "Rahasia" not in pages.pop()
    program = go(new_id(), Accept="application/json")
    assert (program.status_code, program.content_type) == (404, "application/problem+json")


def test_nobody_is_sent_away_from_the_city_whatever_is_stored(app: Flask, go: Any) -> None:
    post, sent = add_published_post(app, title="Satu"), add_published_post(app, title="Dua")
    take_back(app, sent, Standing.REDIRECTED, None, f"{SITE}/x")
    for evil in ("https://evil.example/", "//evil.example/", r"https://evil.example\@dpu.balikpapan.example/", "javascript:alert(1)",
                 "https://dpu.balikpapan.example.evil.example/", "https://dpu.balikpapan.example@evil.example/"):  # fmt: skip
        with app.app_context(), unit_of_work() as unit:
            unit.session.query(PublishedItem).filter_by(id=sent.id).update({"alternative": evil})
            shown = unit.session.query(Publication).filter_by(item_id=post.id).one()
            shown.card_json = shown.card_json.replace(f"{SITE}/satu", evil.replace("\\", r"\\"))
        for item in (post, sent):
            answer = go(item)
            assert "Location" not in answer.headers
            assert 'href="https://evil' not in answer.text
        with app.app_context(), unit_of_work() as unit:
            shown = unit.session.query(Publication).filter_by(item_id=post.id).one()
            shown.card_json = shown.card_json.replace(evil.replace("\\", r"\\"), f"{SITE}/satu")
