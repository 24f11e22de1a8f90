"""A mail server that refuses, hangs, dies or is not there; senders that die."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from cms.core.db import session, unit_of_work
from cms.core.periodic import Task, run_tasks
from cms.core.permissions import Role
from cms.notifications import smtp
from cms.notifications.models import Mail, MailState, NotificationSettings
from cms.notifications.services.sending import Result, exchange
from cms.notifications.smtp import Fate, MailServer, Outcome
from cms.notifications.tasks import MailSender, mail_sender_of
from tests.notifications.mail_servers import MailBox, await_until, taking_mail
from tests.notifications.telling import FROM, MANAGE, Newsroom, address, drain, mails, rename, send_all, tell
from tests.people import Caller

Moment = Callable[[timedelta], None]
Send = Callable[[], None]


@pytest.mark.parametrize("at", ["recipient", "data"])
def test_three_refusals_stop_mail_to_an_address_and_its_person_is_told_in_the_list(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send, at: str
) -> None:
    dead = address(newsroom.editor)
    if at == "recipient":
        box.at_recipient = lambda to: "550 5.1.1 no such user" if to == dead else None
    else:
        box.at_data = lambda mail: "554 5.7.1 refused" if mail.recipient == dead else None
    for _ in range(5):
        newsroom.submitted()
        send()

    assert box.refused == [dead] * 3
    assert len(box.to(address(newsroom.central))) == 5
    assert newsroom.kinds(newsroom.editor) == ["waiting", "waiting", "mail", "waiting", "waiting", "waiting"]
    state = newsroom.editor.get(f"{MANAGE}/me/notifications").json["data"]  # type: ignore[index]
    assert state["mail"]["state"] == "stopped"
    assert state["mail"]["stopped_because"].startswith("55")
    box.at_recipient, box.at_data = lambda _to: None, lambda _mail: None
    again = newsroom.editor("PATCH", f"{MANAGE}/me/notifications", match=state["version"], json={"mail_stopped": False})
    assert again.json["data"]["mail"]["state"] == "on"  # type: ignore[index]
    newsroom.submitted()
    send()
    assert len(box.to(dead)) == 1


def test_another_address_gets_mail_at_once_and_a_success_forgets_refusals(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send
) -> None:
    dead = address(newsroom.editor)
    box.at_recipient = lambda to: "550 no" if to == dead else None
    for _ in range(3):
        newsroom.submitted()
        send()
    rename(app, newsroom.editor, email="baru@balikpapan.example")
    newsroom.submitted()
    send()
    assert len(box.to("baru@balikpapan.example")) == 1
    with app.app_context():
        assert session.get_one(NotificationSettings, newsroom.editor.actor.id).refusals == 0


def test_a_sender_that_dies_after_sending_doubles_one_mail_under_the_same_name(
    app: Flask, newsroom: Newsroom, box: MailBox, moment: Moment
) -> None:
    for _ in range(2):
        newsroom.submitted()
        tell(app)
    settings = app.extensions["simpul"].settings
    with app.app_context():
        job = exchange(None)
    assert job is not None
    server = MailServer(settings)
    assert server.send(job.message, job.sender, job.recipient).fate is Fate.SENT
    server.close()
    # The sender is killed here: nobody has written that the mail is sent.
    send_all(app)
    assert len(box.received) == 2
    moment(timedelta(minutes=3, seconds=1))
    send_all(app)
    names = Counter(str(each.mail["Message-ID"]) for each in box.received)
    assert sorted(names.values()) == [1, 2]
    assert names[f"<{job.mail_id}@balikpapan.example>"] == 2
    # What the dead one had to say counts for nothing.
    with app.app_context():
        assert exchange(Result(job, Outcome(Fate.REFUSED, "550 no")), takes=False) is None
    assert {mail.state for mail in mails(app)} == {MailState.SENT}


def test_two_senders_send_nothing_twice(app: Flask, newsroom: Newsroom, box: MailBox) -> None:
    for number in range(30):
        newsroom.choose(newsroom.editor, waiting={"mail": "at_once"})
        newsroom.submitted(title=f"Judul {number}")
        tell(app)
        # Each in a mail of its own.
        with app.app_context(), unit_of_work() as unit:
            unit.session.execute(update(Mail).values(kind="comment"))
    senders = [mail_sender_of(app.extensions["simpul"]) for _ in range(2)]
    threads = [threading.Thread(target=drain, args=(app, sender)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(str(each.mail["Message-ID"]) for each in box.received)
    assert (len(counts), set(counts.values())) == (60, {1})


def test_a_server_that_is_not_there_is_left_alone_for_longer_and_longer_and_nothing_is_lost(
    app: Flask, newsroom: Newsroom, set_up: Callable[..., None], moment: Moment
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        set_up(mail_url=f"smtp://127.0.0.1:{nobody.getsockname()[1]}?starttls=no", mail_from=FROM)
        newsroom.submitted()
        tell(app)
        sender = mail_sender_of(app.extensions["simpul"])
        assert sender is not None
        for _ in range(5):
            drain(app, sender)
            moment(timedelta(minutes=7))
    assert {(mail.state, mail.tries) for mail in mails(app)} == {("waiting", 0)}
    with taking_mail() as box:
        set_up(mail_url=box.url, mail_from=FROM)
        send_all(app)
        assert len(box.received) == 2


def test_a_slow_server_delays_nothing_else(
    app: Flask, newsroom: Newsroom, box: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender has a thread of its own and holds no transaction: people are told and write while a mail hangs."""
    begun, release = threading.Event(), threading.Event()

    def hang(_mail: object) -> None:
        begun.set()
        release.wait(120)

    box.at_data = hang
    newsroom.submitted()
    tell(app)
    sender = mail_sender_of(app.extensions["simpul"])
    assert sender is not None
    stop = threading.Event()
    thread = threading.Thread(target=run_tasks, args=(app, [Task("mail", 0.01, sender.step)], stop))
    thread.start()
    try:
        assert begun.wait(20)
        for _ in range(3):
            newsroom.submitted()
        assert newsroom.kinds(newsroom.editor) == ["waiting"] * 4
        assert (box.received, release.is_set()) == ([], False), "the mail hangs all the while"
    finally:
        release.set()
        await_until(lambda: len(box.received) >= 2)
        stop.set()
        thread.join()
    with app.app_context():
        sender.finish()


