"""Mail over real SMTP: who gets what, what it says, and what it never says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.db import unit_of_work
from cms.notifications.models import Mail, MailState
from cms.notifications.smtp import MailServer
from cms.notifications.tasks import make_due_summaries
from tests.core.other_hosts import certified
from tests.notifications.mail_servers import PASSWORD, USER, MailBox, taking_mail
from tests.notifications.telling import FROM, MANAGE, Newsroom, address, mails, send_all, tell

Moment = Callable[[timedelta], None]
Send = Callable[[], None]
SECRETS = {"body": "Isi **rahasia** rapat.", "summary": "Ringkasan rahasia."}


def test_a_mail_says_what_happened_and_where_and_nothing_of_the_content(
    newsroom: Newsroom, box: MailBox, send: Send, set_up: Callable[..., None]
) -> None:
    set_up(console_url="https://redaksi.balikpapan.example/{type}/{id}")
    item_id = newsroom.submitted(title="Penutupan Jalan MT Haryono", **SECRETS)
    send()

    (mail,) = box.to(address(newsroom.editor))
    link = f"https://redaksi.balikpapan.example/post/{item_id}"
    sentence = "Author dpu mengajukan “Penutupan Jalan MT Haryono” untuk diperiksa."
    assert mail.sender == "pantulan@balikpapan.example"
    assert mail.subject == f"Menunggu Anda: {sentence}"
    assert (mail.mail["From"], mail.mail["Auto-Submitted"]) == (FROM, "auto-generated")
    assert sentence in mail.text
    assert sentence in mail.html
    assert link in mail.text
    assert f'<a href="{link}">' in mail.html
    assert {address(newsroom.editor), address(newsroom.central)} == {each.recipient for each in box.received}
    for word in ("rahasia", "Isi", "Ringkasan"):
        assert word.encode() not in b"".join(each.raw for each in box.received)


def test_what_the_reader_may_not_see_any_more_is_not_mailed(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send
) -> None:
    newsroom.submitted(title="Rahasia rapat")
    tell(app)
    found = newsroom.admin.get(f"{MANAGE}/users/{newsroom.editor.actor.id}").json["data"]  # type: ignore[index]
    moved = {"memberships": [{"role": "agency_editor", "agency": "dishub"}]}
    changed = newsroom.admin("PATCH", f"{MANAGE}/users/{newsroom.editor.actor.id}", match=found["version"], json=moved)
    assert changed.status_code == 200
    send()

    (about_account,) = box.to(address(newsroom.editor))
    assert about_account.subject.startswith("Akun Anda")
    assert "Rahasia" not in about_account.text
    assert sorted(mail.state for mail in mails(app)) == ["dropped", "sent", "sent"]


def test_what_was_read_done_or_suspended_meanwhile_is_not_mailed(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send
) -> None:
    newsroom.submitted()
    (message,) = newsroom.told(newsroom.editor)
    assert newsroom.editor.post(f"{MANAGE}/notifications/read", json={"ids": [message["id"]]}).status_code == 200
    found = newsroom.admin.get(f"{MANAGE}/users/{newsroom.central.actor.id}").json["data"]  # type: ignore[index]
    suspended = newsroom.admin("POST", f"{MANAGE}/users/{newsroom.central.actor.id}/suspend", match=found["version"])
    assert suspended.status_code == 200
    done = newsroom.submitted()
    tell(app)
    newsroom.step(newsroom.editor, done, "return", {"comment": "Lengkapi."})
    send()

    assert [each.recipient for each in box.received] == [address(newsroom.author)]


def test_messages_of_one_kind_that_wait_together_are_one_mail(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send
) -> None:
    for _ in range(60):
        newsroom.submitted()
    send()

    (mail,) = box.to(address(newsroom.editor))
    assert mail.subject == "Menunggu Anda: 60 pesan"
    assert mail.text.count("untuk diperiksa") == 50
    assert "dan 10 pesan lain" in mail.text
    newsroom.submitted()
    send()
    assert len(box.to(address(newsroom.editor))) == 2


def test_a_daily_summary_comes_at_the_hour_of_the_city(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send, moment: Moment
) -> None:
    newsroom.choose(newsroom.editor, waiting={"mail": "daily"})
    first, second = newsroom.submitted(title="Satu"), newsroom.submitted(title="Dua")
    tell(app)

    def summaries() -> list[Any]:
        with app.app_context():
            while make_due_summaries():
                pass
        send()
        return box.to(address(newsroom.editor))

    # It is nine o'clock; seven o'clock of tomorrow in Makassar is 23.00 UTC of today.
    assert summaries() == []
    moment(timedelta(hours=21, minutes=59))
    assert summaries() == []
    moment(timedelta(minutes=1))
    (mail,) = summaries()
    assert mail.subject == "Ringkasan harian 25 November 2026: 2 pesan"
    assert [mail.text.index(title) for title in ("Satu", "Dua")] == sorted(mail.text.index(t) for t in ("Satu", "Dua"))
    assert f"/posts/{first}" in mail.text
    assert f"/posts/{second}" in mail.text
    moment(timedelta(hours=24))
    assert len(summaries()) == 1


def test_a_summary_that_the_worker_missed_comes_later_and_once(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send, moment: Moment
) -> None:
    newsroom.choose(newsroom.editor, waiting={"mail": "daily"})
    newsroom.submitted()
    tell(app)
    moment(timedelta(hours=60))
    for _ in range(3):
        with app.app_context():
            make_due_summaries()
    send()
    assert len(box.to(address(newsroom.editor))) == 1


def test_one_click_switches_a_kind_off_and_a_look_does_not(
    newsroom: Newsroom, box: MailBox, send: Send, client: FlaskClient
) -> None:
    newsroom.submitted()
    send()
    (mail,) = box.to(address(newsroom.editor))
    link = str(mail.mail["List-Unsubscribe"]).strip("<>")
    assert mail.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.text
    assert link.startswith("http://localhost/mail/unsubscribe/")
    path = link.removeprefix("http://localhost")

    page = client.get(path)
    assert (page.status_code, "<button>" in page.text) == (200, True)
    newsroom.submitted()
    send()
    assert len(box.to(address(newsroom.editor))) == 2
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "Surel dihentikan" in answer.text) == (200, True)
    newsroom.submitted()
    send()
    assert len(box.to(address(newsroom.editor))) == 2
    assert len(newsroom.told(newsroom.editor)) == 3
    settings = newsroom.editor.get(f"{MANAGE}/me/notifications").json["data"]  # type: ignore[index]
    assert settings["kinds"]["waiting"] == {"here": True, "mail": "off"}
    assert settings["kinds"]["comment"]["mail"] == "at_once"
    # Not the last character: some of its bits say nothing.
    assert client.post(f"{path[:-2]}{'a' if path[-2] != 'a' else 'b'}{path[-1]}").status_code == 404
    assert client.get("/mail/unsubscribe/nonsense").status_code == 404


def test_messages_about_security_cannot_be_switched_off(newsroom: Newsroom, box: MailBox, send: Send) -> None:
    version = newsroom.author.get(f"{MANAGE}/me/notifications").json["data"]["version"]  # type: ignore[index]
    answer = newsroom.author(
        "PATCH", f"{MANAGE}/me/notifications", match=version, json={"kinds": {"freeze": {"mail": "off"}}}
    )
    assert answer.status_code == 400
    assert answer.json["errors"][0]["code"] == "unknown_field"  # type: ignore[index]
    assert newsroom.central.post(f"{MANAGE}/freeze", json={"agency": "dpu", "reason": "Dibajak."}).status_code == 201
    send()

    (mail,) = box.to(address(newsroom.author))
    assert "List-Unsubscribe" not in mail.mail
    assert "Dibajak" not in mail.text
    assert "selalu dikirim" in mail.text


def test_a_choice_moves_the_version_and_the_trail_knows_of_it(newsroom: Newsroom) -> None:
    path = f"{MANAGE}/me/notifications"
    before = newsroom.author.get(path)
    assert before.headers["ETag"] == '"v1"'
    assert before.json["data"]["mail"] == {  # type: ignore[index]
        "address": address(newsroom.author),
        "state": "not_set_up",
        "stopped_at": None,
        "stopped_because": None,
        "summary_hour": 7,
        "timezone": "Asia/Makassar",
    }
    change = {"kinds": {"comment": {"mail": "daily"}, "published": {"here": False}}}
    assert newsroom.author("PATCH", path, json=change).status_code == 428
    changed = newsroom.author("PATCH", path, match=1, json=change)
    assert changed.json["data"]["kinds"]["comment"] == {"here": True, "mail": "daily"}  # type: ignore[index]
    assert changed.json["data"]["kinds"]["published"] == {"here": False, "mail": "daily"}  # type: ignore[index]
    assert newsroom.author("PATCH", path, match=1, json=change).status_code == 412
    line = newsroom.admin.get(f"{MANAGE}/changes?action=user.notifications_changed").json["data"][0]  # type: ignore[index]
    assert (line["actor"]["id"], line["fields"]) == (newsroom.author.actor.id, ["comment", "published"])


def test_what_is_only_mailed_is_not_listed(newsroom: Newsroom, box: MailBox, send: Send) -> None:
    newsroom.choose(newsroom.editor, waiting={"here": False})
    newsroom.submitted()
    send()
    assert newsroom.told(newsroom.editor) == []
    assert len(box.to(address(newsroom.editor))) == 1


def test_without_a_mail_server_messages_stay_in_the_list(app: Flask, newsroom: Newsroom) -> None:
    newsroom.submitted()
    assert newsroom.kinds(newsroom.editor) == ["waiting"]
    assert mails(app) == []


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS and sign-in", "TLS from the first byte"])
def test_mail_goes_out_encrypted_to_a_server_whose_certificate_is_trusted(
    app: Flask, newsroom: Newsroom, set_up: Callable[..., None], tmp_path: Any, at_once: bool
) -> None:
    authority, context = certified(tmp_path, "127.0.0.1")
    with taking_mail(tls=context, at_once=at_once) as box:
        secret = f"{USER}:{PASSWORD}@"
        url = f"smtps://127.0.0.1:{box.port}" if at_once else f"smtp://{secret}127.0.0.1:{box.port}"
        set_up(mail_url=url, mail_from=FROM, mail_ca_file=str(authority))
        newsroom.submitted()
        send_all(app)
        assert len(box.received) == 2
        assert all(each.is_encrypted or at_once for each in box.received)
        # Both went over one connection.
        assert len(box.sessions) == 1
        set_up(mail_url=url, mail_from=FROM, mail_ca_file="")
        with app.app_context():
            answer = MailServer(app.extensions["simpul"].settings).check().answer
        assert "CERTIFICATE_VERIFY_FAILED" in answer


def test_a_mail_is_given_up_after_days_and_stays_in_the_list(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send, moment: Moment
) -> None:
    box.at_data = lambda _mail: "451 try again later"
    newsroom.submitted()
    send()
    first = mails(app)[0]
    assert (first.state, first.tries, first.answer) == (MailState.WAITING, 1, "451 try again later")
    for _ in range(30):
        moment(timedelta(hours=9))
        send()
    assert {(mail.state, mail.kind) for mail in mails(app)} == {(MailState.FAILED.value, "waiting")}
    with app.app_context(), unit_of_work() as unit:
        tried = unit.session.get_one(Mail, first.id).tries
    assert 10 < tried < 20
