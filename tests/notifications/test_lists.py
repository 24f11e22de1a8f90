"""Who is told of what, over HTTP: a list of their own for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from cms.changes.followers import follow_log
from cms.changes.log import read_after
from cms.changes.models import FollowerPosition
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.dead_letters.services import set_aside
from cms.core.permissions import Role
from cms.notifications.followers import NAME, tell_people
from cms.notifications.models import Notification
from cms.notifications.services.lists import purge_notifications
from cms.notifications.tasks import tell_of_keys, tell_of_schedules
from cms.notifications.words import sentence_of
from cms.publishing.tasks import QUEUE
from tests.factories import add_consumer, add_key
from tests.notifications.telling import MANAGE, Newsroom, tell

Moment = Callable[[timedelta], None]


def test_who_can_take_the_next_step_is_told_and_nobody_else(newsroom: Newsroom) -> None:
    item_id = newsroom.submitted(title="Penutupan Jalan MT Haryono")

    (message,) = newsroom.told(newsroom.editor)
    assert message == {
        "id": message["id"],
        "kind": "waiting",
        "text_id": "Author dpu mengajukan “Penutupan Jalan MT Haryono” untuk diperiksa.",
        "text_en": "Author dpu submitted “Penutupan Jalan MT Haryono” for review.",
        "resource": {"type": "post", "id": item_id, "title": "Penutupan Jalan MT Haryono"},
        "agency": "dpu",
        "actor": {"id": newsroom.author.actor.id, "name": "author dpu"},
        "sequence": message["sequence"],
        "url": f"http://localhost/manage/v1/posts/{item_id}",
        "created_at": "2026-11-24T01:00:00Z",
        "read_at": None,
    }
    assert newsroom.kinds(newsroom.central) == ["waiting"]
    assert [newsroom.told(who) for who in (newsroom.author, newsroom.elsewhere, newsroom.admin)] == [[], [], []]


def test_authors_are_told_what_others_do_with_their_work(newsroom: Newsroom) -> None:
    returned, published = newsroom.submitted(), newsroom.submitted()
    newsroom.step(newsroom.editor, returned, "return", {"comment": "Mohon lengkapi."})
    newsroom.step(newsroom.editor, published, "approve")
    newsroom.step(newsroom.editor, published, "publish")
    newsroom.step(newsroom.editor, published, "unpublish", {"kind": "gone", "explanation": "Ditarik."})

    assert newsroom.kinds(newsroom.author) == ["taken_back", "published", "approved", "returned"]
    # The editor's own acts are no news to the editor; that the approved post waits is told to whoever else may publish it.
    assert newsroom.kinds(newsroom.editor) == []
    assert "Mohon lengkapi." not in str(newsroom.told(newsroom.author))


def test_what_was_approved_waits_for_those_who_may_publish_it(newsroom: Newsroom) -> None:
    item_id = newsroom.submitted()
    newsroom.step(newsroom.editor, item_id, "approve")

    assert newsroom.kinds(newsroom.central) == ["waiting"]
    assert newsroom.told(newsroom.central)[0]["text_id"].endswith(
        "sudah disetujui agency_editor dpu dan menunggu diterbitkan."
    )


def test_a_comment_reaches_all_who_talk_about_the_item(newsroom: Newsroom) -> None:
    item_id = newsroom.draft()
    for who, said in ((newsroom.editor, "Judulnya?"), (newsroom.central, "Setuju."), (newsroom.author, "Sudah.")):
        assert who.post(f"{MANAGE}/posts/{item_id}/comments", json={"body": said}).status_code == 201
        tell(newsroom.app)

    assert newsroom.kinds(newsroom.author) == ["comment", "comment"]
    assert newsroom.kinds(newsroom.editor) == ["comment", "comment"]
    assert newsroom.kinds(newsroom.central) == ["comment"]
    assert "Judulnya?" not in str(newsroom.told(newsroom.author))


def test_a_schedule_that_somebody_else_cancels_or_that_fails_is_told(app: Flask, newsroom: Newsroom) -> None:
    item_id = newsroom.draft()
    newsroom.step(newsroom.editor, item_id, "schedule", {"publish_at": "2026-12-01T08:00:00"})
    version = newsroom.central.get(f"{MANAGE}/posts/{item_id}").json["data"]["version"]  # type: ignore[index]
    assert newsroom.central("DELETE", f"{MANAGE}/posts/{item_id}/schedule", match=version).status_code == 200

    assert newsroom.kinds(newsroom.editor) == ["schedule"]
    assert newsroom.kinds(newsroom.author) == ["schedule"]
    with app.app_context():
        set_aside(QUEUE, item_id, ValueError("rusak"))
        for _ in range(3):
            tell_of_schedules()
    assert newsroom.kinds(newsroom.author) == ["schedule", "schedule"]
    assert "rusak" not in str(newsroom.told(newsroom.author))


def test_breakers_and_freezes_are_told_to_those_concerned(newsroom: Newsroom) -> None:
    frozen = newsroom.central.post(f"{MANAGE}/freeze", json={"agency": "dpu", "reason": "Akun dibajak."})
    assert frozen.status_code == 201

    assert newsroom.kinds(newsroom.author) == ["freeze"]
    assert newsroom.told(newsroom.editor)[0]["text_id"] == "Central_editor membekukan penerbitan Dinas Dpu."
    assert newsroom.kinds(newsroom.elsewhere) == newsroom.kinds(newsroom.central) == []
    assert "dibajak" not in str(newsroom.told(newsroom.author))
    assert newsroom.central("DELETE", f"{MANAGE}/freeze/dpu").status_code == 204
    assert newsroom.kinds(newsroom.author) == ["freeze", "freeze"]


def test_a_tripped_breaker_is_told_to_the_person_and_to_who_may_reset_it(
    newsroom: Newsroom, set_up: Callable[..., None]
) -> None:
    set_up(breaker_person=2)
    for _ in range(2):
        newsroom.step(newsroom.editor, newsroom.draft(), "publish")

    assert newsroom.kinds(newsroom.editor) == ["breaker"]
    assert newsroom.kinds(newsroom.central, kind="breaker") == ["breaker"]
    assert newsroom.kinds(newsroom.admin) == ["breaker"]
    assert newsroom.kinds(newsroom.author, kind="breaker") == []


def test_administrators_are_told_of_keys_that_expire_unless_there_is_a_successor(
    app: Flask, newsroom: Newsroom, moment: Moment
) -> None:
    consumer = add_consumer(app)
    add_key(app, consumer)
    for days in (334, 2, 23, 5):
        moment(timedelta(days=days))
        with app.app_context():
            for _ in range(2):
                tell_of_keys()
    # 31 days before nothing, then 29, 6 and 1 days before.
    with app.app_context():
        told = session.scalars(select(Notification)).all()
        sentences = {sentence_of(each, None, "Asia/Makassar").id for each in told}
    assert [each.user_id for each in told] == [newsroom.admin.actor.id] * 3
    (sentence,) = sentences
    assert "milik Situs DPU berakhir pada 24 November 2027 pukul 09.00" in sentence


def test_of_a_key_that_has_a_successor_nobody_is_told(app: Flask, newsroom: Newsroom, moment: Moment) -> None:
    consumer = add_consumer(app)
    add_key(app, consumer)
    moment(timedelta(days=340))
    add_key(app, consumer)
    add_key(app, add_consumer(app), expires_at=clock.now() + timedelta(days=3), revoked_at=clock.now())
    with app.app_context():
        tell_of_keys()
        assert session.scalar(select(func.count()).select_from(Notification)) == 0


def test_lines_that_are_handled_twice_tell_nothing_twice(app: Flask, newsroom: Newsroom) -> None:
    newsroom.submitted()
    tell(app)
    with app.app_context():
        counted = select(func.count()).select_from(Notification)
        before = session.scalar(counted)
        with unit_of_work() as unit:
            unit.session.get_one(FollowerPosition, NAME).sequence = 0
        while follow_log(NAME, tell_people):
            pass
        with unit_of_work() as unit:
            tell_people(unit, read_after(0))
        assert (before, session.scalar(counted)) == (2, 2)


def test_a_title_is_shown_only_to_who_may_see_the_item_now(app: Flask, newsroom: Newsroom) -> None:
    newsroom.submitted(title="Rahasia rapat")
    assert newsroom.told(newsroom.editor)[0]["resource"]["title"] == "Rahasia rapat"
    user = newsroom.admin.get(f"{MANAGE}/users/{newsroom.editor.actor.id}").json["data"]  # type: ignore[index]
    moved = newsroom.admin(
        "PATCH",
        f"{MANAGE}/users/{user['id']}",
        match=user["version"],
        json={"memberships": [{"role": "agency_editor", "agency": "dishub"}]},
    )
    assert moved.status_code == 200

    account, waiting = newsroom.told(newsroom.editor)
    assert account["kind"] == "account"
    assert waiting["resource"]["title"] is None
    assert "Rahasia rapat" not in str(newsroom.told(newsroom.editor))


def test_messages_are_marked_as_read_by_id_and_up_to_one(newsroom: Newsroom) -> None:
    for _ in range(3):
        newsroom.submitted()
    newest, middle, oldest = newsroom.told(newsroom.editor)

    def read(body: object) -> int:
        answer = newsroom.editor.post(f"{MANAGE}/notifications/read", json=body)
        assert answer.status_code == 200, answer.json
        return int(answer.json["data"]["unread"])  # type: ignore[index]

    assert newsroom.editor.post(f"{MANAGE}/notifications/read", json={}).status_code == 422
    assert read({"ids": [newest["id"]]}) == 2
    assert [each["id"] for each in newsroom.told(newsroom.editor, unread="true")] == [middle["id"], oldest["id"]]
    assert read({"until": middle["id"]}) == 0
    assert newsroom.told(newsroom.editor, unread="true") == []
    assert len(newsroom.told(newsroom.editor, unread="false")) == 3
    # Somebody else's ids change nothing.
    (own, *_rest) = newsroom.told(newsroom.central)
    assert read({"ids": [own["id"]]}) == 0
    assert newsroom.told(newsroom.central)[0]["read_at"] is None


def test_the_list_has_pages(newsroom: Newsroom) -> None:
    ids = [newsroom.submitted() for _ in range(3)]
    newsroom.told(newsroom.editor)
    first = newsroom.editor.get(f"{MANAGE}/notifications?limit=2").json
    second = newsroom.editor.get(first["links"]["next"]).json  # type: ignore[index]
    shown = [each["resource"]["id"] for each in [*first["data"], *second["data"]]]  # type: ignore[index]
    assert shown == ids[::-1]
    assert second["links"]["next"] is None  # type: ignore[index]


def test_what_happens_to_an_account_is_told_to_its_person(newsroom: Newsroom) -> None:
    user = newsroom.people.person(Role.AUTHOR, "dishub")
    found = newsroom.admin.get(f"{MANAGE}/users/{user.actor.id}").json["data"]  # type: ignore[index]
    changed = newsroom.admin(
        "PATCH", f"{MANAGE}/users/{user.actor.id}", match=found["version"], json={"email": "baru@balikpapan.example"}
    )
    assert changed.status_code == 200
    assert newsroom.kinds(user) == ["account"]
    assert newsroom.kinds(newsroom.editor) == []


def test_old_messages_go(app: Flask, newsroom: Newsroom, moment: Moment) -> None:
    for _ in range(2):
        newsroom.submitted()
    tell(app)
    oldest = newsroom.told(newsroom.editor)[-1]["id"]
    with app.app_context():
        with unit_of_work() as unit:
            unit.session.get_one(Notification, oldest).created_at = clock.now() - timedelta(days=91)
        assert purge_notifications() == 1
        assert purge_notifications() == 0
    assert len(newsroom.told(newsroom.editor)) == 1
