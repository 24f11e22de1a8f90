"""Four ways of going away, what readers are told, and where they are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cms.agencies.models import Agency
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.permissions import Role
from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.models import Item
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from cms.publishing.stored_content import prove_content
from tests.factories import (
    CENTRAL,
    NEWS,
    add_agencies,
    add_city,
    add_post,
    add_published_document,
    add_published_post,
    seen,
)
from tests.people import Caller, People

Moment = Callable[[timedelta], None]


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


def take(app: Flask, item: Item, standing: Standing, **told: Any) -> Item:
    with app.app_context():
        return unpublish_item(POST, CENTRAL, item.id, seen(item), standing=standing, **told).item


def change(app: Flask, item: Item, patch: dict[str, Any], **said: Any) -> Item:
    with app.app_context():
        changed = update_item(POST, CENTRAL, item.id, patch, seen(item)).item
        return publish_item(POST, CENTRAL, item.id, seen(changed), **(said or NEWS)).item


def page_of(app: Flask, item_id: str) -> str:
    """The address for people of an item whose agency has no site."""
    return f"{app.config['PUBLIC_URL']}/go/{item_id}"


def resolved(site: Caller, slug: str, status: int = 200) -> dict[str, Any]:
    answer = site.get(f"/v1/resolve?type=post&agency=dpu&slug={slug}")
    assert answer.status_code == status
    return answer.json["data"] if status == 200 else {}


def test_withdrawn_stays_readable_with_a_dated_notice(app: Flask, site: Caller, moment: Moment) -> None:
    item = add_published_post(app)
    before = {path: site.get(path) for path in ("/v1/posts", f"/v1/posts/{item.id}")}
    moment(timedelta(minutes=5))
    item = take(app, item, Standing.WITHDRAWN, explanation="Jadwal tidak berlaku lagi.")

    notice = {"at": "2026-11-24T01:05:00Z", "explanation": "Jadwal tidak berlaku lagi."}
    for path, old in before.items():
        now = site.get(path, headers={"If-None-Match": old.headers["ETag"]})
        assert now.status_code == 200
        shown = now.json["data"][0] if path == "/v1/posts" else now.json["data"]
        assert shown["withdrawn"] == notice
        assert shown["updated_at"] == "2026-11-24T01:05:00Z"
        assert shown["public_updated_at"] == "2026-11-24T01:00:00Z"
    address = resolved(site, item.slug)
    assert (address["status"], address["explanation"]) == ("withdrawn", notice["explanation"])
    assert (item.state, item.published_edition, item.unpublished_as) == ("unpublished", 1, "withdrawn")

    again = change(app, item, {"title": "Berlaku lagi"})
    shown = site.get(f"/v1/posts/{item.id}").json["data"]
    assert (shown["withdrawn"], shown["title"]) == (None, "Berlaku lagi")
    assert resolved(site, item.slug)["status"] == "live"
    assert (again.state, again.unpublished_as) == ("published", None)


def test_withdrawn_can_be_taken_away_altogether_but_not_withdrawn_twice(
    people: People, app: Flask, site: Caller
) -> None:
    item = take(app, add_published_post(app), Standing.WITHDRAWN, explanation="Tidak berlaku.")
    with app.app_context(), pytest.raises(Exception, match="wrong_state"):
        unpublish_item(POST, CENTRAL, item.id, seen(item), standing=Standing.WITHDRAWN, explanation="Sekali lagi.")
    take(app, item, Standing.GONE, explanation="Dihapus.")
    gone = site.get(f"/v1/posts/{item.id}")
    assert (gone.status_code, gone.json["explanation"]) == (410, "Dihapus.")


def test_a_redirect_sends_readers_to_the_present_address_of_an_item(app: Flask, site: Caller) -> None:
    first, second, third = (add_published_post(app, title=title) for title in ("Satu", "Dua", "Tiga"))
    take(app, first, Standing.REDIRECTED, to=second.id)
    take(app, second, Standing.REDIRECTED, to=third.id)
    third = change(app, third, {"slug": "tiga-baru"})

    gone = site.get(f"/v1/posts/{first.id}")
    assert (gone.status_code, gone.json["code"]) == (410, "redirected")
    page = page_of(app, third.id)
    assert gone.json["alternative"] == page
    assert gone.json["target"] == {"canonical_url": page, "id": third.id, "type": "post", "agency": "dpu"}
    address = resolved(site, "satu")
    assert (address["status"], address["id"], address["to"]) == ("moved", third.id, page)
    assert (address["agency"], address["slug"], address["canonical_url"]) == ("dpu", "tiga-baru", page)

    take(app, third, Standing.VANISHED)
    assert resolved(site, "satu")["status"] == "gone"
    assert site.get(f"/v1/posts/{first.id}").json["alternative"] is None


def test_a_redirect_to_an_address_of_the_city(app: Flask, site: Caller) -> None:
    add_agencies(app, "dlh")
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Agency, "dlh").site_url = "https://dlh.balikpapan.example/"
    for to in ("/layanan/drainase", "https://dlh.balikpapan.example/drainase", "https://www.dlh.balikpapan.example/x"):
        item = add_published_post(app)
        take(app, item, Standing.REDIRECTED, to=to, explanation="Kini di sini.")
        gone = site.get(f"/v1/posts/{item.id}").json
        outside = {"canonical_url": to, "id": None, "type": None, "agency": None}
        assert (gone["alternative"], gone["target"]) == (to, outside)
        address = resolved(site, item.slug)
        assert (address["status"], address["to"], address["explanation"]) == ("moved", to, "Kini di sini.")
    for to in (
        "https://dlh.balikpapan.example.slot.example/",
        "https://evil.example/",
        "https://xdlh.balikpapan.example/",
    ):
        item = add_published_post(app)
        with app.app_context(), pytest.raises(Exception, match="invalid_content"):
            unpublish_item(POST, CENTRAL, item.id, seen(item), standing=Standing.REDIRECTED, to=to)


def test_a_redirect_needs_a_live_item_that_is_not_itself(app: Flask, site: Caller) -> None:
    item, other = add_published_post(app), add_published_post(app)
    take(app, other, Standing.VANISHED)
    for to in (item.id, other.id):
        with app.app_context(), pytest.raises(Exception, match="invalid_content"):
            unpublish_item(POST, CENTRAL, item.id, seen(item), standing=Standing.REDIRECTED, to=to)
    document = add_published_document(app)
    take(app, item, Standing.REDIRECTED, to=document.id)
    assert site.get(f"/v1/posts/{item.id}").json["alternative"] == page_of(app, document.id)


def test_a_redirect_leads_to_what_readers_have_also_while_the_worker_stands_still(
    app: Flask, people: People, site: Caller, moment: Moment
) -> None:
    over, begun = add_published_post(app, title="Sudah berakhir"), add_post(app, title="Sudah mulai")
    hour = clock.now() + timedelta(hours=1)
    with app.app_context():
        schedule_item(POST, CENTRAL, over.id, seen(over), Schedule(None, hour, "Asia/Makassar"))
        schedule_item(POST, CENTRAL, begun.id, seen(begun), Schedule(hour, None, "Asia/Makassar"))
    moment(timedelta(hours=1))
    assert site.get(f"/v1/posts/{over.id}").status_code == 410
    assert site.get(f"/v1/posts/{begun.id}").status_code == 200

    editor, item = people.person(Role.CENTRAL_EDITOR), add_published_post(app)
    path = f"/manage/v1/posts/{item.id}/unpublish"
    refused = editor.post(path, {"kind": "redirect", "to": over.id}, match=item.version)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_found")
    assert editor.post(path, {"kind": "redirect", "to": begun.id}, match=item.version).status_code == 200
    assert site.get(f"/v1/posts/{item.id}").json["alternative"] == page_of(app, begun.id)


def test_vanished_is_as_if_it_had_never_been(app: Flask, site: Caller) -> None:
    item = add_published_post(app)
    take(app, item, Standing.VANISHED, explanation="Rahasia.")
    assert site.get(f"/v1/posts/{item.id}").status_code == 404
    resolved(site, item.slug, 404)
    back = add_published_post(app, title=item.title)
    assert back.slug != item.slug


@pytest.mark.parametrize(("kind", "to"), [("gone", None), ("redirect", "/layanan")])
def test_a_central_editor_takes_away_what_is_still_told_of_an_ended_item(
    app: Flask, people: People, site: Caller, kind: str, to: str | None
) -> None:
    """The explanation may be what has to go: a name, or a link that should not be there."""
    central, editor = people.person(Role.CENTRAL_EDITOR), people.person(Role.AGENCY_EDITOR, "dpu")
    item = add_published_post(app)
    path = f"/manage/v1/posts/{item.id}"
    body = {"kind": kind, "to": to, "explanation": "Nama yang tidak boleh disebut."}
    sent = {name: value for name, value in body.items() if value}
    assert central.post(f"{path}/unpublish", sent, match=item.version).status_code == 200
    told = site.get(f"/v1/posts/{item.id}")
    assert (told.status_code, "Nama yang" in told.text) == (410, True)

    ended = central.get(path)
    assert "vanish" in ended.json["data"]["allowed_actions"]
    assert "vanish" not in editor.get(path).json["data"]["allowed_actions"]
    version = ended.json["data"]["version"]
    assert editor.post(f"{path}/unpublish", {"kind": "vanish"}, match=version).status_code == 403
    assert central.post(f"{path}/unpublish", {"kind": "vanish"}, match=version).status_code == 200

    assert site.get(f"/v1/posts/{item.id}").status_code == 404
    resolved(site, item.slug, 404)
    after = central.get(path).json["data"]
    assert (after["state"], after["unpublished_as"]) == ("unpublished", "vanish")
    assert "vanish" not in after["allowed_actions"]
    again = central.post(f"{path}/unpublish", {"kind": "vanish"}, match=after["version"])
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")
    with app.app_context():
        assert [finding.sentence() for finding in prove_content()] == []
    assert central.post(f"{path}/publish", {"change_note": "Terbit lagi."}, match=after["version"]).status_code == 200
    assert site.get(f"/v1/posts/{item.id}").status_code == 200


def test_old_addresses_lead_to_the_present_one_and_are_never_given_away(app: Flask, site: Caller) -> None:
    item = add_published_post(app, title="Satu")
    for slug in ("dua", "tiga", "empat"):
        item = change(app, item, {"slug": slug})
    for slug in ("satu", "dua", "tiga"):
        moved = resolved(site, slug)
        assert (moved["status"], moved["to"], moved["slug"]) == ("moved", page_of(app, item.id), "empat")
    assert add_published_post(app, title="Dua").slug == "dua-2"
    assert change(app, item, {"slug": "dua"}).slug == "dua"
    assert resolved(site, "empat")["slug"] == "dua"


def test_public_notes_tell_the_history_of_major_updates(app: Flask, site: Caller, moment: Moment) -> None:
    item = add_published_post(app)
    for patch, said in (
        ({"summary": "a"}, {"change_note": "Jalur alternatif ditambahkan."}),
        ({"summary": "b"}, {"change_note": "Salah ketik.", "update": "minor"}),
        ({"summary": "c"}, {"change_note": "Jam berubah."}),
    ):
        moment(timedelta(minutes=1))
        item = change(app, item, patch, **said)

    shown = site.get(f"/v1/posts/{item.id}").json["data"]
    assert shown["change_history"] == [
        {"at": "2026-11-24T01:03:00Z", "note": "Jam berubah."},
        {"at": "2026-11-24T01:01:00Z", "note": "Jalur alternatif ditambahkan."},
        {"at": "2026-11-24T01:00:00Z", "note": "Terbit pertama kali."},
    ]
    assert (shown["updated_at"], shown["public_updated_at"]) == ("2026-11-24T01:03:00Z", "2026-11-24T01:03:00Z")
    item = take(app, item, Standing.GONE, explanation="Ditarik.")
    moment(timedelta(minutes=1))
    change(app, item, {"summary": "d"}, change_note="Kembali.", update="minor")
    shown = site.get(f"/v1/posts/{item.id}").json["data"]
    assert len(shown["change_history"]) == 3
    assert (shown["updated_at"], shown["public_updated_at"]) == ("2026-11-24T01:04:00Z", "2026-11-24T01:03:00Z")
    found = site.get("/v1/posts?updated_after=2026-11-24T01:03:30Z").json["data"]
    assert [row["id"] for row in found] == [item.id]


def test_content_in_english_gets_its_first_note_in_english(app: Flask, site: Caller) -> None:
    item = add_published_post(app, language="en")
    assert site.get(f"/v1/posts/{item.id}").json["data"]["change_history"][0]["note"] == "First published."
