"""Everything that a hijacked account did since a moment is undone by one order (R-C8)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from cms.core.permissions import Role
from cms.editorial.items.services import publish_item, update_item
from cms.editorial.rollback.orders import Order
from cms.editorial.rollback.services import finish_rollback, start_rollback, undo_item
from cms.posts.content import POST
from tests.factories import NEWS, add_published_post
from tests.factories import seen as versions
from tests.moderation.rollbacks import LATER, REASON, act, counts, edit, make, publish, roll_back, seen
from tests.people import Caller, People

DEFACED = {"title": "Slot gacor", "body": "Daftar slot gacor maxwin deposit pulsa."}
MANY = int(os.environ.get("ROLLBACK_ITEMS", "50"))


def alarms(app: Flask) -> float:
    """How many alarms of this process said that a rollback was carried out."""
    lines = app.test_client().get("/metrics").get_data(as_text=True).splitlines()
    name = 'simpul_moderation_alarms_total{alarm="rolled_back"}'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_readers_get_again_what_they_had(
    app: Flask, editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    good = make(editor, title="Jalan ditutup")
    publish(editor, good)
    moment(LATER)
    edit(editor, good, title="Judul rusak", body="Isi rusak.")
    publish(editor, good)
    fresh = make(editor, title="Sisipan")
    publish(editor, fresh)
    draft = make(editor, title="Draf sisipan")
    assert seen(site, good) == (200, "Judul rusak")

    done = roll_back(central, editor)

    assert counts(done) == {"restored": 1, "withdrawn": 1, "trashed": 1}
    assert seen(site, good) == (200, "Jalan ditutup")
    assert seen(site, fresh)[0] == 404
    item = central.get(f"/manage/v1/posts/{good}").json["data"]
    assert (item["title"], item["state"], item["edition"], item["published_edition"]) == (
        "Jalan ditutup",
        "published",
        3,
        3,
    )
    assert central.get(f"/manage/v1/posts/{draft}").json["data"]["state"] == "trashed"
    with app.app_context():
        lines = session.scalars(
            select(Change).where(Change.actor_id == central.actor.id).order_by(Change.sequence)
        ).all()
        marked = [line for line in lines if line.facts.get("cause") == {"kind": "rollback", "id": done["id"]}]
        assert {line.resource_id for line in marked} == {good, fresh, draft}
        assert lines[-1].action == "rollback.finished"


def test_what_was_taken_back_is_live_again_and_a_colleagues_draft_stays(
    editor: Caller, colleague: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    taken, drafted = make(editor, title="Ditarik"), make(editor, title="Terbit")
    for item in (taken, drafted):
        publish(editor, item)
    edit(colleague, drafted, title="Draf rekan")
    moment(LATER)
    act(editor, taken, "unpublish", {"kind": "gone", "explanation": "Ditarik."})
    edit(editor, drafted, title="Rusak")
    publish(editor, drafted)

    assert counts(roll_back(central, editor)) == {"republished": 1, "restored": 1}
    assert seen(site, taken) == (200, "Ditarik")
    assert seen(site, drafted) == (200, "Terbit")
    item = central.get(f"/manage/v1/posts/{drafted}").json["data"]
    assert (item["title"], item["state"]) == ("Draf rekan", "draft")


def test_drafts_get_their_old_content_and_the_trash_is_emptied_onto_the_desk(
    editor: Caller, colleague: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    edited, trashed = make(colleague, title="Naskah"), make(colleague, title="Dibuang")
    moment(LATER)
    edit(editor, edited, title="Rusak")
    act(editor, trashed, method="DELETE")

    assert counts(roll_back(central, editor)) == {"reverted": 2}
    assert central.get(f"/manage/v1/posts/{edited}").json["data"]["title"] == "Naskah"
    assert central.get(f"/manage/v1/posts/{trashed}").json["data"]["state"] == "draft"


def test_what_a_colleague_has_set_right_stays(
    editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    item = make(editor, title="Terbit")
    publish(editor, item)
    moment(LATER)
    edit(editor, item, title="Rusak")
    publish(editor, item)
    edit(central, item, title="Diperbaiki")
    publish(central, item)

    assert counts(roll_back(central, editor)) == {"unchanged": 1}
    assert seen(site, item) == (200, "Diperbaiki")


def test_doing_it_again_changes_nothing_and_time_agency_and_person_limit_it(
    editor: Caller, people: People, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    other = people.person(Role.AGENCY_EDITOR, "dishub")
    mine, theirs = make(editor, title="Baik"), make(other, agency="dishub", title="Baik juga")
    publish(editor, mine)
    publish(other, theirs)
    moment(LATER)
    edit(editor, mine, title="Rusak")
    publish(editor, mine)
    edit(other, theirs, title="Baru")
    publish(other, theirs)

    assert counts(roll_back(central, editor, agency="dishub")) == {}
    assert counts(roll_back(central, editor)) == {"restored": 1}
    assert counts(roll_back(central, editor)) == {"unchanged": 1}
    assert seen(site, mine) == (200, "Baik")
    assert seen(site, theirs) == (200, "Baru")


def test_a_rehearsal_tells_what_would_happen(
    editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    item = make(editor, title="Baik")
    publish(editor, item)
    moment(LATER)
    edit(editor, item, title="Rusak")
    publish(editor, item)

    body = {"actor": editor.actor.id, "since": "2026-11-24T01:03:00Z", "reason": REASON}
    answer = central.post("/manage/v1/rollback?dry_run=true", json=body)

    assert (answer.status_code, answer.json["data"]["done"]["restored"]) == (200, 1)
    assert seen(site, item) == (200, "Rusak")
    assert central.get("/manage/v1/rollback").json["data"] == []


def test_it_alarms_once_when_it_is_carried_out_and_never_for_a_rehearsal(
    app: Flask, editor: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    before = alarms(app)
    item = make(editor, title="Baik")
    publish(editor, item)
    moment(LATER)
    edit(editor, item, title="Rusak")
    publish(editor, item)
    body = {"actor": editor.actor.id, "since": "2026-11-24T01:03:00Z", "reason": REASON}

    assert central.post("/manage/v1/rollback?dry_run=true", json=body).status_code == 200
    assert alarms(app) == before
    roll_back(central, editor)
    assert alarms(app) == before + 1
    assert counts(roll_back(central, editor)) == {"unchanged": 1}
    assert alarms(app) == before + 1


def test_an_order_that_several_send_at_once_is_one_rollback_and_one_alarm(
    app: Flask, editor: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    before = alarms(app)
    item = make(editor, title="Baik")
    publish(editor, item)
    moment(LATER)
    edit(editor, item, title="Rusak")
    publish(editor, item)
    order = Order(str(editor.actor.id), datetime(2026, 11, 24, 1, 3, tzinfo=UTC), None, REASON)
    all_there = Barrier(4)

    def send(_number: int) -> str:
        with app.app_context():
            all_there.wait(timeout=10)
            return start_rollback(central.actor, order)

    with ThreadPoolExecutor(4) as pool:
        begun = set(pool.map(send, range(4)))
    assert len(begun) == 1

    def finish(_number: int) -> None:
        with app.app_context():
            all_there.wait(timeout=10)
            finish_rollback(central.actor, *begun)

    with app.app_context():
        assert undo_item(central.actor, *begun, "post", item) == "restored"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(finish, range(4)))
    assert alarms(app) == before + 1


def test_an_interrupted_rollback_goes_on(
    app: Flask, editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    items = [make(editor, title=f"Berita {number}") for number in range(3)]
    for item in items:
        publish(editor, item)
    moment(LATER)
    for item in items:
        edit(editor, item, title="Rusak")
        publish(editor, item)
    order = Order(str(editor.actor.id), datetime(2026, 11, 24, 1, 3, tzinfo=UTC), None, REASON)
    with app.app_context():
        begun = start_rollback(central.actor, order)
        assert undo_item(central.actor, begun, "post", items[0]) == "restored"

    done = roll_back(central, editor)

    assert done["id"] == begun
    assert counts(done) == {"restored": 3, "unchanged": 1}
    assert [seen(site, item)[1] for item in items] == ["Berita 0", "Berita 1", "Berita 2"]


def test_what_was_scheduled_does_not_happen(
    editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    item = make(editor, title="Terjadwal")
    moment(LATER)
    act(editor, item, "schedule", {"publish_at": "2026-11-24T01:08:00Z"})

    assert counts(roll_back(central, editor)) == {"reverted": 1}

    moment(timedelta(minutes=4))
    assert seen(site, item)[0] == 404


def test_only_central_editors_may_and_the_order_is_checked(editor: Caller, central: Caller, people: People) -> None:
    body = {"actor": editor.actor.id, "since": "2026-11-24T00:00:00Z", "reason": REASON}
    assert editor.post("/manage/v1/rollback", json=body).status_code == 403
    assert people.person(Role.ADMIN).post("/manage/v1/rollback", json=body).status_code == 403
    assert central.post("/manage/v1/rollback", json={**body, "since": "2027-01-01T00:00:00Z"}).status_code == 422
    assert central.post("/manage/v1/rollback", json={**body, "actor": "nobody"}).status_code == 422
    assert central.post("/manage/v1/rollback", json={**body, "key": "x"}).status_code == 400


def test_a_frozen_city_is_set_right(
    editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None]
) -> None:
    """The order of an incident: freeze, (suspend,) roll back, lift the freeze."""
    item = make(editor, title="Baik")
    publish(editor, item)
    moment(LATER)
    edit(editor, item, title="Rusak")
    publish(editor, item)
    assert central.post("/manage/v1/freeze", json={"reason": REASON}).status_code == 201

    assert counts(roll_back(central, editor)) == {"restored": 1}

    assert seen(site, item) == (200, "Baik")
    assert central("DELETE", "/manage/v1/freeze/city").status_code == 204


@pytest.mark.timeout(900)
def test_many_defaced_posts_are_restored_in_time(
    app: Flask,
    editor: Caller,
    central: Caller,
    site: Caller,
    moment: Callable[[timedelta], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`ROLLBACK_ITEMS=1000` proves the figure of the issue: 1,000 posts in 60 seconds (of processor time: a busy machine is no slower at it)."""
    made = [add_published_post(app, editor.actor, title=f"Berita {number}") for number in range(MANY)]
    moment(LATER)
    with app.app_context():
        for item in made:
            changed = update_item(POST, editor.actor, item.id, {"title": "Rusak"}, versions(item)).item
            publish_item(POST, editor.actor, item.id, versions(changed), **NEWS)
    items = [item.id for item in made]

    begin = time.process_time()
    done = roll_back(central, editor)
    seconds = time.process_time() - begin

    assert counts(done) == {"restored": MANY}
    assert [seen(site, item)[1] for item in items] == [f"Berita {number}" for number in range(MANY)]
    with capsys.disabled():
        print(f"\n{MANY} posts restored in {seconds:.1f} s")
    assert seconds < 60
