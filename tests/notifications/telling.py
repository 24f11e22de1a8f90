"""People who write and review, what they are told, and the sender of their mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from cms.accounts.models import User
from cms.changes.followers import follow_log
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from cms.notifications.followers import NAME, tell_people
from cms.notifications.models import Mail
from cms.notifications.tasks import MailSender, mail_sender_of
from tests.factories import post_content
from tests.people import Caller, People, email_of

FROM = "Simpul Balikpapan <simpul@balikpapan.example>"
MANAGE = "/manage/v1"
MOST_STEPS = 1_000


class Newsroom:
    """The people of these tests, and posts that they write."""

    def __init__(self, app: Flask, people: People) -> None:
        self.app, self.people = app, people
        self.author = people.person(Role.AUTHOR, "dpu")
        self.editor = people.person(Role.AGENCY_EDITOR, "dpu")
        self.elsewhere = people.person(Role.AGENCY_EDITOR, "dishub")
        self.central = people.person(Role.CENTRAL_EDITOR)
        self.admin = people.person(Role.ADMIN)
        self._number = 0

    @property
    def everybody(self) -> Sequence[Caller]:
        return (self.author, self.editor, self.elsewhere, self.central, self.admin)

    def draft(self, **values: Any) -> str:
        """A draft of the author; returns its id."""
        self._number += 1
        made = self.author.post(
            f"{MANAGE}/posts", json=post_content(**{"title": f"Pengumuman {self._number}", **values})
        )
        assert made.status_code == 201, made.json
        return str(made.json["data"]["id"])

    def step(self, who: Caller, item_id: str, verb: str, body: dict[str, Any] | None = None) -> None:
        """Do something with a post in its present version."""
        version = who.get(f"{MANAGE}/posts/{item_id}").json["data"]["version"]  # type: ignore[index]
        answer = who("POST", f"{MANAGE}/posts/{item_id}/{verb}", match=version, json=body or {})
        assert answer.status_code in (200, 201), answer.json

    def submitted(self, **values: Any) -> str:
        """A post that waits for review."""
        item_id = self.draft(**values)
        self.step(self.author, item_id, "submit")
        return item_id

    def told(self, who: Caller, **query: Any) -> list[dict[str, Any]]:
        """The messages of a person, the newest first, after everything was told."""
        tell(self.app)
        answer = who.get(f"{MANAGE}/notifications", query_string=query)
        assert answer.status_code == 200, answer.json
        found: list[dict[str, Any]] = answer.json["data"]
        return found

    def kinds(self, who: Caller, **query: Any) -> list[str]:
        """The kinds of these messages."""
        return [each["kind"] for each in self.told(who, **query)]

    def choose(self, who: Caller, **kinds: dict[str, Any]) -> None:
        """Change what a person is told."""
        version = who.get(f"{MANAGE}/me/notifications").json["data"]["version"]  # type: ignore[index]
        answer = who("PATCH", f"{MANAGE}/me/notifications", match=version, json={"kinds": kinds})
        assert answer.status_code == 200, answer.json


def tell(app: Flask) -> None:
    """Let the follower come to the end of the log."""
    with app.app_context():
        while follow_log(NAME, tell_people):
            pass


def send_all(app: Flask) -> None:
    """Tell what happened, and send all mail that is due."""
    tell(app)
    sender = mail_sender_of(app.extensions["simpul"])
    assert sender is not None
    drain(app, sender)
    with app.app_context():
        sender.finish()


def drain(app: Flask, sender: MailSender) -> None:
    """Let a sender work until nothing is due."""
    for _step in range(MOST_STEPS):
        with app.app_context():
            if not sender.step():
                return
    raise AssertionError("the sender does not come to an end")


def mails(app: Flask) -> list[Mail]:
    """All mails, oldest first."""
    with app.app_context():
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def address(who: Caller) -> str:
    """Where mail to a person goes."""
    return email_of(who.actor)


def rename(app: Flask, who: Caller, **values: str) -> None:
    """Give a person another name or address, as the database of an older installation may have them."""
    with app.app_context(), unit_of_work() as unit:
        unit.session.execute(update(User).where(User.id == who.actor.id).values(**values))
