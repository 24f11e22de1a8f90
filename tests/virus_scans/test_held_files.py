"""With a virus scanner nobody gets a file before it was found clean, and nobody ever gets an infected one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from cms.core.errors import Unavailable
from cms.documents.tasks import scan_waiting
from tests.documents.published_files import CONTENT, Published
from tests.documents.uploads import fresh_storage, path_of, send, use_storage
from tests.factories import add_document
from tests.notifications.telling import Newsroom
from tests.people import People
from tests.virus_scans.scanners import CLEAN, FOUND, Scanner, saying, scanner


@pytest.fixture
def stranger() -> Iterator[Scanner]:
    """A scanner that finds every file clean, until a test says otherwise."""
    with scanner(saying(CLEAN)) as found:
        yield found


@pytest.fixture
def published(
    app: Flask, stranger: Scanner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, people: People, city: None
) -> Published:
    """A published document whose file waits."""
    fresh_storage(app, monkeypatch, tmp_path, clamd_url=stranger.url)
    found = Published(app, people)
    found.add()
    found.transition("publish")
    return found


def scan(app: Flask) -> int:
    """Let the worker send what waits to the scanner; how often it had something to do."""
    with app.app_context():
        return sum(1 for _ in iter(scan_waiting, False))


def state_of(published: Published) -> Any:
    """What editors are told about the file."""
    (shown,) = published.editor.get(path_of(published.id)).json["data"]  # type: ignore[index]
    return shown["virus_scan"]["state"], shown["virus_scan"]["finding"]


def held(published: Published) -> bool:
    """True when neither readers nor editors get it, by none of the ways to ask."""
    answers = [
        published.get(),
        published.get(method="HEAD"),
        published.get(Range="bytes=0-3"),
        published.get(If_None_Match="*"),
    ]
    own = published.editor.get(f"{path_of(published.id)}/{published.file_id}")
    statuses = [answer.status_code for answer in [*answers, own]]
    return statuses == [404] * 5 and own.json["code"] == "file_held"  # type: ignore[index]


def test_a_file_is_held_until_it_was_found_clean(app: Flask, stranger: Scanner, published: Published) -> None:
    assert held(published)
    assert state_of(published) == ("waiting", None)

    assert scan(app) == 1

    assert stranger.bodies == [CONTENT]
    assert published.get().data == CONTENT
    assert published.editor.get(f"{path_of(published.id)}/{published.file_id}").data == CONTENT
    assert state_of(published) == ("clean", None)


def test_the_same_bytes_are_scanned_once(app: Flask, stranger: Scanner, published: Published) -> None:
    scan(app)
    other = add_document(app).id
    added = send(published.editor, other, CONTENT, "salinan.pdf").json["data"]  # type: ignore[index]
    assert (added["virus_scan"]["state"], scan(app), len(stranger.bodies)) == ("clean", 0, 1)


def test_who_publishes_is_told_what_waits(app: Flask, published: Published) -> None:
    added = send(published.editor, published.id, CONTENT + b"%", "lampiran.pdf")
    version = published.editor.get(f"/manage/v1/documents/{published.id}").headers["ETag"]
    again = published.editor(
        "POST", f"/manage/v1/documents/{published.id}/publish", match=version, json={"update": "minor"}
    )
    waiting = [
        [each["pointer"] for each in answer.json["meta"]["warnings"] if each["code"] == "file_not_scanned"]  # type: ignore[index]
        for answer in (added, again)
    ]
    assert (again.status_code, waiting) == (200, [["/files/0", "/files/1"]] * 2)


def test_an_infected_file_is_held_for_ever_and_told(
    app: Flask, stranger: Scanner, published: Published, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom = Newsroom(app, people)
    stranger.behave = saying(FOUND)
    scan(app)

    assert held(published)
    assert state_of(published) == ("infected", "Eicar-Test-Signature")
    (message,) = newsroom.told(newsroom.editor)
    assert (message["kind"], message["resource"]["id"]) == ("infected", published.id)
    assert message["text_en"].startswith("The virus scanner found something in a file of “")
    assert "infected" in newsroom.kinds(published.editor)
    assert [newsroom.kinds(each) for each in (newsroom.elsewhere, newsroom.author, newsroom.admin)] == [[], [], []]
    with app.app_context():
        lines = session.execute(
            select(Change.resource_id, Change.agency, Change.is_public).where(Change.action == "document.file_infected")
        ).all()
    assert [tuple(line) for line in lines] == [(published.id, "dpu", False)]
    # A scanner that is taken away releases nothing.
    use_storage(app, monkeypatch, app.extensions["simpul"].storage, clamd_url="")
    assert held(published)


def test_infected_bytes_are_neither_published_nor_taken_again(
    app: Flask, stranger: Scanner, published: Published
) -> None:
    stranger.behave = saying(FOUND)
    scan(app)
    send(published.editor, published.id, CONTENT + b"%", "lampiran.pdf")
    version = published.editor.get(f"/manage/v1/documents/{published.id}").headers["ETag"]
    again = published.editor(
        "POST", f"/manage/v1/documents/{published.id}/publish", match=version, json={"update": "minor"}
    )
    other = send(published.editor, add_document(app).id, CONTENT, "salinan.pdf")
    assert [(each.status_code, each.json["errors"][0]["code"]) for each in (again, other)] == [
        (422, "infected_file")
    ] * 2  # type: ignore[index]
    assert [each.json["errors"][0]["pointer"] for each in (again, other)] == ["/files/0", "/file"]  # type: ignore[index]

    removed = published.editor("DELETE", f"{path_of(published.id)}/{published.file_id}", match=version)
    assert removed.status_code == 204


@pytest.mark.parametrize("answer", [b"", b"stream: O", b"INSTREAM size limit exceeded. ERROR\0"])
def test_a_file_without_an_answer_is_put_aside_and_others_go_on(
    app: Flask, stranger: Scanner, published: Published, answer: bytes
) -> None:
    stranger.behave = lambda connection, body: connection.sendall(answer if body == CONTENT else CLEAN)
    send(published.editor, published.id, CONTENT + b"%", "lampiran.pdf")
    assert scan(app) == 2
    states = [each["virus_scan"]["state"] for each in published.editor.get(path_of(published.id)).json["data"]]  # type: ignore[index]
    assert (states, published.get().status_code, scan(app)) == (["waiting", "clean"], 404, 0)


def test_a_scanner_that_is_down_or_silent_holds_everything_and_alarms(
    app: Flask, client: FlaskClient, stranger: Scanner, published: Published
) -> None:
    stranger.behave, stranger.answers_ping = saying(b""), False
    with app.app_context(), pytest.raises(Unavailable):
        scan_waiting()
    assert held(published)
    since = figure(client, "simpul_scanner_silent_timestamp_seconds")
    assert (since > 0, figure(client, "simpul_unscanned_files")) == (True, 1)
    stranger.answers_ping = True
    stranger.behave = saying(CLEAN)
    scan(app)
    assert published.get().status_code == 200
    assert figure(client, "simpul_scanner_silent_timestamp_seconds") == 0


def figure(client: FlaskClient, name: str) -> float:
    (line,) = [line for line in client.get("/metrics").text.splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])
