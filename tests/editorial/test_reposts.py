"""Carrying what another agency has published: who may, when it makes no sense, who sees it, and that it follows its source."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.agencies.models import Agency
from cms.changes.followers import follow_log
from cms.changes.log import read_after
from cms.core.db import unit_of_work
from cms.core.permissions import Role
from cms.editorial.endings.services import unpublish_item
from cms.editorial.followers import rebuild_changed
from cms.editorial.items.services import update_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.conftest import NOW
from tests.factories import CENTRAL, NEWS, add_agencies, add_city, add_document, add_post, add_published_post, seen
from tests.people import Caller, People

NOTE = {"comment": "Gunakan Jalan Ahmad Yani.", "place": "Balikpapan Selatan"}


@pytest.fixture
def people(app: Flask, client: FlaskClient) -> People:
    add_city(app)
    return People(app, client)


def path(item: Any, suffix: str = "") -> str:
    return f"/manage/v1/posts/{item.id}/reposts{suffix}"


def carry(caller: Caller, item: Any, agency: str, **note: Any) -> Any:
    return caller.post(path(item), json={"agency": agency, **note})


def carriers(caller: Caller, item: Any) -> list[str]:
    answer = caller.get(path(item))
    assert answer.status_code == 200, answer.text
    return [row["agency"]["slug"] for row in answer.json["data"]]  # type: ignore[index]


def log_lines(app: Flask) -> list[tuple[str, str | None, str, bool]]:
    with app.app_context():
        return [(line.action, line.agency, line.actor_label, line.is_public) for line in read_after(0)]


def test_an_agency_carries_what_another_one_published(app: Flask, people: People) -> None:
    item = add_published_post(app)
    dishub = people.person(Role.AGENCY_EDITOR, "dishub")

    made = carry(dishub, item, "dishub", **NOTE)

    assert made.status_code == 201, made.text
    assert made.json["data"] == {
        "agency": {"slug": "dishub", "name": "Dinas Dishub", "short_name": "DISHUB"},
        **NOTE,
        "at": "2026-11-24T01:00:00Z",
    }
    listed = dishub.get(path(item)).json
    assert listed["data"] == [made.json["data"]]  # type: ignore[index]
    assert log_lines(app)[-1] == ("post.reposted", "dishub", dishub.actor.label, True)


def test_the_source_sees_who_carries_it_page_by_page(app: Flask, people: People) -> None:
    item = add_published_post(app)
    central, author = people.person(Role.CENTRAL_EDITOR), people.person(Role.AUTHOR, "dpu")
    add_agencies(app, "dinkes", "bappeda")
    for agency in ("dishub", "dinkes", "kota", "bappeda"):
        assert carry(central, item, agency).status_code == 201

    first = author.get(path(item, "?limit=3")).json
    second = author.get(first["links"]["next"]).json  # type: ignore[index]

    found = [row["agency"]["slug"] for page in (first, second) for row in page["data"]]  # type: ignore[index]
    assert found == ["bappeda", "dinkes", "dishub", "kota"]
    assert second["links"]["next"] is None  # type: ignore[index]


def test_an_editor_carries_on_the_own_channel_only_and_the_city_s_is_central(app: Flask, people: People) -> None:
    item = add_published_post(app)
    dishub, city = people.person(Role.AGENCY_EDITOR, "dishub"), people.person(Role.AGENCY_EDITOR, "kota")
    add_agencies(app, "dinkes")

    assert carry(dishub, item, "dinkes").status_code == 403
    assert carry(dishub, item, "tidak-ada").status_code == 403
    assert carry(city, item, "kota").status_code == 403
    assert carry(people.person(Role.AUTHOR, "dishub"), item, "dishub").status_code == 403
    assert carry(people.person(Role.CENTRAL_EDITOR), item, "kota").status_code == 201
    assert dishub("DELETE", path(item, "/kota")).status_code == 403
    assert carriers(dishub, item) == ["kota"]


def test_what_makes_no_sense_is_a_conflict(app: Flask, people: People) -> None:
    item, city_item = add_published_post(app), add_published_post(app, title="Kota", channel="kota")
    draft = add_post(app, title="Konsep")
    central = people.person(Role.CENTRAL_EDITOR)
    assert carry(central, item, "dishub").status_code == 201

    def refused(about: Any, agency: str) -> str:
        answer = carry(central, about, agency)
        assert answer.status_code == 409, answer.text
        return str(answer.json["code"])

    assert refused(item, "dishub") == "already_reposted"
    assert refused(item, "dpu") == "own_item"
    assert refused(city_item, "kota") == "already_on_channel"
    assert refused(draft, "dishub") == "not_published"


def test_the_carrying_agency_must_exist_today(app: Flask, people: People) -> None:
    item = add_published_post(app)
    central = people.person(Role.CENTRAL_EDITOR)
    add_agencies(app, "dinas-bubar", valid_to=NOW.replace(year=2020).date())

    for agency in ("tidak-ada", "dinas-bubar"):
        answer = carry(central, item, agency)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == "/agency"
    assert carriers(central, item) == []


@pytest.mark.parametrize(
    "body",
    [{}, {"agency": None}, {"agency": "dishub", "comment": ""}, {"agency": "dishub", "comment": "x" * 501},
     {"agency": "dishub", "note": "x"}, {"agency": "dishub", "place": "a\u202eb"}],
)  # fmt: skip
def test_a_body_that_is_not_right_changes_nothing(app: Flask, people: People, body: dict[str, Any]) -> None:
    item = add_published_post(app)
    central = people.person(Role.CENTRAL_EDITOR)

    assert central.post(path(item), json=body).status_code in {400, 422}
    assert carriers(central, item) == []


@pytest.mark.parametrize("place", ["comment", "place"])
def test_a_note_that_moderation_would_hold_is_refused(app: Flask, people: People, place: str) -> None:
    item = add_published_post(app)
    central = people.person(Role.CENTRAL_EDITOR)

    answer = carry(central, item, "dishub", **{place: "Daftar slot gacor maxwin hari ini di gacor88.example"})

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {f"/{place}"}
    assert {error["code"] for error in answer.json["errors"]} == {"suspicious_note"}
    assert carriers(central, item) == []
    assert carry(central, item, "dishub", comment="Gunakan slot parkir di Bandar Lampung.").status_code == 201


def test_a_draft_of_another_agency_is_not_there_for_anybody_else(app: Flask, people: People) -> None:
    draft, document = add_post(app), add_document(app)
    dishub = people.person(Role.AGENCY_EDITOR, "dishub")

    for item in (draft, document):
        assert carry(dishub, item, "dishub").status_code == 404
        assert dishub.get(path(item)).status_code == 404
        assert dishub.get(f"/manage/v1/posts/{item.id}/social").status_code == 404
    assert dishub("DELETE", path(draft, "/dishub")).status_code == 404


def test_a_repost_ends_when_the_carrier_says_so(app: Flask, people: People) -> None:
    item = add_published_post(app)
    dishub = people.person(Role.AGENCY_EDITOR, "dishub")
    carry(dishub, item, "dishub")

    assert dishub("DELETE", path(item, "/dishub")).status_code == 204
    assert dishub("DELETE", path(item, "/dishub")).status_code == 404
    assert carriers(dishub, item) == []
    assert log_lines(app)[-1] == ("post.repost_ended", "dishub", dishub.actor.label, True)
    assert carry(dishub, item, "dishub", **NOTE).status_code == 201


def test_a_repost_rests_with_its_source_and_can_end_meanwhile(app: Flask, people: People) -> None:
    item = add_published_post(app)
    central, dishub = people.person(Role.CENTRAL_EDITOR), people.person(Role.AGENCY_EDITOR, "dishub")
    carry(dishub, item, "dishub")
    carry(central, item, "kota")
    with app.app_context():
        unpublish_item(POST, CENTRAL, item.id, seen(item), standing=Standing.VANISHED)

    # Those who carry it know of it, other agencies do not.
    assert carriers(dishub, item) == ["dishub", "kota"]
    assert carry(dishub, item, "dishub").json["code"] == "not_published"
    assert people.person(Role.AGENCY_EDITOR, "dinkes").get(path(item)).status_code == 404
    assert carry(people.person(Role.CENTRAL_EDITOR), item, "dinkes").status_code == 409
    assert central("DELETE", path(item, "/kota")).status_code == 204
    again = central("POST", f"/manage/v1/posts/{item.id}/publish", match=item.version + 1, json=NEWS)
    assert again.status_code == 200, again.text
    assert carriers(dishub, item) == ["dishub"]


def test_a_repost_is_no_write_of_the_source(app: Flask, people: People) -> None:
    item = add_published_post(app)
    editor = people.person(Role.AGENCY_EDITOR, "dpu")
    before = editor.get(f"/manage/v1/posts/{item.id}")
    carry(people.person(Role.AGENCY_EDITOR, "dishub"), item, "dishub")

    after = editor.get(f"/manage/v1/posts/{item.id}")

    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.json == before.json


def test_the_social_text_is_that_of_what_readers_have(app: Flask, people: People) -> None:
    draft = add_post(app, title="Konsep", tags=["jalan raya"])
    item = add_published_post(app, title="Penutupan jalan", tags=["jalan raya"])
    with app.app_context():
        update_item(POST, CENTRAL, item.id, {"title": "Belum terbit"}, seen(item))
    author = people.person(Role.AUTHOR, "dpu")

    of_draft = author.get(f"/manage/v1/posts/{draft.id}/social").json["data"]  # type: ignore[index]
    of_item = people.person(Role.AGENCY_EDITOR, "dishub").get(f"/manage/v1/posts/{item.id}/social").json["data"]  # type: ignore[index]

    assert of_draft["text"].startswith("Konsep\n")
    assert of_item["text"].startswith("Penutupan jalan\n")
    assert "#DPU #JalanRaya" in of_item["text"]
    assert of_item["text"].endswith(f"http://localhost/go/{item.id}")
    assert of_item["length"] == len(of_item["text"]) <= 280
    assert of_item["edition"] == 1


def test_a_withdrawn_post_has_no_social_text_until_it_holds_again(app: Flask, people: People) -> None:
    item = add_published_post(app, title="Penutupan jalan")
    editor, site = people.person(Role.AGENCY_EDITOR, "dpu"), people.website()

    def texts() -> tuple[Any, Any]:
        made = editor.get(f"/manage/v1/posts/{item.id}/social").json["data"]  # type: ignore[index]
        assert (made["length"], made["edition"]) == (len(made["text"] or ""), 1)
        return made["text"], site.get(f"/v1/posts/{item.id}").json["data"]["social_text"]  # type: ignore[index]

    def step(name: str, match: int, **values: Any) -> None:
        assert editor("POST", f"/manage/v1/posts/{item.id}/{name}", match=match, json=values).status_code == 200

    before = texts()
    step("unpublish", item.version, kind="withdrawn", explanation="Tidak berlaku.")
    assert texts() == (None, None)
    step("publish", item.version + 1, change_note="Berlaku lagi.")
    assert texts() == before
    assert before[0] == before[1] is not None


def test_a_renamed_owner_or_a_new_site_shows_in_what_others_carry(app: Flask, people: People) -> None:
    item = add_published_post(app)
    carry(people.person(Role.CENTRAL_EDITOR), item, "dishub")
    site, admin = people.website(), people.person(Role.ADMIN)

    values = {"name": "Dinas PUPR", "site_url": "https://pupr.balikpapan.example/"}
    changed = admin("PATCH", "/manage/v1/agencies/dpu", match=1, json=values)
    assert changed.status_code == 200, changed.text
    with app.app_context():
        while follow_log("presenter", rebuild_changed):
            pass

    card = site.get("/v1/posts?channel=dishub").json["data"][0]  # type: ignore[index]
    assert card["relation"] == "repost"
    assert card["credit_line"] == "Sumber: Dinas PUPR"
    assert card["canonical_url"] == "https://pupr.balikpapan.example/penutupan-jalan-mt-haryono"


def test_a_renamed_carrier_shows_at_once(app: Flask, people: People) -> None:
    item = add_published_post(app)
    carry(people.person(Role.CENTRAL_EDITOR), item, "dishub")
    site, admin = people.website(), people.person(Role.ADMIN)
    site.get("/v1/posts?channel=dishub")

    assert admin("PATCH", "/manage/v1/agencies/dishub", match=1, json={"name": "Dishub Kota"}).status_code == 200

    assert site.get("/v1/posts?channel=dishub").json["data"][0]["repost"]["agency"]["name"] == "Dishub Kota"  # type: ignore[index]


def test_agencies_have_no_way_to_disappear_from_under_a_repost(app: Flask, people: People) -> None:
    """A carrier that was merged away keeps what it carried: its channel is its archive."""
    item = add_published_post(app)
    central = people.person(Role.CENTRAL_EDITOR)
    carry(central, item, "dishub")
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Agency, "dishub").valid_to = NOW.replace(year=2020).date()

    assert carriers(central, item) == ["dishub"]
    assert central("DELETE", path(item, "/dishub")).status_code == 204
