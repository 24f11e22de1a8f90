"""A process remembers for a moment how far the log is. Nobody who asks after a write was answered gets what was before, also when writers
are killed and when another node knows of nothing; keys that were revoked are refused by every node with the next request.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms.changes.services import renew_epoch
from cms.core.commit_marks import REMEMBERED_SECONDS
from cms.core.permissions import Role
from tests.conftest import NOW, counted_statements, second_app
from tests.factories import CENTRAL, NEWS, add_city, add_consumer, add_key, add_published_post
from tests.people import Caller, People
from tests.serving.killed_writer import publish_and_die

LIST = "/v1/posts"


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key."""
    add_city(app)
    return people.website()


@pytest.fixture
def neighbour(app: Flask, environment: dict[str, str]) -> Iterator[Flask]:
    """Another process of the same node."""
    with second_app(environment) as other:
        yield other


@pytest.fixture
def other_node(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """A process of another node: it shares nothing but the database."""
    with second_app({**environment, "INSTANCE_PATH": str(tmp_path)}) as other:
        yield other


def through(app: Flask, caller: Caller) -> Caller:
    return Caller(app.test_client(), caller.token)


def titles(caller: Caller) -> list[str]:
    return [row["title"] for row in caller.get(LIST).json["data"]]  # type: ignore[index]


def fewest_statements(app: Flask, ask: Callable[[], object]) -> int:
    """Of some repetitions, because a slow machine may need longer than heads are remembered for."""
    found = []
    for _ in range(10):
        with counted_statements(app) as counted:
            ask()
        found.append(len(counted))
    return min(found)


@pytest.mark.parametrize("path", [LIST, "/v1/posts?agency=dpu", "detail"])
def test_while_nothing_moves_repeated_answers_cost_no_statement(app: Flask, site: Caller, path: str) -> None:
    post = add_published_post(app)
    asked = f"/v1/posts/{post.id}" if path == "detail" else path
    tag = site.get(asked).headers["ETag"]

    assert fewest_statements(app, lambda: site.get(asked)) == 0
    assert fewest_statements(app, lambda: site.get(asked, headers={"If-None-Match": tag})) == 0
    assert fewest_statements(app, lambda: site.get(asked, headers={"Min-Seq": "1"})) > 0


def test_what_one_process_has_published_the_next_request_to_another_one_shows(
    app: Flask, site: Caller, people: People, neighbour: Flask
) -> None:
    editor, other = people.person(Role.CENTRAL_EDITOR), through(neighbour, site)
    post = add_published_post(app, title="Judul")
    detail = f"/v1/posts/{post.id}"
    for number in range(20):
        version = editor.get(f"/manage/v1/posts/{post.id}").headers["ETag"]
        saved = editor("PATCH", f"/manage/v1/posts/{post.id}", json={"title": f"Judul {number}"}, match=version)
        titles(other), other.get(detail)
        published = editor.post(f"/manage/v1/posts/{post.id}/publish", json=NEWS, match=saved.headers["ETag"])
        assert published.status_code == 200, published.text
        assert titles(other) == [f"Judul {number}"]
        assert other.get(detail).json["data"]["title"] == f"Judul {number}"  # type: ignore[index]


def test_a_writer_that_is_killed_after_its_commit_leaves_readers_that_ask_each_time(
    app: Flask, site: Caller, neighbour: Flask, environment: dict[str, str]
) -> None:
    callers = [site, through(neighbour, site)]
    assert [titles(caller) for caller in callers] == [[], []]
    writer = get_context("spawn").Process(target=publish_and_die, args=(json.dumps(environment), NOW, "Terbit"))
    writer.start()
    while writer.is_alive():
        kept = [titles(caller) for caller in callers]
        # What one process shows, every other one shows too.
        assert kept in ([[], []], [[], ["Terbit"]], [["Terbit"], ["Terbit"]])
    assert writer.exitcode == -9

    assert [titles(caller) for caller in callers] == [["Terbit"], ["Terbit"]]
    assert fewest_statements(app, lambda: titles(site)) == 1
    add_published_post(app, title="Sesudahnya")
    assert titles(site) == ["Sesudahnya", "Terbit"]
    assert fewest_statements(app, lambda: titles(site)) == 0


def test_another_node_shows_what_was_published_a_moment_later(app: Flask, site: Caller, other_node: Flask) -> None:
    other = through(other_node, site)
    for number in range(10):
        shown = titles(other)
        post = add_published_post(app, title=f"Judul {number}")
        time.sleep(REMEMBERED_SECONDS)
        assert titles(other) == [f"Judul {number}", *shown]
        assert other.get(f"/v1/posts/{post.id}").status_code == 200
    assert REMEMBERED_SECONDS <= 0.1


def revoke(admin: Caller, path: str, _app: Flask) -> Any:
    return admin("DELETE", path, match=admin.get(path).headers["ETag"])


def rotate_at_once(admin: Caller, path: str, _app: Flask) -> Any:
    return admin.post(f"{path}/rotate", json={"overlap_days": 0}, match=admin.get(path).headers["ETag"])


def switch_off(admin: Caller, path: str, _app: Flask) -> Any:
    consumer = path.rpartition("/keys/")[0]
    return admin("PATCH", consumer, json={"is_active": False}, match=admin.get(consumer).headers["ETag"])


@pytest.mark.parametrize("end", [revoke, rotate_at_once, switch_off])
def test_a_key_that_has_ended_is_refused_by_every_node_with_the_next_request(
    app: Flask, site: Caller, people: People, neighbour: Flask, other_node: Flask, end: Callable[..., Any]
) -> None:
    add_published_post(app)
    admin, consumer = people.person(Role.ADMIN), add_consumer(app)
    key_id, key = add_key(app, consumer)
    callers = [Caller(each.test_client(), key) for each in (app, neighbour, other_node)]
    ended, taken = threading.Event(), [threading.Event() for _ in callers]
    after: list[list[int]] = [[] for _ in callers]

    def ask(number: int) -> None:
        while len(after[number]) < 3:
            began_after = ended.is_set()
            status = callers[number].get(LIST).status_code
            taken[number].set()
            if began_after:
                after[number].append(status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(callers))]
    for thread in threads:
        thread.start()
    assert all(event.wait(20) for event in taken)
    answer = end(admin, f"/manage/v1/consumers/{consumer}/keys/{key_id}", app)
    ended.set()
    for thread in threads:
        thread.join(20)

    assert answer.status_code in {200, 201, 204}, answer.text
    assert after == [[401] * 3] * 3


def test_another_epoch_is_known_to_every_node_with_the_next_request(
    app: Flask, site: Caller, other_node: Flask
) -> None:
    add_published_post(app)
    other = through(other_node, site)
    for _ in range(5):
        before = [caller.get(LIST).headers["Content-Epoch"] for caller in (site, other)]
        with app.app_context():
            epoch = renew_epoch(CENTRAL, "test").epoch
        assert epoch not in before
        assert [caller.get(LIST).headers["Content-Epoch"] for caller in (site, other)] == [epoch, epoch]
