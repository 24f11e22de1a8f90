"""Long polls: `/v1/changes` with `wait`, on the process in which requests wait."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from cms.consumers.services import revoke_key
from tests.factories import add_consumer, add_key, add_published_document, add_published_post
from tests.people import Caller
from tests.stateful.kept_machine import ADMIN

LESS_THAN_THE_WAIT = 50
"""Seconds: what is told at once is told before the time of a poll that waits a minute is over, on the busiest machine."""
Answer = tuple[int, dict[str, Any], http.client.HTTPMessage]


class Poller:
    """One connection on which polls follow each other."""

    def __init__(self, port: int, token: str | None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
        self.headers = {"Host": "localhost"} | ({} if token is None else {"Authorization": f"Bearer {token}"})

    def ask(self, query: str, method: str = "GET", **headers: str) -> Answer:
        self.connection.request(method, f"/v1/changes?{query}", headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body else {}, answer.headers

    def later(self, query: str) -> tuple[threading.Thread, list[Answer]]:
        """The same on a thread; the answer is in the list when it has ended."""
        found: list[Answer] = []
        thread = threading.Thread(target=lambda: found.append(self.ask(query)), daemon=True)
        thread.start()
        return thread, found


@pytest.fixture
def poller(port: int, site: Caller) -> Iterator[Poller]:
    made = Poller(port, site.token)
    yield made
    made.connection.close()


def newest(site: Caller) -> str:
    headers = site.get("/v1/changes").headers
    return f"{headers['Content-Epoch']}-{site.get('/v1/posts').headers['Content-Seq']}"


def test_it_answers_when_something_happens(app: Flask, site: Caller, poller: Poller) -> None:
    thread, found = poller.later(f"after={newest(site)}&wait=60")
    time.sleep(0.3)
    assert found == []
    item = add_published_post(app)
    thread.join(LESS_THAN_THE_WAIT)
    ((status, body, headers),) = found
    assert (status, [line["id"] for line in body["data"]]) == (200, [item.id])
    # Nobody who waits next may be given this one.
    assert headers["Cache-Control"] == "no-cache"
    assert body["links"]["next"].startswith("http://localhost:")
    assert "wait=60" in body["links"]["next"]


def test_it_answers_at_once_when_something_is_there(app: Flask, site: Caller, poller: Poller) -> None:
    begin = newest(site)
    item = add_published_post(app)
    began = time.monotonic()
    status, body, _headers = poller.ask(f"after={begin}&wait=60")
    assert time.monotonic() - began < LESS_THAN_THE_WAIT
    assert (status, [line["id"] for line in body["data"]]) == (200, [item.id])


def test_it_answers_with_nothing_when_its_time_is_over(app: Flask, site: Caller, poller: Poller) -> None:
    after = newest(site)
    began = time.monotonic()
    status, body, headers = poller.ask(f"after={after}&wait=1&type=document")
    assert time.monotonic() - began >= 1
    assert (status, body["data"], body["meta"]["complete"]) == (200, [], True)
    assert poller.ask(f"after={after}&wait=1&type=document", **{"If-None-Match": headers["ETag"]})[0] == 304


def test_a_new_address_to_wait_at_is_a_new_answer(
    app: Flask, site: Caller, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link to the next page begins with it, so nobody is told by a 304 to go on at the old one."""
    query = f"after={newest(site)}&wait=1"
    tag = poller.ask(query)[2]["ETag"]
    state = app.extensions["simpul_delivery"]
    monkeypatch.setattr(state, "settings", replace(state.settings, streams_url="https://wait.example"))
    status, body, _headers = poller.ask(query, **{"If-None-Match": tag})
    assert status == 200
    assert body["links"]["next"].startswith("https://wait.example/v1/changes?")


def test_what_is_not_asked_for_does_not_wake_it(app: Flask, site: Caller, poller: Poller) -> None:
    thread, found = poller.later(f"after={newest(site)}&wait=60&type=document")
    add_published_post(app)
    time.sleep(0.5)
    assert found == []
    document = add_published_document(app)
    thread.join(LESS_THAN_THE_WAIT)
    assert [line["id"] for line in found[0][1]["data"]] == [document.id]


def test_polls_follow_each_other_on_one_connection(app: Flask, site: Caller, poller: Poller) -> None:
    after = newest(site)
    for number in range(3):
        item = add_published_post(app, title=f"Kabar {number}")
        _status, body, _headers = poller.ask(f"after={after}&wait=20")
        assert [line["id"] for line in body["data"]] == [item.id]
        after = f"{body['meta']['epoch']}-{body['meta']['sequence']}"


def test_a_key_that_ends_ends_the_wait(app: Flask, site: Caller, port: int) -> None:
    consumer = add_consumer(app)
    key_id, token = add_key(app, consumer)
    poller = Poller(port, token)
    thread, found = poller.later(f"after={newest(site)}&wait=60")
    time.sleep(0.3)
    with app.app_context():
        revoke_key(ADMIN, consumer, key_id, frozenset({1}))
    thread.join(LESS_THAN_THE_WAIT)
    poller.connection.close()
    assert (found[0][0], found[0][1]["code"]) == (401, "invalid_token")


def test_without_wait_and_for_heads_it_answers_at_once(site: Caller, poller: Poller) -> None:
    began = time.monotonic()
    assert poller.ask(f"after={newest(site)}")[0] == 200
    assert poller.ask(f"after={newest(site)}&wait=60", "HEAD")[0] == 200
    assert time.monotonic() - began < LESS_THAN_THE_WAIT


@pytest.mark.parametrize("wait", ["0", "61", "-1", "x", "1.5", "", "%D9%A3", "1&wait=2"])
def test_what_makes_no_sense_is_refused(poller: Poller, wait: str) -> None:
    status, body, _headers = poller.ask(f"wait={wait}")
    assert (status, body["code"]) == (400, "invalid_parameter")


def test_other_processes_say_where_to_wait(app: Flask, site: Caller) -> None:
    waits_at = app.extensions["simpul"].settings.waits_at
    for path in ("/v1/changes?wait=5", "/v1/changes/stream"):
        answer = site.get(path)
        assert (answer.status_code, answer.json["code"], answer.json["server"]) == (421, "misdirected", waits_at)
    told = site.get("/v1/capabilities").json["data"]["waiting"]
    assert told == {"poll": f"{waits_at}/v1/changes", "stream": f"{waits_at}/v1/changes/stream"}


def asked_raw(port: int, site: Caller, more: str = "") -> socket.socket:
    """A poll on a plain socket, which can do what libraries do not."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = f"GET /v1/changes?after={newest(site)}&wait=25 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {site.token}\r\n{more}\r\n"
    opened.sendall(head.encode())
    return opened


def test_one_that_says_that_it_sends_nothing_more_is_answered(port: int, site: Caller) -> None:
    with asked_raw(port, site) as opened:
        opened.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(opened)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["data"]) == (200, [])


def test_one_whose_body_comes_late_is_answered_when_something_happens(app: Flask, port: int, site: Caller) -> None:
    with asked_raw(port, site, "Content-Length: 5\r\n") as opened:
        for letter in b"tulis":
            opened.sendall(bytes([letter]))
        item = add_published_post(app)
        answer = http.client.HTTPResponse(opened)
        answer.begin()
        assert (answer.status, [line["id"] for line in json.loads(answer.read())["data"]]) == (200, [item.id])


def test_one_that_says_too_much_is_cut_off(port: int, site: Caller) -> None:
    with asked_raw(port, site, "Content-Length: 100000000\r\n") as opened, pytest.raises(ConnectionError):
        opened.sendall(b"x" * 100_000_000)
