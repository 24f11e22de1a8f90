"""Editors of two agencies, a follower that tells them, and a mail server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.notifications.mail_servers import MailBox, taking_mail
from tests.notifications.telling import FROM, Newsroom, send_all
from tests.people import People


@pytest.fixture
def set_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the running server other settings."""

    def change(**settings: Any) -> None:
        runtime = app.extensions["simpul"]
        monkeypatch.setitem(app.extensions, "simpul", replace(runtime, settings=replace(runtime.settings, **settings)))

    return change


@pytest.fixture
def newsroom(app: Flask, city: None, people: People) -> Newsroom:
    """An author and an editor of Dinas Pekerjaan Umum, an editor of another agency, a central editor and an administrator."""
    return Newsroom(app, people)


@pytest.fixture
def box(set_up: Callable[..., None]) -> Iterator[MailBox]:
    """A mail server, set up in the running server."""
    with taking_mail() as box:
        set_up(mail_url=box.url, mail_from=FROM, mail_bounce_to="pantulan@balikpapan.example")
        yield box


@pytest.fixture
def send(app: Flask) -> Callable[[], None]:
    """Tells what happened and sends all mail that is due."""
    return lambda: send_all(app)