def test_a_server_that_drips_is_broken_off(
    app: Flask, newsroom: Newsroom, set_up: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "LONGEST_SECONDS", 0.5)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _peer = listening.accept()
            with connection:
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}?starttls=no"
        set_up(mail_url=url, mail_from=FROM)
        began = time.monotonic()
        outcome = MailServer(app.extensions["simpul"].settings).check()
        stop.set()
        thread.join()
    assert outcome.fate is Fate.OUTAGE
    assert time.monotonic() - began < 60, "it drips for ever"


def test_sixteen_editors_get_each_message_once_whatever_happens_at_once(
    app: Flask, newsroom: Newsroom, box: MailBox
) -> None:
    editors = [newsroom.people._new(f"Editor {number}", (Role.AGENCY_EDITOR, "dpu")) for number in range(16)]
    items = [newsroom.draft(title=f"Bahan {number}") for number in range(16)]

    def work(editor: Caller, item_id: str) -> None:
        newsroom.step(editor, item_id, "submit")
        assert editor.post(f"{MANAGE}/posts/{item_id}/comments", json={"body": "Mohon dibaca."}).status_code == 201

    threads = [threading.Thread(target=work, args=pair) for pair in zip(editors, items, strict=True)]
    followers = [threading.Thread(target=tell, args=(app,)) for _ in range(2)]
    for thread in [*threads, *followers]:
        thread.start()
    for thread in [*threads, *followers]:
        thread.join()
    for editor, own in zip(editors, items, strict=True):
        told = Counter(each["resource"]["id"] for each in newsroom.told(editor, kind="waiting", limit=100))
        assert told == Counter(item for item in items if item != own)
    assert Counter(newsroom.kinds(newsroom.author, limit=100)) == {"comment": 16}
    send_all(app)
    assert set(Counter(str(each.mail["Message-ID"]) for each in box.received).values()) == {1}
    for editor in editors:
        texts = "".join(each.text for each in box.to(address(editor)))
        assert texts.count("untuk diperiksa.") == 15


def test_a_sender_whose_database_fails_keeps_its_result(
    app: Flask, newsroom: Newsroom, box: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.submitted()
    tell(app)
    sender = MailSender(MailServer(app.extensions["simpul"].settings))
    with app.app_context():
        assert sender.step()
    assert [mail.state for mail in mails(app)].count("sent") == 0
    with app.app_context():
        sender.finish()
    assert [mail.state for mail in mails(app)].count("sent") == 1
